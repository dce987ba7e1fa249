"""What a raised budget costs above: whoever takes more, takes it from the tenant above, and that one from the next.

Advice to raise a budget names every budget that must be raised with it, so that following it leaves nothing overdrawn.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from govcloud.country import Country
from govcloud.model.cloud import Cloud
from govcloud.model.quota import Quota
from govcloud.model.tenant import Tenant
from govcloud.rules import wording
from govcloud.rules.budgets import ELSEWHERE, Amounts, Budget, Node, draws, parent_tenant
from govcloud_base.errors import Text

__all__ = ["Raise", "raised", "with_those_above"]

Raise = tuple[Tenant | Cloud, int]
"""Whose budget must be raised, and the amount that it must then have."""


def raised(
    country: Country,
    date: datetime.date,
    tenant: Tenant,
    resource: str,
    more: int,
    found: Mapping[Node, Budget],
    shares: Mapping[Node, Mapping[str, Amounts]],
) -> list[Raise]:
    """Return which budgets must be raised where `more` is drawn on that of `tenant`: its own first, those above after.

    `found` are the budgets of the country (:func:`budgets`) and `shares` what tenants draw (:func:`shares`). A tenant
    draws on the cloud on which it lies what it does not pass on to tenants elsewhere, unless the tenant above lies
    there and pays.
    """
    position, needed = Quota.RESOURCES.index(resource), list[Raise]()
    node: Tenant | None = tenant
    more_away, seen = 0, set[str]()
    while node is not None and node.name not in seen:
        own, above, cloud = (
            found["Tenant", node.name],
            parent_tenant(country, node),
            country.clouds.get(node.spec.cloud),
        )
        limit = own.limits.limit(resource)
        weight = own.given(resource) if limit is None else limit
        if limit is not None:  # one that sets no limit weighs what is drawn on it
            drawn = own.given(resource) + more
            more = max(drawn - limit, 0)
            if more:
                needed.append((node, drawn))
        if not more or not draws(country, node, date):
            break
        here = above is not None and above.spec.cloud == node.spec.cloud
        if not here and cloud is not None:
            capacity = found["Cloud", cloud.name]
            away = sum(amounts[position] for amounts in shares.get((ELSEWHERE, node.name), {}).values())
            takes = max(weight + more - away - more_away, 0) - max(weight - away, 0)
            left = capacity.remaining(resource)
            if left is not None and takes > left:
                needed.append((cloud, capacity.given(resource) + takes))
        more_away = more_away if here else more
        seen.add(node.name)
        node = above
    return needed


def with_those_above(field: str, resource: str, needed: Iterable[Raise]) -> Text:
    """Return what follows `raise FIELD to AMOUNT`: the budgets above that must be raised as well, if any."""
    each = [(node, Quota.write(resource, amount)) for node, amount in needed]
    if not each:
        return Text("", "")
    english = " and ".join(f"{field} of {node.kind.lower()} {node.name} to {amount}" for node, amount in each)
    vietnamese = " và ".join(
        f"`{field}` của {wording.kind(node.kind)} {node.name} lên {amount}" for node, amount in each
    )
    return Text(f", with it {english}", f", kèm theo {vietnamese}")
