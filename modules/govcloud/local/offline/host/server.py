"""Start the language host: serve on a loopback port that the kernel chooses, and end with the engine."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc

from govcloud.local.offline.host import program
from govcloud.local.offline.host.process import end_of_host, leave
from govcloud.local.offline.host.protocol import language_pb2_grpc, sdk_version
from govcloud.local.offline.host.service import LanguageHost

__all__ = ["main", "serve"]

_MESSAGE_BYTES = 400 * 1024 * 1024
"""Largest message, as the engine sets it: configuration can be large."""


def serve(host: LanguageHost) -> tuple[grpc.Server, int]:
    """Start a server for `host` and return it with its port."""
    server = grpc.server(
        # A thread for every call under way: each running policy pack and plugin holds one.
        ThreadPoolExecutor(max_workers=256),
        options=[
            ("grpc.max_receive_message_length", _MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MESSAGE_BYTES),
            ("grpc.so_reuseport", 0),
        ],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def main() -> None:
    """Run as `pulumi-language-python [flags] [engine address]`; never returns."""
    arguments = sys.argv[1:]
    if "--version" in arguments or "-version" in arguments:
        print(sdk_version())
        return
    flags = argparse.ArgumentParser("pulumi-language-python", add_help=False)
    flags.add_argument("--use-executor", type=Path, default=program.EXECUTOR)
    flags.add_argument("--tracing")
    flags.add_argument("engine", nargs="?", default="")
    # Logging flags of the engine (`--logtostderr -v=9`) concern Pulumi's own host: passed over.
    given, _ = flags.parse_known_args()
    engine = given.engine
    host = LanguageHost(engine, given.use_executor)
    _server, port = serve(host)
    print(port, flush=True)
    # Without an engine's address the host waits to be attached to, and standard input is somebody's terminal.
    why = end_of_host(watch_input=bool(engine))
    leave([host.programs, host.plugins], why)
