"""Listen on TCP ports and answer every connection with a name, so that whoever connects knows whom he reached.

Usage: python3 listen.py NAME PORT...
"""

from __future__ import annotations

import select
import socket
import sys


def listen(ports: list[int], address: str = "") -> dict[int, socket.socket]:
    """Return a listening socket for each port, by file number. Raises OSError where one is taken or not permitted.

    Without an address it listens on all of the pod's own, of both protocols where the machine has both.
    """
    both = not address and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both else socket.AF_INET
    found = [socket.create_server((address, port), family=family, backlog=128, dualstack_ipv6=both) for port in ports]
    return {server.fileno(): server for server in found}


def serve(name: str, servers: dict[int, socket.socket]) -> None:
    """Answer every connection with the name and the port that was reached; never returns."""
    poll = select.poll()
    for number in servers:
        poll.register(number, select.POLLIN)
    while True:
        for number, _ in poll.poll():
            connection, _peer = servers[number].accept()
            try:
                connection.sendall(f"{name} {servers[number].getsockname()[1]}\n".encode())
            except OSError:
                continue  # the caller has gone; the next one must still be answered
            finally:
                connection.close()


if __name__ == "__main__":
    serve(sys.argv[1], listen([int(port) for port in sys.argv[2:]]))
