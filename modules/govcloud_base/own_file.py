"""Files of a cache that are believed only where nobody else can have written them, and replaced whole or not at all.

Every step works on the opened folder, so that nobody who may rename what lies above it can put another in its place
meanwhile. Only the standard library is imported: the Pulumi program, of which every run costs all its imports, reads
plans through this.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = ["believable", "read", "write"]

_KEPT_NAME = re.compile(r"[0-9a-f]{16,64}\.[a-z]+")
"""What such a file is called: a digest of what it is about, and a kind. No other file is ever removed."""
_BEGUN_NAME = re.compile(r"\.[0-9a-f]{16,64}\.[a-z]+\.[0-9a-f]{16}\.new")
_ABANDONED = 3600
"""Seconds after which nobody writes to a file any more that was begun."""


def read(file: Path, most: int) -> bytes:
    """Return at most `most` bytes of a file.

    Raises OSError where there is none, or where another user could have written the file or replaced it in its folder.
    """
    with _own_folder(file.parent) as folder:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with os.fdopen(os.open(file.name, flags, dir_fd=folder), "rb") as stream:
            _require_own(os.fstat(stream.fileno()), stat.S_IFREG)
            return stream.read(most)


def believable(file: Path) -> bool:
    """Return whether a file is there, and nobody else can have written it or replaced it in its folder."""
    try:
        read(file, 0)
    except OSError:
        return False
    return True


def write(file: Path, data: bytes, most_files: int) -> None:
    """Replace a file, and remove all but the `most_files` of its kind that were written last.

    Several may write at once: one of them wins. Raises OSError where the folder cannot be written or is not this user's
    alone; the file is then as it was, and nothing half written is left.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _own_folder(file.parent) as folder:
        begun = f".{file.name}.{os.urandom(8).hex()}.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(begun, flags, 0o600, dir_fd=folder)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
            os.replace(begun, file.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(begun, dir_fd=folder)
            raise
        _prune(folder, most_files)


def _prune(folder: int, most_files: int) -> None:
    """Remove what was written longest ago, and what a writer that was killed left."""
    kept: list[tuple[int, str]] = []
    gone: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                written = entry.stat(follow_symlinks=False).st_mtime_ns
            except FileNotFoundError:  # another writer was faster
                continue
            if _KEPT_NAME.fullmatch(entry.name):
                kept.append((written, entry.name))
            elif _BEGUN_NAME.fullmatch(entry.name) and written < time.time_ns() - _ABANDONED * 10**9:
                gone.append(entry.name)
    gone += [name for _, name in sorted(kept)[:-most_files]]
    for name in gone:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)


@contextlib.contextmanager
def _own_folder(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _require_own(os.fstat(descriptor), stat.S_IFDIR)
        yield descriptor
    finally:
        os.close(descriptor)


def _require_own(status: os.stat_result, kind: int) -> None:
    if stat.S_IFMT(status.st_mode) != kind or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise PermissionError("not this user's alone")
