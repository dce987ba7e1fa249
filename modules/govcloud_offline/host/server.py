"""Start the language host: serve on a loopback port that the kernel chooses, and end with the engine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import grpc

from govcloud_base.wire import serving
from govcloud_base.wire.protocol import language_pb2_grpc, sdk_version
from govcloud_offline.host import program
from govcloud_offline.host.process import End, leave
from govcloud_offline.host.service import LanguageHost

__all__ = ["main", "read_arguments", "serve"]

_THREADS = 256
"""One for every call under way: each running policy pack and plugin holds one."""


def serve(host: LanguageHost) -> tuple[grpc.Server, int]:
    """Start a server for `host` and return it with its port."""
    add = language_pb2_grpc.add_LanguageRuntimeServicer_to_server
    return serving.start(lambda server: add(host, server), _THREADS)


def read_arguments(arguments: Sequence[str]) -> tuple[str, Path]:
    """Return the engine's address (empty without one) and the script that runs programs.

    The engine passes `[--logtostderr] [-v=9] [--tracing URL] ADDRESS`; its logging flags concern Pulumi's own host.
    Not argparse, which alone would take a tenth of the host's start.
    """
    engine, executor = "", program.EXECUTOR
    rest = iter(arguments)
    for argument in rest:
        if argument == "--use-executor":
            executor = Path(next(rest, ""))
        elif argument == "--tracing":
            next(rest, "")
        elif not argument.startswith("-"):
            engine = argument
    return engine, executor


def main() -> None:
    """Run as `pulumi-language-python [flags] [engine address]`; returns only for `--version`."""
    if "--version" in sys.argv or "-version" in sys.argv:
        print(sdk_version())
        return
    end = End()
    engine, executor = read_arguments(sys.argv[1:])
    host = LanguageHost(engine, executor)
    _server, port = serve(host)
    print(port, flush=True)
    # Without an engine's address the host waits to be attached to, and standard input is somebody's terminal.
    leave([host.programs, host.plugins], end.wait(watch_input=bool(engine)))
