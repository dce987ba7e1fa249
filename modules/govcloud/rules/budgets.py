"""The quota tree as a value: what each budget has, who holds how much of it, and what remains.

A tenant's quota is the budget of its whole sub-tree. It pays for the tenant's own environments, segments and platforms,
and for the tenants of the agencies below; tenants at the top draw on the cloud's capacity. What is carved out
(processors, memory) weighs on a budget as asked for. What is counted (namespaces, objects, addresses) weighs as asked
for where a limit is stated, and as used where none is, so every budget that states a limit bounds all that lies below.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.quota import Quota
from govcloud.model.tenant import Tenant
from govcloud.rules.allocation import pools
from govcloud.rules.network import parse

__all__ = ["Budget", "Node", "budgets", "draws", "parent_tenant"]

Node = tuple[str, str]
"""Kind and name of what has a budget: a tenant or a cloud."""


@dataclass(frozen=True)
class Budget:
    """What one node may give away and has given away."""

    limits: Quota
    """The node's own quota or capacity."""
    holders: Mapping[str, Quota]
    """Who draws on it, with how much: `environment prod`, `segment tsl-h41`, `tenant h41-101`. All amounts stated."""
    given: Quota
    """Sum of what is drawn."""

    def remaining(self, resource: str) -> int | None:
        """Return what is left of a resource, negative where too much was given; None where the node sets no limit."""
        limit = self.limits.limit(resource)
        return None if limit is None else limit - self.given.amount(resource)

    def largest(self, resource: str) -> list[tuple[str, int]]:
        """Return who holds some of a resource, the largest share first."""
        held = [(name, quota.amount(resource)) for name, quota in self.holders.items()]
        return sorted((entry for entry in held if entry[1]), key=lambda entry: (-entry[1], entry[0]))


def budgets(country: Country, date: datetime.date) -> dict[Node, Budget]:
    """Return every budget of the country on `date`. Tenants that have been removed draw on none."""
    holders: dict[Node, dict[str, Quota]] = defaultdict(dict)
    for segment in country.segments.values():
        node = ("Tenant", segment.spec.tenant)
        used = {"namespaces": 1, "addresses": sum(_addresses(pool) for pool in pools(segment))}
        holders[node][f"segment {segment.name}"] = _weight(segment.spec.quota, used)
    for platform in country.platforms.values():
        owner = country.tenants_by_agency.get(platform.spec.owner)
        if owner is not None:
            holders["Tenant", owner.name][f"platform {platform.name}"] = _weight(platform.spec.quota, {"namespaces": 1})
    parents = {t.name: parent_tenant(country, t) for t in country.tenants.values()}
    for tenant in _deepest_first(country, parents):
        node = ("Tenant", tenant.name)
        own_holders = holders[node]
        for name, environment in tenant.spec.environments.items():
            buckets = tenant.spec.storage.buckets.values()
            used = {
                "namespaces": len(country.zones(tenant, name)),
                "objects": sum(b.objects or 0 for b in buckets),
            }
            own_holders[f"environment {name}"] = _weight(environment.quota, used)
        if draws(country, tenant, date):
            total = Quota.total(own_holders.values())
            above = parents[tenant.name]
            payer = ("Tenant", above.name) if above else ("Cloud", tenant.spec.cloud)
            holders[payer][f"tenant {tenant.name}"] = _weight(
                tenant.spec.quota, {r: total.amount(r) for r in Quota.COUNTED}
            )
    found = {}
    for tenant in country.tenants.values():
        node = ("Tenant", tenant.name)
        # Where agencies are their own ancestors, a tenant may have drawn on this one after its sum was taken.
        found[node] = Budget(tenant.spec.quota, holders[node], Quota.total(holders[node].values()))
    for cloud in country.clouds.values():
        node = ("Cloud", cloud.name)
        found[node] = Budget(cloud.spec.capacity, holders[node], Quota.total(holders[node].values()))
    return found


def parent_tenant(country: Country, tenant: Tenant) -> Tenant | None:
    """Return the tenant from whose budget `tenant` draws: of the nearest agency above that has one on this cloud."""
    agency = country.agencies_by_code.get(tenant.spec.agency)
    for above in country.ancestors(agency) if agency else ():
        candidate = country.tenants_by_agency.get(above.code)
        if candidate is not None and candidate.spec.cloud == tenant.spec.cloud:
            return candidate
    return None


def draws(country: Country, tenant: Tenant, date: datetime.date) -> bool:
    """Return whether a tenant's state makes its quota count against the budget above."""
    table = country.law.lifecycle(date)
    rules = table.spec.states.get(tenant.spec.lifecycle.state) if table else None
    return rules is None or rules.draws


def _weight(asked: Quota, used: Mapping[str, int]) -> Quota:
    """Return what a holder weighs: as asked for, and where it states no limit, as used."""
    amounts = {r: asked.amount(r) for r in Quota.CARVED}
    for resource in Quota.COUNTED:
        limit = asked.limit(resource)
        amounts[resource] = used.get(resource, 0) if limit is None else limit
    return Quota.of(amounts)


def _addresses(pool: str) -> int:
    try:
        network = parse(pool)
    except ValueError:
        return 0  # reported as malformed
    return network.num_addresses if network.version == 4 else 0


def _deepest_first(country: Country, parents: Mapping[str, Tenant | None]) -> list[Tenant]:
    """Return the tenants in an order in which every one comes before the one that pays for it."""
    depth: dict[str, int] = {}
    for name in parents:
        chain = []
        current: str | None = name
        while current is not None and current not in depth and current not in chain:
            chain.append(current)
            above = parents[current]
            current = above.name if above else None
        base = depth.get(current, 0) if current is not None else 0
        for distance, link in enumerate(reversed(chain), 1):
            depth[link] = base + distance
    return sorted(country.tenants.values(), key=lambda t: -depth[t.name])
