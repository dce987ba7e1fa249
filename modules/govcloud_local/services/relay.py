"""A TCP relay between the machine's loopback and the cloud's network namespace; run as a program of its own.

Arguments: `in` or `out`, record of the process that owns the namespace, address and port to listen on, address and port
to dial. `in` listens on the machine and dials inside, `out` listens inside and dials on the machine. It makes its
listener in the one namespace, moves into the other and gives up root: every connection that it accepts is carried on
from there. No interface, route or packet filter of the machine is touched.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path

_NOBODY = 65534
_CLONE_NEWNET = 0x40000000
_HIGH_WATER = 1 << 20  # bytes that may wait for a slow reader before its writer is paused


class Side(asyncio.Protocol):
    """One end of a relayed connection; what it receives, the other end sends."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: Side | None = None
        self._waiting: list[bytes] = []
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=_HIGH_WATER)
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def pair(self, other: Side) -> None:
        """Join two ends and pass on what came before they were joined."""
        self.other, other.other = other, self
        for side, peer in ((self, other), (other, self)):
            assert peer.transport is not None
            for data in side._waiting:
                peer.transport.write(data)
            side._waiting.clear()
            if side._ended:
                side._pass_end()

    def data_received(self, data: bytes) -> None:
        if self.other is None or self.other.transport is None:
            self._waiting.append(data)
        else:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        self._ended = True
        self._pass_end()
        return True  # the other direction may go on

    def _pass_end(self) -> None:
        if self.other and self.other.transport and self.other.transport.can_write_eof():
            if not self.other.transport.is_closing():
                self.other.transport.write_eof()
            if self.other._ended:
                self.close()
                self.other.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self.other:
            self.other.close()

    def pause_writing(self) -> None:
        if self.other and self.other.transport:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other and self.other.transport:
            self.other.transport.resume_reading()

    def close(self) -> None:
        """Send what still waits, then close."""
        if self.transport:
            self.transport.close()


class Accepted(Side):
    """The end that was dialled; dials the other one as soon as it is connected."""

    def __init__(self, host: str, port: int, tasks: set[asyncio.Task[None]]) -> None:
        super().__init__()
        self._target = (host, port)
        self._tasks = tasks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        task = asyncio.get_running_loop().create_task(self._dial())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _dial(self) -> None:
        try:
            _, other = await asyncio.get_running_loop().create_connection(Side, *self._target)
        except OSError:
            self.close()
            return
        self.pair(other)


async def relay(listener: socket.socket, host: str, port: int) -> None:
    """Carry connections until SIGTERM."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    tasks: set[asyncio.Task[None]] = set()
    server = await loop.create_server(lambda: Accepted(host, port, tasks), sock=listener, backlog=512)
    try:
        await stop.wait()
    finally:
        server.close()


def main() -> None:
    """Listen in one namespace, enter the other, give up root, relay."""
    direction, record, host, port, target_host, target_port = sys.argv[1:]
    machine = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    cloud = os.open(f"/proc/{json.loads(Path(record).read_text())['pid']}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    here, there = (machine, cloud) if direction == "in" else (cloud, machine)
    _enter(here)
    listener = socket.create_server((host, int(port)), backlog=512)
    _enter(there)
    for handle in (machine, cloud):
        os.close(handle)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # every connection takes two files
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    asyncio.run(relay(listener, target_host, int(target_port)))


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, _CLONE_NEWNET) != 0:
        sys.exit(f"cannot change the network namespace: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main()
