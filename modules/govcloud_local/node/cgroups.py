"""The node's control groups: one folder of our own in every hierarchy, named after the state folder."""

from __future__ import annotations

import contextlib
import hashlib
import time
from pathlib import Path

from govcloud_local.settings import Settings

__all__ = ["CONTROLLERS", "name", "remove", "roots"]

CONTROLLERS: tuple[str, ...] = ("cpu", "cpuset", "memory", "pids")
"""What a node can't do without; version 1 needs more."""

_MOUNT = Path("/sys/fs/cgroup")


def name(settings: Settings) -> str:
    """Return the name of the node's control group; two clouds on one machine have two."""
    return f"govcloud-{hashlib.sha256(str(settings.state).encode()).hexdigest()[:8]}"


def roots(settings: Settings) -> list[Path]:
    """Return the node's folder in every hierarchy of this machine, made or not (version 2 has one hierarchy)."""
    return [hierarchy / name(settings) for hierarchy in _hierarchies()]


def remove(settings: Settings, patience: float = 5.0) -> list[Path]:
    """Remove the node's control groups, which must hold no process any more; return those that would not go.

    The kernel takes a moment to let go of a group whose last process has just ended, hence `patience` (seconds).
    """
    # runc leaves a group in a version 2 hierarchy that limits nothing, too
    known = [*roots(settings), _MOUNT / "unified" / name(settings)]
    deadline = time.monotonic() + patience
    while True:
        left = [root for root in known if root.exists() and not _removed(root)]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def _hierarchies() -> list[Path]:
    if (_MOUNT / "cgroup.controllers").exists():
        return [_MOUNT]
    # cpu and cpuacct may be two names of one hierarchy
    distinct = {folder.resolve(): folder for folder in sorted(_MOUNT.iterdir()) if folder.is_dir()}
    return [folder for folder in distinct.values() if folder.name != "unified"]


def _removed(root: Path) -> bool:
    folders = sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True)
    for folder in (*folders, root):
        with contextlib.suppress(OSError):
            folder.rmdir()
    return not root.exists()
