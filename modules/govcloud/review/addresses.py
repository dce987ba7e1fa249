"""Which pools of the dedicated network a change takes and gives back, and how full the network is then."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from fractions import Fraction

from govcloud.country import Country
from govcloud.rules.addresses import Network, parse

__all__ = ["AddressUse", "address_use"]


@dataclass(frozen=True)
class AddressUse:
    """Pools that differ, and the fullness of the dedicated network's ranges."""

    taken: tuple[tuple[str, str], ...]
    """(segment, pool) newly allocated."""
    returned: tuple[tuple[str, str], ...]
    """(segment, pool) no longer allocated."""
    used: tuple[tuple[str, Fraction, Fraction], ...]
    """Of each range touched: which part of it pools take, before and after."""


def address_use(base: Country, head: Country) -> AddressUse | None:
    """Return what differs; None where no pool does."""
    old, new = ({(s.name, s.spec.pool) for s in c.segments.values()} for c in (base, head))
    if old == new:
        return None
    changed = [pool for _, text in old ^ new if (pool := _network(text)) is not None]
    used = []
    for text in head.spec.dedicated_network:
        bound = _network(text)
        if bound is not None and any(_within(pool, bound) for pool in changed):
            used.append((text, _share(base, bound), _share(head, bound)))
    return AddressUse(tuple(sorted(new - old)), tuple(sorted(old - new)), tuple(used))


def _network(text: str) -> Network | None:
    try:
        return parse(text)
    except ValueError:
        return None  # the rules have reported it


def _within(pool: Network, bound: Network) -> bool:
    if isinstance(pool, ipaddress.IPv4Network):
        return isinstance(bound, ipaddress.IPv4Network) and pool.subnet_of(bound)
    return isinstance(bound, ipaddress.IPv6Network) and pool.subnet_of(bound)


def _share(country: Country, bound: Network) -> Fraction:
    pools = [pool for s in country.segments.values() if (pool := _network(s.spec.pool)) is not None]
    return Fraction(sum(p.num_addresses for p in pools if _within(p, bound)), bound.num_addresses)
