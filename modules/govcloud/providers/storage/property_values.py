"""Property values of the Pulumi protocol as plain Python, and back: secrets, unknowns and whole numbers kept.

On the wire a secret is a struct with a signature, an unknown is a magic string and every number is a float.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct, Value

__all__ = ["UNKNOWN", "decode", "encode", "is_unknown"]

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for a value that only the update itself will know."""
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature of the protocol
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def decode(struct: Struct) -> tuple[dict[str, Any], set[str]]:
    """Return the properties as plain values, and the names of those with a secret anywhere inside."""
    values: dict[str, Any] = {}
    secret: set[str] = set()
    for key, value in struct.fields.items():
        values[key], hidden = _plain(value)
        if hidden:
            secret.add(key)
    return values, secret


def encode(values: Mapping[str, Any], secret: Iterable[str] = ()) -> dict[str, Any]:
    """Return `values` in the form that `Struct.update` takes, the top-level properties in `secret` wrapped.

    Properties that are None are left out, as an absent input is.
    """
    hidden = set(secret)
    return {
        key: {_SIGNATURE: _SECRET, "value": _wire(value)} if key in hidden else _wire(value)
        for key, value in values.items()
        if value is not None
    }


def is_unknown(value: object) -> bool:
    """Say whether a decoded value is, or anywhere contains, one that is not known yet."""
    if isinstance(value, Mapping):
        return any(is_unknown(v) for v in value.values())
    if isinstance(value, (list, tuple)):
        return any(is_unknown(v) for v in value)
    return value == UNKNOWN


def _plain(value: Value) -> tuple[Any, bool]:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        fields = value.struct_value.fields
        signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else ""
        if signature in (_SECRET, _OUTPUT):
            inner, hidden = _plain(fields["value"]) if "value" in fields else (UNKNOWN, False)
            marked = signature == _SECRET or ("secret" in fields and fields["secret"].bool_value)
            return inner, hidden or marked
        pairs = {key: _plain(item) for key, item in fields.items()}
        return {key: item for key, (item, _) in pairs.items()}, any(hidden for _, hidden in pairs.values())
    if kind == "list_value":
        items = [_plain(item) for item in value.list_value.values]
        return [item for item, _ in items], any(hidden for _, hidden in items)
    if kind == "number_value":
        number = value.number_value
        return (int(number) if number.is_integer() else number), False
    if kind == "bool_value":
        return value.bool_value, False
    if kind == "string_value":
        return value.string_value, False
    return None, False


def _wire(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _wire(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_wire(item) for item in value]
    return value
