"""What the Kubernetes plugin speaks of Pulumi's protocols."""

from __future__ import annotations

from govcloud_base.wire.protocol import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

__all__ = [
    "CheckFailure",
    "engine_pb2",
    "engine_pb2_grpc",
    "plugin_pb2",
    "provider_pb2",
    "provider_pb2_grpc",
    "status_pb2",
]

CheckFailure = provider_pb2.CheckFailure
