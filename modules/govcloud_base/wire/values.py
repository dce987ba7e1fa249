"""Property values: what the engine sends in a `Struct`, as Python values and back.

Maps are dicts, lists are lists, whole numbers ints. A value that the program marked secret is a :class:`Secret`, a
value that is not known before the update is :data:`UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2

__all__ = [
    "UNKNOWN",
    "Secret",
    "Unknown",
    "from_struct",
    "has_secret",
    "has_unknown",
    "opened",
    "to_struct",
]

# Signatures and placeholders of the protocol (sdk/go/common/resource/properties.go).
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_ENCRYPTED: Final = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS: Final = frozenset(
    {
        _UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class Unknown:
    """The type of :data:`UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: dict[int, Any]) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is encrypted in the state and hidden in every message."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(…)"


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return the properties of a protocol message."""
    return {key: _from_value(value) for key, value in struct.fields.items()}


def _from_value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
    if kind == "struct_value":
        return _from_object(from_struct(value.struct_value))
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    return None


def _from_object(fields: dict[str, Any]) -> Any:
    signature = fields.get(_SIGNATURE)
    if signature == _ENCRYPTED:
        return Secret(fields.get("value"))
    if signature == _OUTPUT:
        known = fields.get("value", UNKNOWN)
        return Secret(known) if fields.get("secret") else known
    return fields


def to_struct(properties: Mapping[str, Any], *, secrets: bool = True) -> struct_pb2.Struct:
    """Return a protocol message of `properties`; without `secrets` their values go out in clear."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        _fill(struct.fields[key], value, secrets)
    return struct


def _fill(target: struct_pb2.Value, value: Any, secrets: bool) -> None:
    if value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, Unknown):
        target.string_value = _UNKNOWN_TEXT
    elif isinstance(value, Secret):
        if not secrets:
            _fill(target, value.value, secrets)
            return
        fields = target.struct_value.fields
        fields[_SIGNATURE].string_value = _ENCRYPTED
        _fill(fields["value"], value.value, secrets)
    elif isinstance(value, Mapping):
        target.struct_value.SetInParent()
        fields = target.struct_value.fields
        for key, item in value.items():
            _fill(fields[key], item, secrets)
    else:
        target.list_value.SetInParent()
        for item in value:
            _fill(target.list_value.values.add(), item, secrets)


def opened(value: Any) -> Any:
    """Return a copy of `value` without its secrets' wrapping."""
    if isinstance(value, Secret):
        return opened(value.value)
    if isinstance(value, Mapping):
        return {key: opened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [opened(item) for item in value]
    return value


def has_unknown(value: Any) -> bool:
    """Tell whether `value` holds something that is known only after the update."""
    return any(isinstance(leaf, Unknown) for leaf in _leaves(value))


def has_secret(value: Any) -> bool:
    """Tell whether `value` holds a secret."""
    return any(isinstance(leaf, Secret) for leaf in _leaves(value))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
        if isinstance(value, Secret):
            yield from _leaves(value.value)
