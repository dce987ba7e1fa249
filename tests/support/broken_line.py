"""A line to a service on which connections break: after so many bytes, as often as wished."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

__all__ = ["free_port", "line"]


def free_port() -> int:
    """Return a port of the loopback interface on which nobody listens now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def line(port: int, breaks: list[int], *, idle: bool = False) -> Iterator[tuple[int, list[int]]]:
    """Lead to `port`; each of `breaks` is after how many bytes sent a connection breaks, one connection each.

    Where it breaks `idle`, it does so after an answer, and nothing of the next request arrives. Gives the port at which
    the line begins, and how many bytes have come over each connection so far.
    """
    left, counted, opened = list(breaks), list[int](), list[socket.socket]()
    answered = set[int]()
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def pass_on(source: socket.socket, target: socket.socket, number: int, bound: int | None, asks: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                full = bound is not None and counted[number] >= bound
                if asks and full and (not idle or number in answered):
                    break
                if not asks and full:
                    answered.add(number)
                target.sendall(data)
                if asks:
                    counted[number] += len(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        while not ended.is_set():
            with contextlib.suppress(OSError):
                asking, _ = listening.accept()
                serving = socket.create_connection(("127.0.0.1", port))
                opened.extend((asking, serving))
                counted.append(0)
                bound = left.pop(0) if left else None
                number = len(counted) - 1
                for way in ((asking, serving, number, bound, True), (serving, asking, number, bound, False)):
                    threading.Thread(target=pass_on, args=way, daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1]), counted
    finally:
        ended.set()
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for one in (listening, *opened):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
