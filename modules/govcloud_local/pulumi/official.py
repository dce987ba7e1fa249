"""Pulumi's own parts on this machine: found, or for the Kubernetes plugin acquired by Pulumi itself, once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from govcloud_base.user_folders import cache_folder
from govcloud_local import private_file

__all__ = [
    "acquire_plugin",
    "fetched",
    "find_host",
    "find_plugin",
    "find_uv",
    "homes",
    "is_offline_part",
    "plugin_folder",
    "refusal",
]

HOST = "pulumi-language-python"
ACQUIRE_SECONDS = 30.0
"""How long Pulumi may take to fetch the plugin (40 MB) before the offline one is used instead."""

MARKS = (b"# Written by `govcloud local up`", b"govcloud_offline")


def is_offline_part(file: Path) -> bool:
    """Tell whether an executable is one of ours, of whatever version: short scripts whose first lines say so."""
    try:
        with file.open("rb") as stream:
            begin = stream.read(1024)
    except OSError:
        return False
    return any(mark in begin for mark in MARKS)


def find_host(pulumi: Path, environment: Mapping[str, str]) -> Path | None:
    """Return the official Python language host: beside the CLI, as releases ship it, else on PATH."""
    folders = [pulumi.resolve().parent, *_path(environment)]
    return next((folder / HOST for folder in folders if _official(folder / HOST)), None)


def find_uv(environment: Mapping[str, str]) -> Path | None:
    """Return uv, without which the official host runs no project that uv has locked.

    It is on PATH, or `uv run` started this process and says where it is, or `make` put it into this checkout.
    """
    named = [Path(environment["UV"])] if environment.get("UV") else []
    checkout = Path(sys.prefix).parent / ".bootstrap" / "bin"
    places = [*(folder / "uv" for folder in _path(environment)), *named, checkout / "uv"]
    return next((file for file in places if file.is_file() and os.access(file, os.X_OK)), None)


def homes(own: Path, environment: Mapping[str, str]) -> list[Path]:
    """Return Pulumi's home folders that may hold official plugins: the cloud's `own`, the user's, our cache's."""
    said = environment.get("PULUMI_HOME")
    users = [Path(said)] if said else []
    return list(dict.fromkeys([own, *users, Path.home() / ".pulumi", fetched()]))


def fetched() -> Path:
    """Return the home folder into which `acquire_plugin` fetches for all clouds of a user."""
    return cache_folder() / "pulumi"


def plugin_folder(home: Path, name: str, version: str) -> Path:
    """Return where Pulumi keeps a resource plugin under a home folder (PULUMI_HOME)."""
    return home / "plugins" / f"resource-{name}-v{version}"


def find_plugin(name: str, version: str, places: list[Path], environment: Mapping[str, str]) -> Path | None:
    """Return the official resource plugin: in one of the home folders `places`, else on PATH.

    A real file only: our own links to it do not count as its being there.
    """
    executable = f"pulumi-resource-{name}"
    for home in places:
        file = plugin_folder(home, name, version) / executable
        if _official(file) and not file.is_symlink():
            return file
    return next((folder / executable for folder in _path(environment) if _official(folder / executable)), None)


def acquire_plugin(pulumi: Path, name: str, version: str, home: Path) -> str | None:
    """Let Pulumi fetch a plugin into `home`, and return None, or why it did not come.

    A failure is remembered in `home` (see `refusal`), so that a site without Internet access waits only once.
    """
    private_file.folder(home)
    environment = dict(os.environ) | {
        "PULUMI_HOME": str(home),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "false",
    }
    try:
        tried = subprocess.run(
            [pulumi, "plugin", "install", "resource", name, version, "--non-interactive", "--color", "never"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=ACQUIRE_SECONDS,
            check=False,
        )
        said = [line.removeprefix("error: ") for line in tried.stderr.splitlines() if line.startswith("error:")]
        reason = None if tried.returncode == 0 else next(iter(said), "Pulumi could not fetch it")
    except subprocess.TimeoutExpired:
        reason = f"no answer within {ACQUIRE_SECONDS:.0f} s"
    except OSError as error:
        reason = error.strerror
    if reason is not None:
        private_file.write(_refusal_file(home, name, version), f"{reason}\n")
    return reason


def refusal(home: Path, name: str, version: str) -> str | None:
    """Return why an earlier `acquire_plugin` into `home` failed, None when there was none."""
    try:
        return _refusal_file(home, name, version).read_text().strip()
    except OSError:
        return None


def _refusal_file(home: Path, name: str, version: str) -> Path:
    return home / f"{name}-{version}.not-acquired"


def _official(file: Path) -> bool:
    return file.is_file() and os.access(file, os.X_OK) and not is_offline_part(file)


def _path(environment: Mapping[str, str]) -> Iterator[Path]:
    return (Path(part) for part in environment.get("PATH", "").split(os.pathsep) if part)
