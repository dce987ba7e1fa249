"""How a failure is told to the engine: a message, and for objects that exist their state as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

import grpc
from google.protobuf import any_pb2

from govcloud_base.wire.protocol import provider_pb2, status_pb2
from govcloud_base.wire.values import to_struct
from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.discovery import NoSuchKindError
from govcloud_offline.kubernetes.inputs.hidden import Hidden

__all__ = ["OperationError", "PartialOperationError", "abort", "no_such_kind", "required_advice"]


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


def no_such_kind(what: str, error: NoSuchKindError) -> OperationError:
    """Return the failure of an operation on an object whose kind the server does not serve; `what` names both."""
    brought = "" if error.final else ". If a CustomResourceDefinition brings this kind, it must be installed before"
    return OperationError(f"{what}: {error}{brought}")


def required_advice(error: ApiError) -> str:
    """Return how to go on where a Patch resource cannot let go of a field, because the object needs it."""
    fields = ", ".join(error.required)
    return f"""

The object cannot be without {fields}, and no manager but this Patch resource owns that: letting go would empty it.
There are two ways out:

  - Keep the value: leave the field in the Patch resource. To end that resource all the same, set `retainOnDelete` on
    it and run `pulumi up`: when it then goes from the program, or the stack is destroyed, the object stays as it is.
  - Give the field to another manager first, for example with `kubectl apply --server-side --field-manager=NAME` of
    a manifest that holds it (with its present value there is no conflict). Then run this again."""


class _Status(NamedTuple):
    """What grpc sends at the end of a call (grpc.Status)."""

    code: grpc.StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, bytes], ...]


def abort(context: grpc.ServicerContext, failure: Exception, hidden: Hidden, *, secrets: bool = True) -> NoReturn:
    """End a call with `failure`, without the texts that are `hidden`.

    The state of a partial failure goes into the status details, as the engine expects.
    """
    message = hidden.veiled(str(failure))
    if isinstance(failure, PartialOperationError):
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=failure.identifier,
                properties=to_struct(failure.properties, secrets=secrets),
                reasons=[hidden.veiled(reason) for reason in failure.reasons],
                inputs=None if failure.inputs is None else to_struct(failure.inputs, secrets=secrets),
            )
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[detail])
        trailer = (("grpc-status-details-bin", status.SerializeToString()),)
        context.abort_with_status(_Status(grpc.StatusCode.UNKNOWN, message, trailer))
    else:
        context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError("abort does not return")
