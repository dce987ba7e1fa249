"""The state of a stack that a full disk cut off, put back from its last whole copy.

Pulumi's file backend puts what it could write of a checkpoint in place of the former one. It keeps copies, though: the
former one beside it, and one in two folders after every update. What was made since is taken over by the next update
(ADR 0007), as after a run that was killed.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

__all__ = ["content", "damaged", "restore"]


def damaged(backend: Path, stack: str | None) -> Iterator[Path]:
    """Yield the checkpoints in the folder of a file backend, those of `stack` or all, that are not whole."""
    name = "*" if stack is None else glob.escape(stack)
    for file in sorted((backend / ".pulumi" / "stacks").glob(f"*/{name}.json")):
        with contextlib.suppress(OSError):  # not there any more, or no plain file
            if not _whole(content(file)):
                yield file


def restore(file: Path) -> Path | None:
    """Put the last whole copy in a checkpoint's place and return it; None where there is none, or no room.

    What was there is kept beside it, as `.damaged`.
    """
    for copy in _copies(file):
        with contextlib.suppress(OSError):
            whole = content(copy)
            if _whole(whole):
                begun = file.with_name(f"{file.name}.{os.getpid()}.new")
                try:
                    with begun.open("xb") as stream:
                        stream.write(whole)
                        stream.flush()
                        os.fsync(stream.fileno())
                    file.replace(file.with_name(f"{file.name}.damaged"))
                    begun.replace(file)
                finally:
                    begun.unlink(missing_ok=True)
                return copy
    return None


def content(file: Path, most: int = -1) -> bytes:
    """Return what a file holds; raises OSError for what is no plain file: reading a pipe would never end."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a file")
        return stream.read(most)


def _copies(file: Path) -> list[Path]:
    """Return the copies of a checkpoint, the newest first."""
    root, project, stack = file.parents[2], file.parent.name, file.stem
    name = glob.escape(stack)
    found = [
        file.with_name(f"{file.name}.bak"),
        *(root / "backups" / project / stack).glob(f"{name}.*.json"),
        *(root / "history" / project / stack).glob(f"{name}-*.checkpoint.json"),
    ]
    return sorted((copy for copy in found if copy.is_file()), key=lambda copy: copy.stat().st_mtime_ns, reverse=True)


def _whole(checkpoint: bytes) -> bool:
    try:
        return isinstance(json.loads(checkpoint), dict)
    except (ValueError, RecursionError):
        return False
