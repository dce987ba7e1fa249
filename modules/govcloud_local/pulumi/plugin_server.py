"""Daemon of which Pulumi's plugins are forks, so that they start at once; run as a program of its own.

The engine starts each plugin anew for every preview and every update, and most of what a plugin does in its life is to
import gRPC and to parse the description of S3. This process has done so once. It never handles a request of the engine,
holds no key, and has a single thread, as forking demands: gRPC starts its own only when the first server is made.

Who asks (:mod:`.plugin_start`) hands over environment, folder and standard streams, and not even those to this process:
the fork reads them, and answers only this user. When a file of this project or the set of installed packages has
changed, it answers nobody and begins anew, so that nobody gets a plugin of yesterday's code.

Arguments: the cloud's state folder.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import socket
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from govcloud_base.wire import collector, engine_watch
from govcloud_local.pulumi import plugin_start

__all__ = ["Request", "main", "receive"]

Serve = Callable[[list[str], threading.Event], None]
"""Serves the engine that the arguments name until the event is set."""

_LARGEST_REQUEST = 16 << 20
_ASKING_SECONDS = 2.0
"""Longest that asking may take; who dawdles keeps nobody else waiting."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a starter hands over."""

    plugin: str
    folder: bytes
    arguments: list[str]
    environment: dict[bytes, bytes]
    streams: list[int]
    """Descriptors of its standard input, output and error."""


def receive(connection: socket.socket) -> Request | None:
    """Read one request; None for none, an unfinished one or somebody else's. Closes what it does not return."""
    connection.settimeout(_ASKING_SECONDS)
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", credentials)
    if user != os.geteuid():
        return None
    streams: list[int] = []
    try:
        received, streams, _, _ = socket.recv_fds(connection, 1 << 16, 3)
        content = bytearray(received)
        while len(content) < 4 or len(content) < 4 + int.from_bytes(content[:4], "big") <= _LARGEST_REQUEST:
            more = connection.recv(1 << 16)
            if not more:
                break
            content += more
        plugin, folder, count, *rest = bytes(content[4:]).split(b"\0")
        number = int(count)
        if len(streams) == 3 and len(content) == 4 + int.from_bytes(content[:4], "big"):
            environment = dict(item.split(b"=", 1) for item in rest[number:])
            return Request(plugin.decode(), folder, [os.fsdecode(a) for a in rest[:number]], environment, streams)
    except (OSError, ValueError):
        pass  # whoever asked starts the plugin without us
    for handle in streams:
        os.close(handle)
    return None


def main() -> NoReturn:
    """Fork plugins until ended by a signal."""
    (state,) = sys.argv[1:]
    collector.seldom()
    plugins = _plugins()
    gc.freeze()  # forks share what is never touched again
    code = _code()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.chdir(Path(state, "run"))  # a socket's path is limited to 107 bytes
    with contextlib.suppress(FileNotFoundError):
        Path(plugin_start.SOCKET).unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        os.umask(0o077)
        listener.bind(plugin_start.SOCKET)
        listener.listen(64)
        while True:
            connection, _ = listener.accept()
            with connection:
                if code != _code():
                    os.execv(sys.orig_argv[0], sys.orig_argv)  # noqa: S606  # this very program
                if os.fork() == 0:
                    listener.close()
                    request = receive(connection)
                    if request is None or request.plugin not in plugins:
                        os._exit(0)
                    _become(request, connection, plugins[request.plugin])


def _plugins() -> Mapping[str, Serve]:
    """Import all that the plugins use; return how each serves, by its module."""
    from govcloud.providers.storage import endpoint, plugin
    from govcloud_offline.kubernetes import server

    for later in ("client", "kubeconfig"):  # imported by the plugin when it first asks a cluster
        importlib.import_module(f"govcloud_offline.kubernetes.api.{later}")
    endpoint.prepare()
    return {"govcloud_offline.kubernetes": server.serve, "govcloud.providers.storage": plugin.serve}


def _code() -> list[tuple[str, int, int]]:
    """Return the state of this project's loaded files and of the folders of installed packages."""
    files = {getattr(module, "__file__", None) for name, module in sys.modules.items() if name.startswith("govcloud")}
    folders = [folder for folder in sys.path if folder.endswith("site-packages")]
    found = []
    for path in sorted(path for path in (*files, *folders) if path):
        try:
            status = Path(path).stat()
        except FileNotFoundError:
            found.append((path, 0, 0))
        else:
            found.append((path, status.st_mtime_ns, status.st_size))
    return found


def _become(request: Request, connection: socket.socket, serve: Serve) -> NoReturn:
    """Be the plugin in a fork of the server; a starter that hears nothing starts it another way."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.chdir(request.folder)
        for number, handle in enumerate(request.streams):
            os.dup2(handle, number)
            os.close(handle)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # for as long as the process lives
        sys.stdout = open(1, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
        os.environ.clear()
        os.environb.update(request.environment)
        time.tzset()
        sys.argv = [request.plugin, *request.arguments]
        over = threading.Event()
        connection.settimeout(None)
        connection.send(plugin_start.STARTED)
        threading.Thread(target=_await_starter, args=(connection, over), daemon=True).start()
        serve(request.arguments, over)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        engine_watch.leave(status)


def _await_starter(connection: socket.socket, over: threading.Event) -> None:
    """End the plugin when its starter, which the engine takes for it, is gone."""
    with contextlib.suppress(OSError):
        connection.recv(1)
    engine_watch.end(over)


if __name__ == "__main__":
    main()
