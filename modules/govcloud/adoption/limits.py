"""What live resource quotas limit, namespace by namespace; one that cannot be used is named, the others count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from govcloud.model.quota import Quota
from govcloud_base.errors import Text
from govcloud_base.quantity import exact

__all__ = ["RESOURCES", "Limits", "LiveQuota", "limits", "written"]

_KEYS = {
    "cpu": ("requests.cpu", "cpu"),
    "memory": ("limits.memory",),
    "storage": ("requests.storage",),
    "pods": ("pods",),
    "ephemeral_storage": ("limits.ephemeral-storage",),
}
"""Limits of a Kubernetes quota that bound what a declaration calls so; the first that is stated counts."""

RESOURCES = ("cpu", "memory", "storage", "pods")
"""Resources that every declaration states."""


@dataclass(frozen=True)
class LiveQuota:
    """A ResourceQuota as the API server shows it."""

    name: str
    hard: Mapping[str, str]
    """Limits in the server's own spelling."""
    scopes: tuple[str, ...] = ()
    """What kinds of pods it speaks of; empty where it bounds the whole namespace."""


@dataclass(frozen=True)
class Limits:
    """What the quotas of one namespace limit."""

    amounts: Mapping[str, int] = field(default_factory=dict)
    """The tightest amount by resource, in the units of Quota; what is missing is not limited or not known."""
    notes: tuple[Text, ...] = ()
    """What was found and could not be used."""


def limits(namespace: str, quotas: Iterable[LiveQuota]) -> Limits:
    """Return what the quotas of `namespace` limit together. Never fails: what cannot be used is noted."""
    found: dict[str, list[tuple[Fraction, str, str]]] = {}
    notes: list[Text] = []
    for quota in sorted(quotas, key=lambda q: q.name):
        place = f"ResourceQuota {namespace}/{quota.name}"
        if quota.scopes:
            shown = ", ".join(quota.scopes)
            notes.append(
                Text(
                    f"{place} speaks of some pods only ({shown}), so it is no limit of the namespace",
                    f"{place} chỉ áp dụng cho một số pod ({shown}), nên không phải giới hạn của cả namespace",
                )
            )
            continue
        for resource, keys in _KEYS.items():
            key = next((k for k in keys if k in quota.hard), None)
            if key is None:
                continue
            try:
                stated = (exact(quota.hard[key]), quota.hard[key], f"{place}: {key}")
            except ValueError:
                notes.append(_unusable(f"{place}: {key}", quota.hard[key]))
            else:
                found.setdefault(resource, []).append(stated)
    amounts: dict[str, int] = {}
    for resource, candidates in found.items():
        amount, spelt, place = min(candidates)
        declared = _declared(resource, amount, spelt)
        if declared is None:
            notes.append(_unusable(place, spelt))
        else:
            amounts[resource] = declared
    return Limits(amounts, tuple(notes))


def written(resource: str, amount: int) -> str | int:
    """Return an amount as a declaration writes it: pieces as a number, the rest with its unit."""
    return amount if resource == "pods" else Quota.write(resource, amount)


def _declared(resource: str, amount: Fraction, spelt: str) -> int | None:
    """Return the amount in the unit of Quota; None where no declaration can say it."""
    value: object = spelt
    if resource == "pods":
        value = int(amount) if amount.denominator == 1 else None
    try:
        return Quota.model_validate({resource: value}).amount(resource)
    except ValueError:
        return None


def _unusable(place: str, spelt: str) -> Text:
    return Text(
        f"{place} is {spelt!r}: more, or finer, than a declaration can say",
        f"{place} là {spelt!r}: lớn hơn hoặc lẻ hơn mức khai báo có thể ghi",
    )
