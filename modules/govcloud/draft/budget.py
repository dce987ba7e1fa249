"""What remains of the budget on which a declaration draws."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pydantic.alias_generators import to_camel

from govcloud.country import Country
from govcloud.model.declaration import Declaration
from govcloud.model.platform import Platform
from govcloud.model.quota import Quota
from govcloud.model.segment import Segment
from govcloud.model.tenant import Tenant
from govcloud.rules.budgets import budgets, parent_tenant

__all__ = ["Remainder", "remainder"]


@dataclass(frozen=True)
class Remainder:
    """What the holder of a budget has not given away."""

    holder: str
    """`tenant h41`, `cloud cgc-hn1`."""
    left: dict[str, str]
    """Amounts by resource, as a declaration writes them."""


def remainder(country: Country, declaration: Declaration, date: datetime.date) -> Remainder | None:
    """Return what remains on `date` of the budget that pays for `declaration`; None where it costs nothing."""
    if isinstance(declaration, Tenant):
        above = parent_tenant(country, declaration)
        kind, name = ("Tenant", above.name) if above else ("Cloud", declaration.spec.cloud)
    elif isinstance(declaration, Segment):
        kind, name = "Tenant", declaration.spec.tenant
    elif isinstance(declaration, Platform):
        kind, name = "Tenant", country.tenants_by_agency[declaration.spec.owner].name
    else:
        return None
    budget = budgets(country, date)[kind, name]
    left = {
        to_camel(resource): Quota.write(resource, amount)
        for resource in Quota.RESOURCES
        if budget.limits.amount(resource) and (amount := budget.remaining(resource)) is not None
    }
    return Remainder(f"{kind.lower()} {name}", left)
