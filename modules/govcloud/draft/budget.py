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
from govcloud.rules import wording
from govcloud.rules.budgets import budgets, payers
from govcloud_base.errors import Text

__all__ = ["Remainder", "remainder"]


@dataclass(frozen=True)
class Remainder:
    """What the holder of a budget has not given away."""

    holder: Text
    """`tenant h41`, `cloud cgc-hn1`; both where a tenant lies on another cloud than the one that pays for it."""
    left: dict[str, str]
    """Amounts by resource, as a declaration writes them."""

    @property
    def said(self) -> Text:
        """The same as a sentence."""
        english = ", ".join(f"{to_camel(resource)} {amount}" for resource, amount in self.left.items())
        vietnamese = ", ".join(f"{wording.RESOURCES[resource].vi} {amount}" for resource, amount in self.left.items())
        return Text(f"left of {self.holder.en}: {english}", f"{self.holder.vi} còn lại: {vietnamese}")


def remainder(country: Country, declaration: Declaration, date: datetime.date) -> Remainder | None:
    """Return what remains on `date` of the budget that pays for `declaration`; None where it costs nothing."""
    if isinstance(declaration, Tenant):
        nodes = [(payer.kind, payer.name) for payer in payers(country, declaration)]
    elif isinstance(declaration, Segment):
        nodes = [("Tenant", declaration.spec.tenant)]
    elif isinstance(declaration, Platform):
        nodes = [("Tenant", country.tenants_by_agency[declaration.spec.owner].name)]
    else:
        return None
    tree = budgets(country, date)
    left: dict[str, str] = {}
    for resource in Quota.RESOURCES:
        found = [tree[node] for node in nodes if tree[node].limits.amount(resource)]
        amounts = [amount for budget in found if (amount := budget.remaining(resource)) is not None]
        if amounts:
            left[resource] = Quota.write(resource, min(amounts))
    holders = [Text(f"{kind.lower()} {name}", f"{wording.kind(kind)} {name}") for kind, name in nodes]
    return Remainder(Text.joined(holders, ", "), left)
