"""Files that are in memory alone, for libraries and programs that take keys and documents from files only.

Such a file is in no folder and on no disk: however the process ends that made it, nothing is left. Other users cannot
open it, for its name leads through that process. Linux only (memfd_create(2)).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

__all__ = ["kept", "lent"]

_kept: dict[bytes, str] = {}


@contextlib.contextmanager
def lent(content: bytes = b"") -> Iterator[str]:
    """Give the path of a file with that content, for this process and its children; it is gone after the context."""
    descriptor = _made(content)
    try:
        yield _path(descriptor)
    finally:
        os.close(descriptor)


def kept(content: bytes) -> str:
    """Return the path of a file with that content that lasts as long as this process; equal contents share one."""
    if content not in _kept:
        _kept[content] = _path(_made(content))
    return _kept[content]


def _made(content: bytes) -> int:
    descriptor = os.memfd_create("govcloud", os.MFD_CLOEXEC)
    try:
        os.fchmod(descriptor, 0o600)
        with open(descriptor, "wb", closefd=False) as stream:
            stream.write(content)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _path(descriptor: int) -> str:
    # not by "self": children open it too, without inheriting anything
    return f"/proc/{os.getpid()}/fd/{descriptor}"
