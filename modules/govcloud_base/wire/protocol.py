"""The messages of Pulumi's protocols without the SDK around them.

`import pulumi` takes 0.4 s, the generated messages 0.1 s, and the engine starts plugins and hosts for every preview and
every update. The messages import each other relatively, so a package made here can hold them; each is loaded when
somebody first imports it from here.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import (
        engine_pb2,
        engine_pb2_grpc,
        language_pb2,
        language_pb2_grpc,
        plugin_pb2,
        provider_pb2,
        provider_pb2_grpc,
        status_pb2,
    )

__all__ = [
    "engine_pb2",
    "engine_pb2_grpc",
    "language_pb2",
    "language_pb2_grpc",
    "plugin_pb2",
    "provider_pb2",
    "provider_pb2_grpc",
    "sdk_folder",
    "sdk_version",
    "status_pb2",
]

_PACKAGE = "govcloud_pulumi_protocol"


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


if not TYPE_CHECKING:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if _PACKAGE not in sys.modules:
            package = ModuleType(_PACKAGE, "Generated protocol modules of the Pulumi SDK.")
            package.__path__ = [str(sdk_folder() / "runtime" / "proto")]
            sys.modules[_PACKAGE] = package
        return importlib.import_module(f"{_PACKAGE}.{name}")
