"""Serve one provider to the engine whose address is the argument: print our port, then answer until it goes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc

from govcloud.local.offline.kubernetes.engine import Engine
from govcloud.local.offline.kubernetes.protocol import provider_pb2_grpc
from govcloud.local.offline.kubernetes.servicer import KubernetesServicer

# Waiting for readiness holds a thread, and a stack may wait for many objects; connections are bounded elsewhere.
_THREADS: Final = 128
_LARGEST_MESSAGE: Final = 400 * 1024 * 1024  # the engine's own bound
_LOOKS_FOR_PARENT: Final = 1.0  # seconds


def main(arguments: list[str]) -> int:
    """Serve until a signal comes or the engine is gone."""
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
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    print(port, flush=True)
    parent = os.getppid()
    # An engine that was killed cannot say goodbye.
    while not over.wait(_LOOKS_FOR_PARENT) and os.getppid() == parent:
        pass
    server.stop(grace=0.2)
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    # Threads that wait for an object must not hold up the end.
    os._exit(code)
