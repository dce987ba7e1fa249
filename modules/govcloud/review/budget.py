"""The quota tree before and after: every budget whose size or use a change alters, and what remains of it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.quota import Quota
from govcloud.rules.budgets import budgets as tree

__all__ = ["Budget", "budgets"]


@dataclass(frozen=True)
class Budget:
    """One resource of one budget, where it differs between two revisions. Amounts in the resource's unit."""

    kind: str
    """`Tenant` or `Cloud`."""
    name: str
    """Whose budget."""
    resource: str
    """One of Quota.RESOURCES."""
    before: int | None
    """Size before; None where there was no such budget or it set no limit."""
    after: int | None
    """Size after."""
    used_before: int
    """What was given away of it."""
    used_after: int
    """What is given away of it now."""

    @property
    def remaining(self) -> int | None:
        """What is left; negative where the budget is overdrawn, None where there is no limit."""
        return None if self.after is None else self.after - self.used_after

    def written(self, amount: int | None) -> str:
        """Return an amount of this resource as a declaration writes it; a dash for none."""
        if amount is None:
            return "–"
        sign = "-" if amount < 0 else ""
        return sign + Quota.write(self.resource, abs(amount))


def budgets(base: Country, head: Country, date: datetime.date) -> tuple[Budget, ...]:
    """Return every budget that differs on `date`, clouds first, then tenants by name."""
    old, new = tree(base, date), tree(head, date)
    found = []
    for node in sorted({*old, *new}):
        before, after = old.get(node), new.get(node)
        for resource in Quota.RESOURCES:
            sizes = [b.limits.limit(resource) if b else None for b in (before, after)]
            amounts = [b.given(resource) if b else 0 for b in (before, after)]
            if sizes[0] != sizes[1] or amounts[0] != amounts[1]:
                found.append(Budget(*node, resource, sizes[0], sizes[1], amounts[0], amounts[1]))
    return tuple(found)
