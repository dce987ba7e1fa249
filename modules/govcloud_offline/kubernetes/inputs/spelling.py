"""How Kubernetes spells what the state spells otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from govcloud_base.wire.values import Secret

__all__ = ["plain", "property_names"]

# JSON Schema's x-kubernetes-* words are no identifiers in most languages: programs and state write underscores.
_SCHEMA_WORDS: Final = (
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
)
_TO_DASHES: Final = {word.replace("-", "_"): word for word in _SCHEMA_WORDS}
_TO_UNDERSCORES: Final = {word: word.replace("-", "_") for word in _SCHEMA_WORDS}


def plain(value: Any) -> Any:
    """Return a copy of `value` as Kubernetes writes it: secrets opened, `x_kubernetes_*` with dashes."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {_TO_DASHES.get(key, key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def property_names(value: Any) -> Any:
    """Return a copy of a Kubernetes object as the state writes it: `x-kubernetes-*` with underscores."""
    if isinstance(value, Mapping):
        return {_TO_UNDERSCORES.get(key, key): property_names(item) for key, item in value.items()}
    if isinstance(value, list):
        return [property_names(item) for item in value]
    return value
