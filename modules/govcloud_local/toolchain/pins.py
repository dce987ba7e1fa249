"""The pins of a group of tools: what `toolchain/<group>/` says, and the cache key made of it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from govcloud.folders import project_root
from govcloud_local.toolchain.catalogue import GoModule
from govcloud_local.toolchain.version import Version

__all__ = ["folder", "go_needed", "key", "ldflags", "version"]


def folder(module: GoModule) -> Path:
    """Return the folder with the group's go.mod and go.sum: inside an installed package, at the top of a checkout."""
    inside = Path(__file__).resolve().parents[1] / "pins"
    return (inside if inside.is_dir() else project_root() / "toolchain") / module.group


def version(module: GoModule) -> str:
    """Return the pinned version of the tool's module, without `v`. Raises LookupError if there is none."""
    text = (folder(module) / "go.mod").read_text()
    match = re.search(rf"^(?:require )?\s*{re.escape(module.module)} v(\S+)", text, re.MULTILINE)
    if match is None:
        raise LookupError(f"{folder(module) / 'go.mod'} does not require {module.module}")
    return match[1]


def go_needed(module: GoModule) -> Version:
    """Return the lowest Go version that the group's go.mod allows."""
    match = re.search(r"^go (\d+(?:\.\d+)*)", (folder(module) / "go.mod").read_text(), re.MULTILINE)
    return tuple(int(part) for part in match[1].split(".")) if match else (1, 0)


def ldflags(module: GoModule) -> str:
    """Return the linker flags: no symbol table, and the version stamped so that the tool can say it."""
    pinned = version(module)
    major, minor = pinned.split(".")[:2]
    stamps = [f"-X {stamp.format(version=pinned, major=major, minor=minor)}" for stamp in module.stamps]
    return " ".join(["-s", "-w", *stamps])


def key(module: GoModule, go_version: str, platform: str) -> str:
    """Return 12 hexadecimal digits that change whenever the result of the build would.

    Raises OSError when go.mod or go.sum is absent.
    """
    digest = hashlib.sha256()
    parts = [
        (folder(module) / "go.mod").read_bytes(),
        (folder(module) / "go.sum").read_bytes(),
        " ".join(module.packages.values()).encode(),
        " ".join(module.tags).encode(),
        ldflags(module).encode(),
        go_version.encode(),
        platform.encode(),
        *(file.read_bytes() for file in _own_code(module)),
        *([b"cgo"] if module.cgo else []),
    ]
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()[:12]


def _own_code(module: GoModule) -> list[Path]:
    """Return the Go files of the group's own folder, where a package of it is built."""
    local = any(package.startswith(".") for package in module.packages.values())
    return sorted(folder(module).rglob("*.go")) if local else []
