"""How Kubernetes spells what the state spells otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from govcloud_base.wire.values import opened

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
    return _spelled(opened(value), _TO_DASHES)


def property_names(value: Any) -> Any:
    """Return a copy of a Kubernetes object as the state writes it: `x-kubernetes-*` with underscores."""
    return _spelled(value, _TO_UNDERSCORES)


def _spelled(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {names.get(key, key): _spelled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_spelled(item, names) for item in value]
    return value
