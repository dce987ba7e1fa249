"""A terminal on which a test types: what a program does where its input and output are one."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

__all__ = ["Terminal", "terminal"]

LIMIT = 120.0  # seconds; a loaded machine starts Python slowly


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self._process = process
        self._descriptor = descriptor
        self._shown = b""
        self._read = 0

    def type(self, text: str) -> None:
        """Type `text`; a control character is one, as `\\x03` for Ctrl-C, and is typed when the program waits for it.

        Between the prompt that is shown and the read that a signal interrupts, Python takes note of Ctrl-C and goes on
        waiting; people press it again.
        """
        if text in ("\x03", "\x04"):
            self._idle()
        os.write(self._descriptor, text.encode())

    def _idle(self) -> None:
        """Wait until the program sleeps and has used no processor time for a moment."""
        end, before = time.monotonic() + LIMIT, ""
        while time.monotonic() < end:
            state, *fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
            used = " ".join(fields[10:12])
            if state == "S" and used == before:
                return
            before = used
            time.sleep(0.3)

    def until(self, pattern: str) -> re.Match[str]:
        """Wait until `pattern` is shown after what was waited for before, and return what matches.

        Raises AssertionError with all that is shown where the program ends, or nothing comes for LIMIT seconds.
        """
        end = time.monotonic() + LIMIT
        while True:
            shown = self._shown.decode("utf-8", "replace")
            if found := re.compile(pattern, re.S).search(shown, self._read):
                self._read = found.end()
                return found
            assert self._more(end), f"{pattern!r} is not shown: {shown!r}"

    def ended(self) -> int:
        """Wait for the program's end and return its exit code."""
        end = time.monotonic() + LIMIT
        while self._more(end):
            pass
        return self._process.wait(LIMIT)

    @property
    def rest(self) -> str:
        """What is shown after what was waited for."""
        return self._shown.decode("utf-8", "replace")[self._read :].replace("\r\n", "\n")

    def _more(self, end: float) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], max(0.0, end - time.monotonic()))
        more = b""
        if ready:
            with contextlib.suppress(OSError):  # how a terminal says that nobody writes to it any more
                more = os.read(self._descriptor, 65536)
        self._shown += more
        return bool(more)


# By a program in between and not between fork and exec: gRPC, which tests of this process may use, may abort there.
_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@contextlib.contextmanager
def terminal(words: Sequence[str], environment: Mapping[str, str], folder: Path) -> Iterator[Terminal]:
    """Run a program on a terminal of 100 columns, and end it with all that it started."""
    ours, theirs = pty.openpty()
    try:
        termios.tcsetwinsize(theirs, (40, 100))
        process = subprocess.Popen(
            [sys.executable, "-ISc", _TAKE_TERMINAL, *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**environment, "TERM": "xterm"},
            cwd=folder,
            start_new_session=True,
        )
    finally:
        os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        os.close(ours)  # hangs up
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
