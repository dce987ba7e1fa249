"""Serve one provider to the engine whose address is the argument: print our port, then answer until it goes."""

from __future__ import annotations

import threading
from typing import Final

from govcloud_base.wire import serving
from govcloud_base.wire.protocol import provider_pb2_grpc
from govcloud_offline.kubernetes.engine import Engine
from govcloud_offline.kubernetes.servicer import KubernetesServicer

__all__ = ["serve"]

# Waiting for readiness holds a thread, and a stack may wait for many objects; connections are bounded elsewhere.
_THREADS: Final = 128
_PATIENCE: Final = 0.2
"""Seconds for calls under way when the engine has gone."""


def serve(arguments: list[str], over: threading.Event) -> None:
    """Serve the engine whose address is the argument until `over` is set, by a signal too."""
    address = next((argument for argument in arguments if not argument.startswith("-")), "")
    servicer = KubernetesServicer(Engine(address))
    add = provider_pb2_grpc.add_ResourceProviderServicer_to_server
    serving.serve(lambda server: add(servicer, server), _THREADS, over, _PATIENCE)
