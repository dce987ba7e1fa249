"""Comparing what is live with what was declared, as the API server stores it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kubernetes.utils import quantity as kubernetes_quantity

__all__ = ["amount", "differences", "pruned", "same_quantities"]

_DEFAULTS: Mapping[str, Any] = {"matchPolicy": "Equivalent"}
"""Fields that the API server fills in with a harmless value where the declaration leaves them out."""


def pruned(value: Any) -> Any:
    """Return the value without defaults and without what is empty: `{}`, `[]`, None and "" mean absence."""
    if isinstance(value, Mapping):
        kept = {k: pruned(v) for k, v in value.items() if _DEFAULTS.get(k) != v}
        return {k: v for k, v in kept.items() if v not in ({}, [], None, "")}
    if isinstance(value, list):
        # an empty member of a list is a member: a rule `{}` opens to everybody
        return [pruned(v) for v in value]
    return value


def differences(declared: Any, live: Any, path: str = "") -> list[str]:
    """Return the paths at which two pruned values differ; nothing where they are the same."""
    declared, live = pruned(declared), pruned(live)
    if isinstance(declared, Mapping) and isinstance(live, Mapping):
        found: list[str] = []
        for key in sorted({*declared, *live}):
            found += differences(declared.get(key), live.get(key), f"{path}.{key}" if path else str(key))
        return found
    if isinstance(declared, list) and isinstance(live, list) and len(declared) == len(live):
        pairs = enumerate(zip(declared, live, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, f"{path}[{i}]")]
    return [] if declared == live else [path or "."]


def same_quantities(declared: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    """Return whether two resource lists say the same: `1024Mi` is `1Gi`. An extra or missing entry differs."""
    if declared.keys() != live.keys():
        return False
    try:
        return all(amount(declared[name]) == amount(live[name]) for name in declared)
    except ValueError:
        return False


def amount(quantity: object) -> Decimal:
    """Return the number that a Kubernetes quantity says: `500m` is 0.5. Raises ValueError where it is none."""
    parse: Any = kubernetes_quantity.parse_quantity
    return Decimal(parse(quantity))
