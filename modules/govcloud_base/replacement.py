"""A file that is replaced whole or not at all, and what a writer that was killed meanwhile left of it."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from pathlib import Path

__all__ = ["remove_begun", "replacement"]

_BEGUN = re.compile(r"\..+\.(\d+)\.new")


@contextlib.contextmanager
def replacement(file: Path) -> Iterator[Path]:
    """Give a path beside `file` at which nothing is: what the block puts there becomes `file` if the block ends well.

    Several may replace a file at once: one of them wins. Raises OSError where the folder cannot be written;
    then, and where the block raises, `file` is as it was and nothing is left beside it.
    """
    # A thread's number is no other's on the machine, and is seen below /proc while it lives.
    begun = file.with_name(f".{file.name}.{threading.get_native_id()}.new")
    begun.unlink(missing_ok=True)
    try:
        yield begun
        begun.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            begun.unlink()
        raise


def remove_begun(path: Path, depth: int) -> None:
    """Remove what writers that were killed left in a folder and `depth` levels below it; living writers go on."""
    for level in range(depth + 1):
        for file in path.glob("*/" * level + ".*.new"):
            begun = _BEGUN.fullmatch(file.name)
            if begun and not Path("/proc", begun[1]).exists():
                file.unlink(missing_ok=True)
