"""Daemon that keeps the logs of the other daemons short; run as a program of its own, with the standard library only.

A daemon writes to one open file for as long as it lives, so its log cannot be renamed under it. It is copied and then
emptied: every daemon opens its log for appending, and goes on at the new end. Words that come between the end of the
copy and the emptying are lost.

Arguments: file to touch, limit in bytes, seconds between rounds, logs.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path


def shorten(log: Path, limit: int) -> bool:
    """Put a log longer than `limit` bytes aside as `<name>.log.1`, in place of an earlier one; tell whether it was.

    Raises OSError, with the log untouched, when it can't be put aside.
    """
    try:
        handle = os.open(log, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:  # its daemon was never started
        return False
    with os.fdopen(handle, "r+b") as stream:
        if os.fstat(handle).st_size <= limit:
            return False
        copy = log.with_name(f"{log.name}.new")
        try:
            with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as target:
                shutil.copyfileobj(stream, target)
            copy.replace(log.with_name(f"{log.name}.1"))
        except OSError:
            copy.unlink(missing_ok=True)
            raise
        os.ftruncate(handle, 0)
    return True


def keep(logs: Sequence[Path], limit: int) -> list[str]:
    """Look at every log once; return why some that are too long could not be put aside."""
    problems = []
    for log in logs:
        try:
            shorten(log, limit)
        except OSError as error:
            problems.append(f"{log.name}: {error.strerror}")
    return problems


def main() -> None:
    """Keep logs short until ended by a signal."""
    beat, limit, pause, *logs = sys.argv[1:]
    while True:
        problems = keep([Path(log) for log in logs], int(limit))
        if not problems:
            Path(beat).touch(mode=0o600)
        for problem in problems:
            print(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), problem, flush=True)
        time.sleep(float(pause))


if __name__ == "__main__":
    main()
