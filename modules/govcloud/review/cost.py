"""What a change costs a month, from the price list of each cloud: exact until it is shown."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from govcloud.country import Country
from govcloud.model.quota import Quota

__all__ = ["Cost", "costs", "monthly"]

_MILLI = 1000
_GIB = 1 << 30


@dataclass(frozen=True)
class Cost:
    """What a tenant's own environments, segments and platforms cost a month, in VND, before and after."""

    tenant: str
    before: Fraction
    after: Fraction
    provisional: bool = False
    """Whether the prices behind it are an illustration that no published source confirms."""

    @property
    def change(self) -> Fraction:
        """How much more it costs; negative where it costs less."""
        return self.after - self.before


def costs(base: Country, head: Country) -> tuple[Cost, ...] | None:
    """Return the tenants whose cost changes; None where a change is on a cloud without prices."""
    old, new = _quotas(base), _quotas(head)
    found, unpriced = [], False
    for key in sorted({*old, *new}):
        tenant, cloud = key
        before, after = old.get(key, Quota()), new.get(key, Quota())
        prices = [monthly(c, cloud, q) for c, q in ((base, before), (head, after))]
        if before == after and prices[0] == prices[1]:
            continue
        if prices[0] is None or prices[1] is None:
            unpriced = True
        elif prices[0] != prices[1]:
            found.append(Cost(tenant, prices[0], prices[1], _provisional(base, cloud) or _provisional(head, cloud)))
    return None if unpriced else tuple(found)


def monthly(country: Country, cloud: str, quota: Quota) -> Fraction | None:
    """Return what a quota costs a month on a cloud, in VND; None where the cloud has no price list.

    Nothing of something costs nothing, whatever the list says.
    """
    declared = country.clouds.get(cloud)
    prices = declared.spec.prices if declared else None
    if quota == Quota():
        return Fraction(0)
    if prices is None:
        return None
    return (
        Fraction(prices.cpu) * quota.cpu / _MILLI
        + Fraction(prices.memory) * quota.memory / _GIB
        + Fraction(prices.storage) * quota.storage / _GIB
        + Fraction(prices.object_storage) * quota.object_storage / _GIB
    )


def _provisional(country: Country, cloud: str) -> bool:
    declared = country.clouds.get(cloud)
    return declared is not None and declared.spec.prices is not None and declared.spec.prices.provisional


def _quotas(country: Country) -> dict[tuple[str, str], Quota]:
    """Return what each tenant uses itself, by tenant and cloud: what it gives to agencies below is theirs to pay."""
    parts: dict[tuple[str, str], list[Quota]] = defaultdict(list)
    for tenant in country.tenants.values():
        parts[tenant.name, tenant.spec.cloud] += [e.quota for e in tenant.spec.environments.values()]
    for segment in country.segments.values():
        home = country.tenants.get(segment.spec.tenant)
        if home is not None:
            parts[home.name, home.spec.cloud].append(segment.spec.quota)
    for platform in country.platforms.values():
        home = country.tenants_by_agency.get(platform.spec.owner)
        if home is not None:
            parts[home.name, home.spec.cloud].append(platform.spec.quota)
    return {key: Quota.total(quotas) for key, quotas in parts.items()}
