"""Connect to many addresses at once and print, as JSON, what each answered.

Usage: python3 connect.py SECONDS, with [[address, port], ...] as JSON on the second argument. The output maps
`address:port` to the banner received, or to null where no connection came about within the time.
"""

from __future__ import annotations

import asyncio
import json
import sys

_AT_ONCE = 64


async def _try(gate: asyncio.Semaphore, address: str, port: int, seconds: float) -> str | None:
    async with gate:
        try:
            async with asyncio.timeout(seconds):
                reader, writer = await asyncio.open_connection(address, port)
                try:
                    return (await reader.read(200)).decode("ascii", "replace").strip()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return None


async def _all(targets: list[tuple[str, int]], seconds: float) -> dict[str, str | None]:
    gate = asyncio.Semaphore(_AT_ONCE)
    answers = await asyncio.gather(*(_try(gate, address, port, seconds) for address, port in targets))
    return {f"{address}:{port}": answer for (address, port), answer in zip(targets, answers, strict=True)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_all([(a, int(p)) for a, p in json.loads(sys.argv[2])], float(sys.argv[1])))))
