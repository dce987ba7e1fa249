"""What bounds an amount: the budget above it, who else draws on that, and what is left."""

from __future__ import annotations

from collections.abc import Iterator

from govcloud.country import Country
from govcloud.errors import Place, Text
from govcloud.explanation.value import Bound
from govcloud.model.declaration import Declaration
from govcloud.model.quota import Quota
from govcloud.model.tenant import Tenant
from govcloud.rules.quotas import parent_tenant, spending

__all__ = ["bounds"]

_HOLDERS = 5
"""Names in one sentence."""


def bounds(country: Country, declared: Declaration) -> Iterator[tuple[tuple[str, ...], tuple[Bound, ...]]]:
    """Yield the bounds of a tenant's budget and of its environments' quotas, by path."""
    if not isinstance(declared, Tenant):
        return
    spent = spending(country)
    above = parent_tenant(country, declared)
    node = ("Tenant", above.name) if above else ("Cloud", declared.spec.cloud)
    cloud = country.clouds.get(declared.spec.cloud)
    outer = above.spec.quota if above else cloud.spec.capacity if cloud else None
    own = spent.get(("Tenant", declared.name), {})
    for resource in Quota.RESOURCES:
        field = "objectStorage" if resource == "object_storage" else resource
        found = [_given(resource, declared.spec.quota, own)]
        if outer is not None:
            part = "quota" if above else "capacity"
            holder: Declaration | None = above or cloud
            assert holder is not None
            found.append(_drawn(resource, outer, spent.get(node, {}), node, country.place(holder, "spec", part, field)))
        yield ("quota", field), tuple(found)
        for name in declared.spec.environments:
            place = country.place(declared, "spec", "quota", field)
            bound = _drawn(resource, declared.spec.quota, own, ("Tenant", declared.name), place)
            yield ("environments", name, "quota", field), (bound,)


def _given(resource: str, budget: Quota, spent: dict[str, Quota]) -> Bound:
    used = sum(q.amount(resource) for q in spent.values())
    holders = _holders(resource, spent)
    left = _signed(resource, budget.amount(resource) - used)
    return Bound(
        Text(
            f"given away {Quota.write(resource, used)} ({holders}), {left} remains",
            f"đã cấp {Quota.write(resource, used)} ({holders}), còn {left}",
        )
    )


def _drawn(resource: str, budget: Quota, spent: dict[str, Quota], node: tuple[str, str], place: Place) -> Bound:
    used = sum(q.amount(resource) for q in spent.values())
    whole = budget.written(resource)
    left = _signed(resource, budget.amount(resource) - used)
    return Bound(
        Text(
            f"drawn from {node[0]} {node[1]}: {whole} in all, {left} remains",
            f"lấy từ {node[0]} {node[1]}: tổng {whole}, còn {left}",
        ),
        place,
    )


def _signed(resource: str, amount: int) -> str:
    return f"{'-' if amount < 0 else ''}{Quota.write(resource, abs(amount))}"


def _holders(resource: str, spent: dict[str, Quota]) -> str:
    largest = sorted(spent.items(), key=lambda item: (-item[1].amount(resource), item[0]))
    shown = [f"{name} {q.written(resource)}" for name, q in largest if q.amount(resource)]
    return ", ".join(shown[:_HOLDERS]) + (", ..." if len(shown) > _HOLDERS else "") or "-"
