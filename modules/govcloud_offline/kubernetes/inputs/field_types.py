"""What is written in each field of the kinds that an API server itself defines, and which fields Go leaves out.

A type is a word: `string`, `bool`, `number`, `quantity`, `resource` (a quantity in thousandths), `bytes` (in base64),
`time`, `microtime`, `any` for what is taken as it is, `[]` and a type for a list, `{}` and a type for a map of free
names, else the name of a type with fields (`core/v1.PodSpec`). A `-` before it says that the field is left out when it
is empty: `false`, 0, no text, no element. A server cannot tell such a value from an absent one; where the `-` is
missing, it can.

OpenAPI describes `replicas` (0 is kept) and `minReadySeconds` (0 vanishes) alike. So the types come from Go's own
declarations: `builtin_types.txt`, which `make types` prints (toolchain/kubernetes/apitypes) from the pinned k8s.io/api.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from govcloud_offline.kubernetes.inputs.kinds import Kind

__all__ = ["ANY", "BUILTIN", "LEFT_OUT", "METADATA", "BuiltinTypes", "Types"]

ANY: Final = "any"
LEFT_OUT: Final = "-"
METADATA: Final = "meta/v1.ObjectMeta"
_TABLE: Final = Path(__file__).with_name("builtin_types.txt")


class Types(Protocol):
    """Who knows types."""

    def of_kind(self, kind: Kind) -> str | None:
        """Return the type of the objects of a kind; None where nothing is known about it."""

    def of_field(self, kind: Kind, owner: str, name: str) -> str | None:
        """Return what is written in a field of the type `owner` within an object of `kind`; None for no such field."""

    def names(self, kind: Kind, owner: str) -> tuple[str, ...]:
        """Return the fields of a type within an object of `kind`."""


class BuiltinTypes:
    """The types of the Kubernetes that this plugin was made with; nothing is asked."""

    def of_kind(self, kind: Kind) -> str | None:
        """Return the type of the objects of a kind; None for custom kinds and those of other versions."""
        return _lines().get(str(kind), "").partition(" ")[0] or None

    def of_field(self, kind: Kind, owner: str, name: str) -> str | None:
        """Return what is written in a field of the type `owner`; None for no such field, or no such type."""
        return _fields(owner).get(name)

    def names(self, kind: Kind, owner: str) -> tuple[str, ...]:
        """Return the fields of a type."""
        return tuple(_fields(owner))


BUILTIN: Final = BuiltinTypes()


@functools.cache
def _lines() -> Mapping[str, str]:
    """Return the table's lines by their first word. Only those that are used are taken apart: a run starts often."""
    lines = (line.partition(" ") for line in _TABLE.read_text(encoding="ascii").splitlines())
    return {name: rest for name, _, rest in lines}


@functools.cache
def _fields(owner: str) -> Mapping[str, str]:
    words = _lines().get(owner, "").split()
    return dict(word.split(":", 1) for word in words if ":" in word)
