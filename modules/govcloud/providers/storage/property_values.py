"""Property values as the resource types take them: plain Python, and which of them hold a secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from govcloud_base.wire.values import Secret, from_struct, has_secret, opened, to_struct

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct

__all__ = ["decode", "encode"]


def decode(struct: Struct) -> tuple[dict[str, Any], set[str]]:
    """Return the properties as plain values, and the names of those with a secret anywhere inside."""
    values = from_struct(struct)
    return opened(values), {name for name, value in values.items() if has_secret(value)}


def encode(values: Mapping[str, Any], secret: Iterable[str] = ()) -> Struct:
    """Return `values` as a protocol message, the properties in `secret` marked.

    Properties that are None are left out, as an absent input is.
    """
    hidden = set(secret)
    present = {name: value for name, value in values.items() if value is not None}
    return to_struct({name: Secret(value) if name in hidden else value for name, value in present.items()})
