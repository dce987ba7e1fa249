"""The relay carries bytes both ways, whole, and ends as the two sides end."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

from govcloud_local.services.relay import relay

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def _relayed(handler: Handler) -> AsyncIterator[int]:
    """Give the port of a relay to a server with this handler."""

    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(closing, "127.0.0.1", 0)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    task = asyncio.create_task(relay(listener, "127.0.0.1", server.sockets[0].getsockname()[1]))
    try:
        yield port
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        server.close()


async def _echo_whole(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.read())  # answers only after the end of the request
    await writer.drain()


def test_a_request_that_ends_is_answered_whole() -> None:
    content = bytes(range(256)) * 40_000  # 10 MB: more than any buffer on the way

    async def check() -> None:
        async with _relayed(_echo_whole) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(content)
            writer.write_eof()
            answer = await asyncio.wait_for(reader.read(), 30)
            assert hashlib.sha256(answer).digest() == hashlib.sha256(content).digest()
            writer.close()

    asyncio.run(check())


def test_many_connections_do_not_mix() -> None:
    async def one(port: int, number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for step in range(5):
            writer.write(f"{number}:{step}\n".encode())
            assert await asyncio.wait_for(reader.readline(), 30) == f"{number}:{step}\n".encode()
        writer.close()

    async def lines(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)

    async def check() -> None:
        async with _relayed(lines) as port:
            await asyncio.gather(*(one(port, number) for number in range(50)))

    asyncio.run(check())


def test_the_servers_end_reaches_the_client() -> None:
    async def bye(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"bye")

    async def check() -> None:
        async with _relayed(bye) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await asyncio.wait_for(reader.read(), 30) == b"bye"
            writer.close()

    asyncio.run(check())


def test_a_server_that_is_gone_closes_the_connection() -> None:
    async def check() -> None:
        with socket.create_server(("127.0.0.1", 0)) as unused:
            dead = unused.getsockname()[1]
        listener = socket.create_server(("127.0.0.1", 0))
        task = asyncio.create_task(relay(listener, "127.0.0.1", dead))
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        assert await asyncio.wait_for(reader.read(), 30) == b""
        writer.close()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(check())
