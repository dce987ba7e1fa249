"""Clouds of test runs that were killed: their processes go on, and their folders hold an administrator's keys."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from govcloud_base.errors import GovCloudError
from govcloud_local import cloud

__all__ = ["end", "folder"]

_PREFIX = "govcloud-test-"
_HELD = ".held-by-a-test-run"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Give a temporary state folder that this run holds; the kernel lets go of it however the run ends."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as made, Path(made, ".new").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        Path(made, ".new").rename(Path(made, _HELD))  # never seen but held
        yield Path(made)


def end() -> list[Path]:
    """Take down and delete the clouds whose run is gone; return where they were."""
    ended = []
    for state in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError, GovCloudError):
            if state.stat().st_uid == os.geteuid() and _abandoned(state):
                cloud.reset(state)
                shutil.rmtree(state, ignore_errors=True)
                ended.append(state)
    return ended


def _abandoned(state: Path) -> bool:
    with (state / _HELD).open("r+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
