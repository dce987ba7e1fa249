"""What remains of the budget on which a declaration draws."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic.alias_generators import to_camel

from govcloud.country import Country
from govcloud.model.declaration import Declaration
from govcloud.model.platform import Platform
from govcloud.model.quota import Quota
from govcloud.model.segment import Segment
from govcloud.model.tenant import Tenant
from govcloud.rules import quotas

__all__ = ["Remainder", "remainder"]


@dataclass(frozen=True)
class Remainder:
    """What the holder of a budget has not given away."""

    holder: str
    """`tenant h41`, `cloud cgc-hn1`."""
    left: dict[str, str]
    """Amounts by resource, as a declaration writes them."""


def remainder(country: Country, declaration: Declaration) -> Remainder | None:
    """Return what remains of the budget that pays for `declaration`; None where it costs nothing."""
    if isinstance(declaration, Tenant):
        above = quotas.parent_tenant(country, declaration)
        kind, name = ("Tenant", above.name) if above else ("Cloud", declaration.spec.cloud)
    elif isinstance(declaration, Segment):
        kind, name = "Tenant", declaration.spec.tenant
    elif isinstance(declaration, Platform):
        kind, name = "Tenant", country.tenants_by_agency[declaration.spec.owner].name
    else:
        return None
    budget = country.tenants[name].spec.quota if kind == "Tenant" else country.clouds[name].spec.capacity
    spent = Quota.total(quotas.spending(country)[kind, name].values())
    left = {
        to_camel(r): Quota.write(r, budget.amount(r) - spent.amount(r)) for r in Quota.RESOURCES if budget.amount(r)
    }
    return Remainder(f"{kind.lower()} {name}", left)
