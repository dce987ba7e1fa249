"""The quota tree: every budget, what draws on it and what remains."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pydantic.alias_generators import to_camel

from govcloud.country import Country
from govcloud.graph.selection import Selection
from govcloud.graph.topology import titled
from govcloud.model.quota import Quota
from govcloud.rules.budgets import Amounts
from govcloud.rules.budgets import budgets as budgets_of
from govcloud_base.errors import Language

__all__ = ["DETAILED", "Amount", "Budget", "QuotaTree", "quota_tree"]

DETAILED = 30
"""Most tenants of which environments, segments and platforms are shown one by one."""


@dataclass(frozen=True)
class Amount:
    """One resource of a budget, as declarations write it."""

    resource: str
    budget: str
    spent: str | None
    """What is given away; None for a share that nobody divides further."""
    used: float | None
    """Part of the budget that is given away, 1 for all of it."""


@dataclass(frozen=True)
class Budget:
    """A node of the tree: a cloud, a tenant, or one of the shares that a tenant keeps for itself."""

    kind: str
    """cloud, tenant, environment, segment or platform."""
    name: str
    title: str
    depth: int
    amounts: tuple[Amount, ...]
    hidden: int
    """Tenants below that are not shown; their shares are part of what is spent."""


@dataclass(frozen=True)
class QuotaTree:
    """The picture's content: nodes in the order of the tree, parents first."""

    title: str
    resources: tuple[str, ...]
    """Resources of which any shown budget has some."""
    budgets: tuple[Budget, ...]


def quota_tree(country: Country, selection: Selection, date: datetime.date, language: Language) -> QuotaTree:
    """Return the budgets of the selected tenants and of their clouds on `date`.

    What a tenant keeps for itself is shown where few tenants are: a country is read by its budgets.
    """
    detailed = len(selection.parents) <= DETAILED
    spent = budgets_of(country, date)
    found: list[tuple[str, str, str, int, Quota, Amounts | None, int]] = []
    roots: dict[str, list[str]] = {}
    for name in selection.children.get(None, ()):
        roots.setdefault(country.tenants[name].spec.cloud, []).append(name)

    def tenant(name: str, depth: int) -> None:
        declared = country.tenants[name]
        agency = country.agencies_by_code.get(declared.spec.agency)
        title = titled(agency.spec.title if agency else declared.spec.purpose, language)
        budget = spent["Tenant", name]
        found.append(("tenant", name, title, depth, budget.limits, budget.total, selection.hidden[name]))
        for share, amounts in budget.holders.items() if detailed else ():
            kind, _, own = share.partition(" ")
            if kind != "tenant":
                held = Quota.of(dict(zip(Quota.RESOURCES, amounts, strict=True)))
                found.append((kind, own, "", depth + 1, held, None, 0))
        for child in selection.children.get(name, ()):
            tenant(child, depth + 1)

    for name, cloud in country.clouds.items():
        if name in roots:
            title, capacity = titled(cloud.spec.title, language), cloud.spec.capacity
            found.append(("cloud", name, title, 0, capacity, spent["Cloud", name].total, 0))
            for root in roots[name]:
                tenant(root, 1)
    # What is counted shows only where somebody limits it: every share holds some namespace.
    bounds = [quota for _, _, _, _, quota, given, _ in found if given is not None]
    used = tuple(r for r in Quota.RESOURCES if any(quota.amount(r) for quota in bounds))
    budgets = tuple(
        Budget(kind, name, title, depth, tuple(_amount(r, quota, shares) for r in used), hidden)
        for kind, name, title, depth, quota, shares, hidden in found
    )
    return QuotaTree(titled(country.spec.title, language), tuple(to_camel(r) for r in used), budgets)


def _amount(resource: str, budget: Quota, given: Amounts | None) -> Amount:
    have = budget.limit(resource)
    stated = "-" if have is None else Quota.write(resource, have)
    if given is None:
        return Amount(to_camel(resource), stated, None, None)
    gone = given[Quota.RESOURCES.index(resource)]
    if have is None:
        return Amount(to_camel(resource), stated, Quota.write(resource, gone), None)
    used = gone / have if have else (0.0 if gone == 0 else 2.0)
    return Amount(to_camel(resource), stated, Quota.write(resource, gone), used)
