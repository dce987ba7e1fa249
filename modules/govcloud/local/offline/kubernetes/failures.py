"""How a failure is told to the engine: a message, and for objects that exist their state as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

import grpc
from google.protobuf import any_pb2

from govcloud.local.offline.kubernetes.protocol import provider_pb2, status_pb2
from govcloud.local.offline.kubernetes.values import to_struct

__all__ = ["OperationError", "PartialOperationError", "abort"]


class OperationError(Exception):
    """An operation that did nothing; the text is for the user."""


class PartialOperationError(OperationError):
    """An operation after which the object exists, though not as it should: its state must be recorded."""

    def __init__(
        self,
        identifier: str,
        message: str,
        properties: dict[str, Any],
        inputs: dict[str, Any] | None = None,
        reasons: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.identifier = identifier
        self.properties = properties
        self.inputs = inputs
        self.reasons = [message, *reasons]


class _Status(NamedTuple):
    """What grpc sends at the end of a call (grpc.Status)."""

    code: grpc.StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, bytes], ...]


def abort(context: grpc.ServicerContext, failure: Exception, *, secrets: bool = True) -> NoReturn:
    """End a call with `failure`; the state of a partial one goes into the status details, as the engine expects."""
    message = str(failure)
    if isinstance(failure, PartialOperationError):
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=failure.identifier,
                properties=to_struct(failure.properties, secrets=secrets),
                reasons=failure.reasons,
                inputs=None if failure.inputs is None else to_struct(failure.inputs, secrets=secrets),
            )
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[detail])
        trailer = (("grpc-status-details-bin", status.SerializeToString()),)
        context.abort_with_status(_Status(grpc.StatusCode.UNKNOWN, message, trailer))
    else:
        context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError("abort does not return")
