"""One command at a time changes a state folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from govcloud_base.errors import EnvironmentProblem, Problem, Text
from govcloud_local import private_file
from govcloud_local.settings import writing

__all__ = ["locked"]


@contextlib.contextmanager
def locked(state: Path) -> Iterator[None]:
    """Hold the state's lock; raise EnvironmentProblem at once when another command holds it.

    The kernel lets go of it when the holder ends, however it ends.
    """
    with writing(state):
        private_file.folder(state)
        descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.read(descriptor, 32).decode(errors="replace").strip() or "?"
            raise EnvironmentProblem(
                Problem(
                    code="GC-LOCAL-006",
                    message=Text(
                        f"another govcloud local command (process {other}) is changing this cloud",
                        f"một lệnh `govcloud local` khác (tiến trình {other}) đang thay đổi đám mây này",
                    ),
                    fix=Text("wait until it has ended, then try again", "hãy đợi lệnh đó kết thúc rồi thử lại"),
                    value=str(state),
                )
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
