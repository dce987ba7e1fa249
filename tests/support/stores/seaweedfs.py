"""SeaweedFS: exactly as the embedded cloud runs it, alone; the same with an IAM API that takes orders; and one with its
makers' settings."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import plain_seaweedfs
from served import running as served

from govcloud_local import environment, private_file
from govcloud_local.services import storage
from govcloud_local.settings import Profile, Settings
from govcloud_local.toolchain.tool import Origin, Tool
from stores.running import RunningStore

__all__ = ["ANYBODY", "bare", "iam", "running"]

ANYBODY: Mapping[str, Any] = {"name": "anonymous", "actions": ["Read", "List"]}
"""An identity that lets people without a key in."""
_SHELL = "GOVCLOUD_SEAWEEDFS_"


@contextlib.contextmanager
def running(folder: Path, port: int) -> Iterator[RunningStore]:
    """Run one for as long as the context lasts; it takes the ports up to 19 above `port`, and 10018 above."""
    with _embedded(folder, port, {}) as variables:
        yield _found("seaweedfs", variables)


@contextlib.contextmanager
def iam(folder: Path, port: int) -> Iterator[RunningStore]:
    """Run the same, but that identities are administered by Amazon's dialect, and by that alone."""
    with _embedded(folder, port, {"-s3.iam.readOnly=true": "-s3.iam.readOnly=false"}) as variables:
        yield _found("aws", {name: value for name, value in variables.items() if not name.startswith(_SHELL)})


@contextlib.contextmanager
def bare(folder: Path, port: int, *more: Mapping[str, Any], shut: bool = False) -> Iterator[RunningStore]:
    """Run `weed server` with its makers' settings, and so without a `security.toml`; it takes 10 ports.

    It knows an administrator and the identities `more`. S3 alone is on TLS, as a store that can be declared is. One
    that is `shut` answers nothing but gRPC on its inner ports.
    """
    folder.chmod(0o700)
    store = plain_seaweedfs.prepared(folder, "127.0.0.1", port)
    if not shut:
        store = dataclasses.replace(store, argv=tuple(word for word in store.argv if word != "-disableHttp"))
    known = json.loads((folder / "identities.json").read_text())
    private_file.write(folder / "identities.json", json.dumps({"identities": [*known["identities"], *more]}))
    master, filer = store.shell
    shell = {f"{_SHELL}MASTER": master, f"{_SHELL}FILER": filer, "PATH": _path(), "HOME": str(folder)}
    with served(store.component, folder):
        yield _found("seaweedfs", {**store.keys, **shell})


@contextlib.contextmanager
def _embedded(folder: Path, port: int, other: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Run the embedded cloud's store with `other` flags in the place of its own; give the variables of its shell."""
    found = shutil.which("weed", path=_path())
    assert found is not None, "no `weed`: its wheel is of the extra `local`"
    folder.chmod(0o700)
    settings = Settings(state=folder, profile=Profile.CONTROL_PLANE, base=port)
    for needed in (settings.pki, settings.run, settings.logs, settings.config, settings.data):
        private_file.folder(needed)
    environment.prepare(settings)
    storage.prepare(settings)
    daemon = storage.component(settings, Tool("weed", Path(found), "4.48", Origin.PATH))
    assert other.keys() <= set(daemon.argv)
    with served(dataclasses.replace(daemon, argv=tuple(other.get(word, word) for word in daemon.argv)), folder):
        yield environment.variables(settings, os.environ["PATH"])


def _found(dialect: str, variables: Mapping[str, str]) -> RunningStore:
    url, region = variables["AWS_ENDPOINT_URL_S3"], variables["AWS_REGION"]
    return RunningStore(dialect, url, region, variables, Path(variables["AWS_CA_BUNDLE"]))


def _path() -> str:
    return os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
