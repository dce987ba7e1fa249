"""Socket files of the cloud's daemons, wherever a daemon puts them: each is known by its record, not by its name.

The object store names some by port and puts them into the machine's temporary folder, where another cloud's may have
the same name; so only the very file that a daemon was seen to have bound is removed after its end. A daemon that ends
while it starts may bind one in its very last moment, when nobody looks: for that case its component says which names it
uses, and of those only a file that nobody listens at is removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from govcloud_local.daemons.process import Process

__all__ = ["SocketFile", "bound", "clear", "end", "remove"]


@dataclass(frozen=True, order=True, slots=True)
class SocketFile:
    """One socket file; another one at the same place has another number or another time."""

    path: str
    inode: int
    made: int
    """When it was bound, in nanoseconds since 1970."""


def bound(process: Process) -> tuple[SocketFile, ...]:
    """Return the socket files that a process holds open, none where its mounts are not this process's."""
    folder = Path(f"/proc/{process.pid}")
    found = set()
    with contextlib.suppress(OSError):  # it ends meanwhile
        if (folder / "ns" / "mnt").readlink() != Path("/proc/self/ns/mnt").readlink():
            return ()
        place = (folder / "cwd").readlink()
        held = set()
        for handle in (folder / "fd").iterdir():
            with contextlib.suppress(OSError):
                held.add(str(handle.readlink()))
        for line in (folder / "net" / "unix").read_text(errors="surrogateescape").splitlines()[1:]:
            fields = line.split(maxsplit=7)
            if len(fields) == 8 and not fields[7].startswith("@") and f"socket:[{fields[6]}]" in held:
                file = _at(place / fields[7])
                if file and process.alive():
                    found.add(file)
    return tuple(sorted(found))


def end(process: Process, patience: float = 10.0, known: Iterable[SocketFile] = (), names: Sequence[str] = ()) -> None:
    """Stop a process, and remove what it had bound (what is `known` of that, and what :func:`clear` finds)."""
    made = set(known)
    process.stop(patience, lambda: made.update(bound(process)))  # one that is starting binds until it ends
    remove(made)
    clear(names)


def remove(files: Iterable[SocketFile]) -> None:
    """Remove those files that are still the same."""
    for file in files:
        if _at(Path(file.path)) == file:
            Path(file.path).unlink(missing_ok=True)


def clear(names: Sequence[str]) -> None:
    """Remove the socket files of this user that a pattern of `names` fits and that nobody listens at."""
    for path in (found for pattern in map(Path, names) for found in pattern.parent.glob(pattern.name)):
        file = _at(path)
        if file and path.lstat().st_uid == os.geteuid() and _dead(path):
            remove([file])


def _dead(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.setblocking(False)
        return caller.connect_ex(str(path)) == errno.ECONNREFUSED


def _at(path: Path) -> SocketFile | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return SocketFile(str(path), status.st_ino, status.st_mtime_ns) if stat.S_ISSOCK(status.st_mode) else None
