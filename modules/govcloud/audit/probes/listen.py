"""Listen on TCP ports and answer every connection with a name, so that whoever connects knows whom he reached.

Usage: python3 listen.py NAME PORT...
"""

from __future__ import annotations

import asyncio
import functools
import sys


async def _answer(banner: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(banner)
    await writer.drain()
    writer.close()


async def _serve(name: str, ports: list[int]) -> None:
    servers = [
        await asyncio.start_server(functools.partial(_answer, f"{name} {port}\n".encode()), "0.0.0.0", port)  # noqa: S104 - in a pod of its own
        for port in ports
    ]
    print(f"{name} listens on {ports}", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], [int(port) for port in sys.argv[2:]]))
