"""Which fields of an object hold amounts, which the API server may write in another way than the declaration does.

Only there is `1000m` the same as `1`: a label, a name or an annotation that reads like an amount is a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govcloud_base.quantity import exact

__all__ = ["holds_amounts", "same_amount"]

_POD = "spec.template.spec"
_IN_PODS = tuple(
    f"{_POD}.{place}.resources.{list_}"
    for place in ("containers[]", "initContainers[]")
    for list_ in ("limits", "requests")
)

_LISTS: Mapping[str, frozenset[str]] = {
    "Deployment": frozenset({*_IN_PODS, f"{_POD}.overhead"}),
    "LimitRange": frozenset(
        f"spec.limits[].{bound}" for bound in ("default", "defaultRequest", "max", "maxLimitRequestRatio", "min")
    ),
    "ResourceQuota": frozenset({"spec.hard"}),
}
"""Maps from the name of a resource to an amount, by kind."""

_FIELDS: Mapping[str, frozenset[str]] = {"Deployment": frozenset({f"{_POD}.volumes[].emptyDir.sizeLimit"})}
"""Single amounts, by kind."""


def holds_amounts(kind: str, parent: str, key: str) -> bool:
    """Tell whether the field `key` of what lies at `parent` in an object of `kind` holds an amount."""
    return parent in _LISTS.get(kind, ()) or f"{parent}.{key}" in _FIELDS.get(kind, ())


def same_amount(declared: Any, live: Any) -> bool:
    """Tell whether both are amounts, and the same one: `1024Mi` is `1Gi`."""
    try:
        return exact(declared) == exact(live)
    except ValueError:
        return False
