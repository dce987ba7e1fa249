"""The host's child processes, and its own end.

The engine puts the host in a process group of its own, ends it with SIGINT to the group, and kills the group
after five seconds. It holds the host's standard input open: end of file there means that the engine is gone,
perhaps by SIGKILL, and that the host must go with everything that it started.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NoReturn

__all__ = ["Children", "End", "Why", "leave"]

Why = Literal["signal", "engine gone"]

INTERRUPT_SECONDS = 3.0
"""How long children may take to end after SIGINT: the engine kills the whole group after five seconds."""


class Children:
    """The programs and plugins that run now. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()

    @contextlib.contextmanager
    def running(self, argv: list[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
        """Start a child and know it until it has been waited for. Takes the options of subprocess.Popen."""
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, **options)
        with self._lock:
            self._running.add(child)
        try:
            yield child
        finally:
            with self._lock:
                self._running.discard(child)

    def interrupt(self, number: int = signal.SIGINT) -> None:
        """Send a signal to every child."""
        for child in self._now():
            child.send_signal(number)

    def end(self, patience: float = INTERRUPT_SECONDS) -> bool:
        """Wait for every child to end, then kill those left. Return whether any had to be killed."""
        limit = time.monotonic() + patience
        while (left := bool(self._now())) and time.monotonic() < limit:
            time.sleep(0.01)
        self.interrupt(signal.SIGKILL)
        return left

    def _now(self) -> list[subprocess.Popen[bytes]]:
        with self._lock:
            return [child for child in self._running if child.poll() is None]


class End:
    """Notices that the host should end. Make one in the main thread before anybody knows of the host."""

    def __init__(self) -> None:
        # A handler written in Python runs only when the main thread runs byte code again, which a blocking call
        # prevents; the wake-up descriptor is written by the C handler at once.
        self._woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _noted)

    def wait(self, watch_input: bool) -> Why:
        """Block until the host should end and say why. With `watch_input`, the end of input counts, if it is a pipe."""
        watched = [self._woken]
        if watch_input and stat.S_ISFIFO(os.fstat(0).st_mode):
            watched.append(0)
        while True:
            for descriptor in select.select(watched, [], [])[0]:
                if descriptor == self._woken:
                    return "signal"
                if not os.read(0, 4096):
                    return "engine gone"


def _noted(number: int, frame: object) -> None:
    """Replace the default action; the wake-up descriptor carries the news."""


def leave(groups: Sequence[Children], why: Why) -> NoReturn:
    """End the children and this process.

    Not by returning from main: the interpreter would wait for the server's threads.
    """
    leader = os.getpgrp() == os.getpid()
    if why == "engine gone" and leader:
        # Grandchildren too: nobody else is left to end them.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
    elif not leader:
        # Started by hand (PULUMI_DEBUG_LANGUAGES): the signal came to this process alone. The engine's own
        # SIGINT goes to the whole group, and a second one would disturb a program that is cleaning up.
        for children in groups:
            children.interrupt(signal.SIGTERM)
    forced = [children.end() for children in groups]
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    if leader and (why == "engine gone" or any(forced)):
        os.killpg(0, signal.SIGKILL)  # what a killed program has left behind, and this process with it
    os._exit(0)
