"""The quota tree as a value: what each budget has, who holds how much of it, and what remains.

A tenant's quota is the budget of its whole sub-tree. It pays for the tenant's own environments, segments and platforms,
and for the tenants of the agencies below, on whatever cloud these are. A cloud's capacity pays for what lies on it: for
the tenants at the top and for those whose payer lies on another cloud, less what they pass on to tenants elsewhere.
What is carved out (processors, memory) weighs on a budget as asked for. What is counted (namespaces, objects,
addresses, nodes' disks) weighs as asked for where a limit is stated, and as used where none is, so every budget that
states a limit bounds all that lies below.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.cloud import Cloud
from govcloud.model.quota import Quota
from govcloud.model.tenant import Tenant
from govcloud.rules.allocation import pools
from govcloud.rules.network import parse
from govcloud.rules.shared_room import room

__all__ = [
    "ELSEWHERE",
    "Amounts",
    "Budget",
    "Node",
    "budget",
    "budgets",
    "draws",
    "in_doubt",
    "parent_tenant",
    "payers",
    "shares",
]

Node = tuple[str, str]
"""Kind and name of what has a budget: a tenant or a cloud."""

ELSEWHERE = "Elsewhere"
"""In the place of a node's kind: what a tenant's children take of its quota on other clouds than its own."""

Amounts = tuple[int, ...]
"""One exact amount for each of Quota.RESOURCES, in their order: plain numbers, as there are many sums to take."""

_POSITION = {resource: index for index, resource in enumerate(Quota.RESOURCES)}
_CARVED = len(Quota.CARVED)
_NOTHING: Amounts = (0,) * len(Quota.RESOURCES)


@dataclass(frozen=True)
class Budget:
    """What one node may give away and has given away."""

    limits: Quota
    """The node's own quota or capacity."""
    holders: Mapping[str, Amounts]
    """Who draws on it, with how much: `environment prod`, `segment tsl-h41`, `tenant h41-101`."""
    total: Amounts
    """Sum of what is drawn."""

    def given(self, resource: str) -> int:
        """Return how much of a resource is drawn."""
        return self.total[_POSITION[resource]]

    def remaining(self, resource: str) -> int | None:
        """Return what is left of a resource, negative where too much was given; None where the node sets no limit."""
        limit = self.limits.limit(resource)
        return None if limit is None else limit - self.given(resource)

    def overdrawn(self) -> dict[str, int]:
        """Return by how much each resource is overdrawn that is."""
        left = ((resource, self.remaining(resource)) for resource in Quota.RESOURCES)
        return {resource: -rest for resource, rest in left if rest is not None and rest < 0}

    def largest(self, resource: str) -> list[tuple[str, int]]:
        """Return who holds some of a resource, the largest share first."""
        position = _POSITION[resource]
        held = [(name, amounts[position]) for name, amounts in self.holders.items() if amounts[position]]
        return sorted(held, key=lambda entry: (-entry[1], entry[0]))


def budget(limits: Quota, holders: Mapping[str, Amounts]) -> Budget:
    """Return the budget from which `holders` draw."""
    return Budget(limits, holders, _sum(holders.values()))


def budgets(country: Country, date: datetime.date) -> dict[Node, Budget]:
    """Return every budget of the country on `date`. Tenants that have been removed draw on none."""
    holders = _holders(country, date)
    found = {
        node: budget(t.spec.quota, holders[node]) for t in country.tenants.values() if (node := ("Tenant", t.name))
    }
    found |= {
        node: budget(c.spec.capacity, holders[node]) for c in country.clouds.values() if (node := ("Cloud", c.name))
    }
    return found


def shares(country: Country, date: datetime.date) -> dict[Node, dict[str, Amounts]]:
    """Return what tenants draw, by name: on each budget of the country on `date`, and ELSEWHERE."""
    found = {
        node: {name.removeprefix("tenant "): a for name, a in held.items() if name.startswith("tenant ")}
        for node, held in _holders(country, date).items()
    }
    return {node: held for node, held in found.items() if held}


def _holders(country: Country, date: datetime.date) -> dict[Node, dict[str, Amounts]]:
    """Return who draws on each budget, with how much, and what each tenant passes on to other clouds."""
    holders: dict[Node, dict[str, Amounts]] = defaultdict(dict)
    for node, known_shares in country.rest.shares.items():
        holders[node].update((f"tenant {name}", amounts) for name, amounts in known_shares.items())
    known = {name for known_shares in country.rest.shares.values() for name in known_shares}
    for segment in country.segments.values():
        taken = sum(_addresses(pool) for pool in pools(segment))
        holders["Tenant", segment.spec.tenant][f"segment {segment.name}"] = _weight(
            segment.spec.quota,
            (1, 0, taken, _disk(country, country.tenants.get(segment.spec.tenant), segment.spec.quota)),
        )
    for platform in country.platforms.values():
        owner = country.tenants_by_agency.get(platform.spec.owner)
        if owner is not None:
            asked = platform.spec.quota
            used = (1, 0, 0, _disk(country, owner, asked, platform.spec.level))
            holders["Tenant", owner.name][f"platform {platform.name}"] = _weight(asked, used)
    parents = {t.name: parent_tenant(country, t) for t in country.tenants.values()}
    unsure = {above.name for name in country.unread if (above := parents[name]) is not None}
    for tenant in _deepest_first(country, parents):
        own = holders["Tenant", tenant.name]
        objects = sum(b.objects or 0 for b in tenant.spec.storage.buckets.values())
        for name, environment in tenant.spec.environments.items():
            zones = len(country.zones(tenant, name))
            used = (zones, objects, 0, _disk(country, tenant, environment.quota))
            own[f"environment {name}"] = _weight(environment.quota, used)
        if tenant.name in known or not draws(country, tenant, date):
            continue
        share, cloud, above = f"tenant {tenant.name}", tenant.spec.cloud, parents[tenant.name]
        held = _sum(own.values())
        # Of one that cannot be read is known what it holds for others, which is the least that it has.
        weight = held if tenant.name in country.unread else _weight(tenant.spec.quota, held[_CARVED:])
        away = _sum(holders[ELSEWHERE, tenant.name].values())
        here = above is not None and above.spec.cloud == cloud
        if above is not None:
            holders["Tenant", above.name][share] = weight
            if any(passed := away if here else weight):
                holders[ELSEWHERE, above.name][share] = passed
        if not here:
            # What a tenant that cannot be read takes elsewhere is not known: then counts what is known to lie here.
            there = held if tenant.name in unsure else weight
            holders["Cloud", cloud][share] = tuple(max(w - a, 0) for w, a in zip(there, away, strict=True))
    return holders


def payers(country: Country, tenant: Tenant) -> tuple[Tenant | Cloud, ...]:
    """Return whose budgets a tenant's quota is taken from.

    That is the nearest tenant above, and the cloud where there is none or it lies on another one.
    """
    above, cloud = parent_tenant(country, tenant), country.clouds.get(tenant.spec.cloud)
    tenants = (above,) if above else ()
    return (
        tenants if above is not None and above.spec.cloud == tenant.spec.cloud else (*tenants, *filter(None, [cloud]))
    )


def parent_tenant(country: Country, tenant: Tenant) -> Tenant | None:
    """Return the tenant from whose budget `tenant` draws: of the nearest agency above that has one, on any cloud."""
    agency = country.agencies_by_code.get(tenant.spec.agency)
    tenants = (country.tenants_by_agency.get(above.code) for above in (country.ancestors(agency) if agency else ()))
    return next(filter(None, tenants), None)


def in_doubt(country: Country) -> frozenset[str]:
    """Return the tenants that share budgets with one that cannot be read: below one top tenant all hang together.

    Nobody knows what is left for them while its share is not known.
    """
    tops = {_top(country, country.tenants[name]) for name in country.unread}
    known = (tenant for name, tenant in country.tenants.items() if name not in country.unread)
    return frozenset(tenant.name for tenant in known if tops and _top(country, tenant) in tops)


def _top(country: Country, tenant: Tenant) -> str:
    """Return the tenant that pays for all above one; itself where nobody does. Ends at a circle."""
    seen = {tenant.name}
    while (above := parent_tenant(country, tenant)) is not None and above.name not in seen:
        tenant = above
        seen.add(above.name)
    return tenant.name


def draws(country: Country, tenant: Tenant, date: datetime.date) -> bool:
    """Return whether a tenant's state makes its quota count against the budget above."""
    table = country.law.lifecycle(date)
    rules = table.spec.states.get(tenant.spec.lifecycle.state) if table else None
    return rules is None or rules.draws


def _weight(asked: Quota, used: tuple[int, ...]) -> Amounts:
    """Return what a holder weighs: as asked for, and of what is counted, where it states no limit, as used."""
    limits = (asked.namespaces, asked.objects, asked.addresses, asked.ephemeral_storage)
    return asked.amounts()[:_CARVED] + tuple(
        u if limit is None else limit for u, limit in zip(used, limits, strict=True)
    )


def _disk(country: Country, tenant: Tenant | None, asked: Quota, level: int | None = None) -> int:
    """Return the bytes of nodes' disks that the pods of a quota bring; none for a tenant that is not declared."""
    return room(country, tenant, level).ephemeral_storage * asked.pods if tenant else 0


def _sum(amounts: Iterable[Amounts]) -> Amounts:
    return tuple(map(sum, zip(_NOTHING, *amounts, strict=True)))


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
