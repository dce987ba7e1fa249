"""Noticing that Pulumi's engine is gone: one that was killed says no goodbye, and its plugins must not outlive it.

The engine holds the other end of a plugin's standard input, also where the plugin is a fork of the plugin server. A
plugin that the engine started itself is its child, too.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

from govcloud_base.wire import collector

__all__ = ["end", "leave", "run", "watch_input", "watch_parent"]

_LOOKS_FOR_PARENT: Final = 1.0
_ENDING_SECONDS: Final = 5.0
"""How long a plugin may take to end in order; then it is ended."""


def run(serve: Callable[[list[str], threading.Event], None]) -> NoReturn:
    """Be a plugin: call `serve` with the command's arguments and what ends it, until the engine goes away.

    `serve` imports what it needs itself: only then is the cycle collector out of its way.
    """
    collector.seldom()
    over = threading.Event()
    watch_parent(over)
    serve(sys.argv[1:], over)
    sys.stdout.flush()
    leave(0)  # nothing is taken apart: the engine waits for the end, and threads may wait for an object


def watch_input(over: threading.Event) -> None:
    """End the plugin, by setting `over`, when standard input ends. Only a pipe says so; a terminal or file does not."""
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=_await_end_of_input, args=(over,), daemon=True).start()


def watch_parent(over: threading.Event) -> None:
    """End the plugin, by setting `over`, when the process that started it has ended."""
    threading.Thread(target=_await_orphanhood, args=(os.getppid(), over), daemon=True).start()


def end(over: threading.Event) -> None:
    """Set `over`, and end this process where that does not."""
    over.set()
    time.sleep(_ENDING_SECONDS)
    leave(1)


def leave(status: int) -> NoReturn:
    """End this process now, and its children: the store's shell waits for ever for a store that is down."""
    for thread in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread has ended, or its child
            for child in thread.read_text().split():
                os.kill(int(child), signal.SIGKILL)
    os._exit(status)


def _await_end_of_input(over: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    end(over)


def _await_orphanhood(parent: int, over: threading.Event) -> None:
    while os.getppid() == parent:
        if over.wait(_LOOKS_FOR_PARENT):
            return
    end(over)
