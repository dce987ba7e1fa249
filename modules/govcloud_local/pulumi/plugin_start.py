"""Start a Pulumi plugin from the cloud's plugin server, or by itself where none answers; a program of its own.

The engine runs this in a plugin's place, with `-I -S`, and takes it for the plugin: it lives exactly as long, and its
end is the plugin's. Only what the interpreter brings along is imported, for this is all that a start costs.

Arguments: the cloud's state folder, the plugin's module, then those of the plugin.
"""

from __future__ import annotations

import _socket
import os
import sys
from typing import NoReturn

SOCKET = "plugins.sock"
"""Name of the server's socket in the folder `run` of the state."""
STARTED = b"+"
"""What the plugin says when it has taken over the starter's streams."""
_PATIENCE_SECONDS = 5.0
"""Longest that the server may take to answer; a plugin takes a quarter of a second to start by itself."""


def connect(state: str) -> _socket.socket:
    """Return a connection to the plugin server of the cloud at `state`; raises OSError where none listens."""
    folder = os.open(f"{state}/run", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        server.settimeout(_PATIENCE_SECONDS)
        # by the open folder: a socket's path is limited to 107 bytes, a state folder's is not
        server.connect(f"/proc/self/fd/{folder}/{SOCKET}")
    except OSError:
        server.close()
        raise
    finally:
        os.close(folder)
    return server


def ask(server: _socket.socket, plugin: str, arguments: list[str]) -> bool:
    """Ask for the plugin, with our environment, folder and standard streams; tell whether it has started.

    Raises OSError where the server goes away. The request: its length in four bytes, then fields that end with NUL.
    """
    folder = os.getcwdb()  # noqa: PTH109  # pathlib takes longer to import than all this takes
    fields = [plugin.encode(), folder, str(len(arguments)).encode(), *map(os.fsencode, arguments)]
    fields += [name + b"=" + value for name, value in os.environb.items()]
    request = b"\0".join(fields)
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    message = len(request).to_bytes(4, "big") + request
    sent = server.sendmsg([message], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    server.sendall(message[sent:])
    return server.recv(1) == STARTED


def main() -> NoReturn:
    """Be the plugin until it ends."""
    state, plugin, *arguments = sys.argv[1:]
    try:
        server = connect(state)
        started = ask(server, plugin, arguments)
    except OSError:
        started = False
    if not started:
        # no server, or one that runs other code than what lies here now
        os.execv(sys.executable, [sys.executable, "-I", "-u", "-m", plugin, *arguments])  # noqa: S606
    for number in (0, 1, 2):
        os.close(number)  # they are the plugin's now, and the engine waits for their end
    server.settimeout(None)
    try:
        server.recv(1)
    except (OSError, KeyboardInterrupt):
        os._exit(1)  # closing the connection tells the plugin to end
    os._exit(0)


if __name__ == "__main__":
    main()
