"""Serve one provider to the engine whose address is the argument: print our port, then answer until it goes."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc

from govcloud_base.wire import engine_watch
from govcloud_offline.kubernetes.engine import Engine
from govcloud_offline.kubernetes.protocol import provider_pb2_grpc
from govcloud_offline.kubernetes.servicer import KubernetesServicer

__all__ = ["serve"]

# Waiting for readiness holds a thread, and a stack may wait for many objects; connections are bounded elsewhere.
_THREADS: Final = 128
_LARGEST_MESSAGE: Final = 400 * 1024 * 1024  # the engine's own bound


def serve(arguments: list[str], over: threading.Event) -> None:
    """Serve the engine whose address is the argument until `over` is set, by a signal too."""
    address = next((argument for argument in arguments if not argument.startswith("-")), "")
    server = grpc.server(
        ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="call"),
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(KubernetesServicer(Engine(address)), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    engine_watch.watch_input(over)
    print(port, flush=True)
    over.wait()
    server.stop(grace=0.2)
