"""What bounds an amount: the budget above it, who else draws on that, and what is left."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from pydantic.alias_generators import to_camel

from govcloud.country import Country
from govcloud.explanation.value import Bound
from govcloud.model.declaration import Declaration
from govcloud.model.quota import Quota
from govcloud.model.tenant import Tenant
from govcloud.rules import wording
from govcloud.rules.budgets import Budget, budgets, payers
from govcloud_base.errors import Place, Text

__all__ = ["bounds"]

_HOLDERS = 5
"""Names in one sentence."""


def bounds(
    country: Country, declared: Declaration, date: datetime.date
) -> Iterator[tuple[tuple[str, ...], tuple[Bound, ...]]]:
    """Yield the bounds of a tenant's budget and of its environments' quotas on `date`, by path."""
    if not isinstance(declared, Tenant):
        return
    tree = budgets(country, date)
    holders = payers(country, declared)
    own = tree["Tenant", declared.name]
    for resource in Quota.RESOURCES:
        field = to_camel(resource)
        found = [_given(resource, own)]
        for holder in holders:
            place = country.place(holder, "spec", "quota" if isinstance(holder, Tenant) else "capacity", field)
            found.append(_drawn(resource, tree[holder.kind, holder.name], holder, place))
        yield ("quota", field), tuple(found)
        for name in declared.spec.environments:
            place = country.place(declared, "spec", "quota", field)
            yield ("environments", name, "quota", field), (_drawn(resource, own, declared, place),)


def _given(resource: str, own: Budget) -> Bound:
    used, left = Quota.write(resource, own.given(resource)), _left(resource, own)
    holders = _holders(resource, own)
    return Bound(
        Text(f"given away {used} ({holders.en}), {left.en} remains", f"đã cấp {used} ({holders.vi}), còn {left.vi}")
    )


def _drawn(resource: str, above: Budget, holder: Declaration, place: Place) -> Bound:
    limit, left = above.limits.limit(resource), _left(resource, above)
    whole = "–" if limit is None else Quota.write(resource, limit)
    return Bound(
        Text(
            f"drawn from {holder.kind} {holder.name}: {whole} in all, {left.en} remains",
            f"lấy từ {wording.kind(holder.kind)} {holder.name}: tổng {whole}, còn {left.vi}",
        ),
        place,
    )


def _left(resource: str, found: Budget) -> Text:
    amount = found.remaining(resource)
    if amount is None:
        return Text("any amount", "không giới hạn")
    shown = f"{'-' if amount < 0 else ''}{Quota.write(resource, abs(amount))}"
    return Text(shown, shown)


def _holders(resource: str, found: Budget) -> Text:
    largest = found.largest(resource)
    rest = ", ..." if len(largest) > _HOLDERS else ""
    shown = [(name, Quota.write(resource, amount)) for name, amount in largest[:_HOLDERS]]
    english = ", ".join(f"{name} {amount}" for name, amount in shown)
    vietnamese = ", ".join(f"{wording.holder(name)} {amount}" for name, amount in shown)
    return Text(english + rest or "-", vietnamese + rest or "-")
