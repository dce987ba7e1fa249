"""Serving an engine: a port of loopback that the kernel chooses, said on standard output, until the engine goes."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc

from govcloud_base.wire import engine_watch

__all__ = ["serve", "start"]

Add = Callable[[grpc.Server], None]
"""Adds a servicer to a server."""

_LARGEST_MESSAGE: Final = 400 << 20
"""Bytes; the engine's own bound."""


def start(add: Add, threads: int) -> tuple[grpc.Server, int]:
    """Start a server that answers as many calls at once as it has threads; return it with its port."""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=threads, thread_name_prefix="call"),
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(add: Add, threads: int, over: threading.Event, patience: float) -> None:
    """Serve until `over` is set, by a signal or the end of standard input too; calls then have `patience` seconds left.

    The port is all that is ever written to standard output: the engine reads it there.
    """
    server, port = start(add, threads)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    engine_watch.watch_input(over)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    over.wait()
    server.stop(grace=patience).wait()
