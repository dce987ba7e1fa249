"""The LanguageRuntime protocol of the installed Pulumi SDK, loaded without running `pulumi/__init__`.

`import pulumi` costs 0.4 s, and the engine starts two hosts for every operation. The generated modules import
one another relatively only, so they can be loaded as a package of another name.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

__all__ = ["language_pb2", "language_pb2_grpc", "plugin_pb2", "sdk_folder", "sdk_version"]

_ALIAS = "govcloud_pulumi_protocol"


def sdk_folder() -> Path:
    """Return the folder of the `pulumi` package. Raises ModuleNotFoundError without the SDK."""
    specification = importlib.util.find_spec("pulumi")
    if specification is None or not specification.submodule_search_locations:
        raise ModuleNotFoundError("the Pulumi SDK is not installed beside GovCloud", name="pulumi")
    return Path(specification.submodule_search_locations[0])


def sdk_version() -> str:
    """Return the SDK's version from the name of its metadata folder: quicker than parsing the metadata."""
    for folder in sdk_folder().parent.glob("pulumi-[0-9]*.dist-info"):
        return folder.name.removeprefix("pulumi-").removesuffix(".dist-info")
    return "0.0.0"


def _module(name: str) -> ModuleType:
    if _ALIAS not in sys.modules:
        package = ModuleType(_ALIAS, "Generated protocol modules of the Pulumi SDK.")
        package.__path__ = [str(sdk_folder() / "runtime" / "proto")]
        sys.modules[_ALIAS] = package
    return importlib.import_module(f"{_ALIAS}.{name}")


if not TYPE_CHECKING:
    language_pb2 = _module("language_pb2")
    language_pb2_grpc = _module("language_pb2_grpc")
    plugin_pb2 = _module("plugin_pb2")
