"""Make an encrypted connection to each address of a service, check its certificate, and ask without a signature.

Usage: python3 greet.py SECONDS HOST PORT AUTHORITY ADDRESSES, where AUTHORITY is a certificate (PEM), empty for those
that the system trusts, and ADDRESSES is a list as JSON. The output maps each address to `[status, trouble]`: the number
of the HTTP answer or null, and what the network said.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys


def greet(address: str, host: str, port: int, context: ssl.SSLContext, seconds: float) -> tuple[int | None, str]:
    """Return the status of the answer to a bare GET; None and the reason where none came."""
    named = f"[{host}]" if ":" in host else host
    try:
        with (
            socket.create_connection((address, port), seconds) as raw,
            context.wrap_socket(raw, server_hostname=host) as connection,
        ):
            connection.sendall(f"GET / HTTP/1.0\r\nHost: {named}:{port}\r\n\r\n".encode())
            return int(connection.recv(200).split()[1]), ""
    except (OSError, ValueError, IndexError) as error:
        return None, f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    seconds, host, port, authority, addresses = sys.argv[1:6]
    trust = ssl.create_default_context(cadata=authority or None)
    print(json.dumps({a: greet(a, host, int(port), trust, float(seconds)) for a in json.loads(addresses)}))
