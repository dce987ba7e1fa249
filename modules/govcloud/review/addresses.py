"""Which pools of the dedicated network a change takes and gives back, and how full the network is then."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from govcloud.country import Country
from govcloud.rules.allocation import allocated, pools
from govcloud.rules.network import Network, inside, parse, span, united

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
    old, new = ({(s.name, p) for s in c.segments.values() for p in pools(s)} for c in (base, head))
    if old == new:
        return None
    changed = [pool for _, text in old ^ new if (pool := _network(text)) is not None]
    used = []
    for text in head.spec.dedicated_network:
        bound = _network(text)
        if bound is not None and any(inside(pool, bound) for pool in changed):
            used.append((text, _share(base, bound), _share(head, bound)))
    return AddressUse(tuple(sorted(new - old)), tuple(sorted(old - new)), tuple(used))


def _network(text: str) -> Network | None:
    try:
        return parse(text)
    except ValueError:
        return None  # the rules have reported it


def _share(country: Country, bound: Network) -> Fraction:
    first, last = span(bound)
    return Fraction(sum(b - a + 1 for a, b in united(allocated(country), bound)), last - first + 1)
