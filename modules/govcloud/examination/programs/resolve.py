"""Ask a name server for the IPv4 or IPv6 addresses of a name, as gateways do, and print what it answered.

Usage: python3 resolve.py SECONDS SERVER NAME. The output is `{"addresses": [...], "rcode": N, "search": [...]}`: the
addresses, the answer's code (RFC 1035 §4.1.1; null where none came), and the domains that the pod itself was given.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
from pathlib import Path

_A, _AAAA = 1, 28


def question(name: str, kind: int) -> bytes:
    """Return a query for a name (RFC 1035 §4.1)."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split("."))
    return struct.pack(">6H", 1, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", kind, 1)


def answers(message: bytes) -> tuple[int, list[str]]:
    """Return an answer's code and the addresses in it."""
    _, flags, questions, count, _, _ = struct.unpack(">6H", message[:12])
    place, found = 12, []
    for _ in range(questions):
        place = _after_name(message, place) + 4
    for _ in range(count):
        place = _after_name(message, place)
        kind, _, _, size = struct.unpack(">2HIH", message[place : place + 10])
        value = message[place + 10 : place + 10 + size]
        place += 10 + size
        if kind in (_A, _AAAA):
            found.append(socket.inet_ntop(socket.AF_INET if kind == _A else socket.AF_INET6, value))
    return flags & 15, found


def _after_name(message: bytes, place: int) -> int:
    while message[place]:
        if message[place] >= 0xC0:
            return place + 2
        place += 1 + message[place]
    return place + 1


def ask(server: str, name: str, seconds: float) -> tuple[int | None, list[str]]:
    """Return what the server answers over UDP to questions for both families."""
    code, found = None, []
    for kind in (_A, _AAAA):
        family = socket.AF_INET6 if ":" in server else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as connection:
            connection.settimeout(seconds / 4)
            for _ in range(2):
                try:
                    connection.sendto(question(name, kind), (server, 53))
                    code, addresses = answers(connection.recv(4096))
                except (OSError, struct.error, IndexError):
                    continue
                found += addresses
                break
    return code, found


def search() -> list[str]:
    """Return the domains in which the pod looks for names."""
    try:
        lines = Path("/etc/resolv.conf").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [word for line in lines if line.startswith("search") for word in line.split()[1:]]


if __name__ == "__main__":
    rcode, addresses = ask(sys.argv[2], sys.argv[3], float(sys.argv[1]))
    print(json.dumps({"addresses": addresses, "rcode": rcode, "search": search()}))
