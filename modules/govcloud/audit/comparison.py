"""Objects as the API server stores them beside what was declared, and amounts as it counts them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kubernetes.utils import quantity as kubernetes_quantity

from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.comparison import changes

__all__ = ["amount", "as_declared", "same_quantities"]


def as_declared(title: str, declared: Mapping[str, Any], live: Mapping[str, Any] | None) -> Finding:
    """Return the finding called `title`: whether a live object is what its whole manifest declares, and nothing more.

    Each deviation is named with what is live and what was declared.
    """
    if live is None:
        return Finding(title, Verdict.FAIL, "is not there")
    found = [f"{c.field} is {_short(c.live)}, declared {_short(c.declared)}" for c in changes(declared, live)]
    if found:
        return Finding(title, Verdict.FAIL, f"differs from the declaration: {'; '.join(found)}")
    return Finding(title, Verdict.PASS, "as declared")


def _short(value: Any) -> str:
    text = "absent" if value is None else str(value)
    return text if len(text) <= 120 else text[:117] + "..."


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
