"""Built tools in the cache folder: complete or absent, and built by one run at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from govcloud_base.user_folders import cache_folder
from govcloud_local.toolchain import pins
from govcloud_local.toolchain.catalogue import GoModule, Recipe
from govcloud_local.toolchain.golang import Go
from govcloud_local.toolchain.tool import Origin, Tool

__all__ = ["entry", "locked", "log_file", "lookup", "staged"]


def entry(recipe: Recipe, module: GoModule, go: Go) -> Path:
    """Return the folder that holds, or would hold, the tool as built by this Go from the present pins."""
    key = pins.key(module, go.version, go.platform)
    return cache_folder() / "tools" / f"{recipe.name}-{pins.version(module)}-{key}"


def lookup(recipe: Recipe, module: GoModule, go: Go, origin: Origin = Origin.CACHE) -> Tool | None:
    """Return the tool if the cache holds it. Entries come by rename, so one that is there is whole."""
    folder = entry(recipe, module, go)
    if not all((folder / name).is_file() for name in recipe.files):
        return None
    path = folder / recipe.name if len(recipe.files) == 1 else folder
    return Tool(recipe.name, path, pins.version(module), origin)


def log_file(name: str) -> Path:
    """Return where a tool's last build left its whole output."""
    return cache_folder() / "logs" / f"build-{name}.log"


@contextlib.contextmanager
def locked(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of one cache entry, so that two runs never build the same thing.

    While another run holds it, `waiting` is called several times a second; an exception from it ends the wait. The
    kernel frees the lock of a run that dies.
    """
    file = cache_folder() / "locks" / f"{folder.name}.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waiting()
                time.sleep(0.2)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Give a temporary folder to build in; its `out` becomes the cache entry if the block ends well.

    Call with the entry's lock held: leftovers of a run that was killed are removed first.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".building-{folder.name}-"
    for leftover in folder.parent.glob(f"{prefix}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        out = temporary / "out"
        out.mkdir()
        yield temporary
        for file in out.iterdir():
            _flush(file)
        shutil.rmtree(folder, ignore_errors=True)
        out.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _flush(file: Path) -> None:
    """Make the bytes reach the disk before the name does, so that a power cut leaves no hollow tool."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
