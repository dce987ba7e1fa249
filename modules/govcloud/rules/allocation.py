"""Giving out addresses of the dedicated network: the next free range, why it is that one, and when there is none left.

What is given out is recorded in the segment's file, and nothing but those records decides what is free. So adding a
tenant never moves another, and the same country always gives the same answer.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.segment import Segment
from govcloud.rules.network import Network, inside, parse, united
from govcloud_base.errors import GovCloudError, Problem, Text

__all__ = ["Allocation", "Use", "allocated", "next_free", "pools", "use"]

_YEAR = 365
_LONGEST_FORECAST = 100 * _YEAR


@dataclass(frozen=True)
class Allocation:
    """A range that is free, and the sentence to record with it."""

    pool: Network
    """The range."""
    reason: Text
    """Why this one: `next free /24 in 10.80.0.0/13, after 10.80.2.0/24`."""


@dataclass(frozen=True)
class Use:
    """How full a range of the dedicated network is."""

    bound: Network
    """The range."""
    taken: int
    """Addresses that are allocated or reserved."""
    pace: int
    """Addresses allocated in the last 365 days, where the segments say when they were."""
    full_on: datetime.date | None
    """Day on which none is left at that pace; None where nothing was allocated lately, or it is a lifetime away."""

    @property
    def total(self) -> int:
        """Addresses in the range."""
        return self.bound.num_addresses

    @property
    def free(self) -> int:
        """Addresses left."""
        return self.total - self.taken

    @property
    def percent(self) -> int:
        """How much is taken, in whole percent, rounded down."""
        return 100 * self.taken // self.total


def pools(segment: Segment) -> tuple[str, ...]:
    """Return every range of a segment as written: its own and those of agencies merged into its tenant's."""
    return (segment.spec.pool, *(old.pool for old in segment.spec.inherited))


def next_free(country: Country, pool: str | None = None, size: int = 24) -> Allocation:
    """Return the lowest free range of prefix length `size` within `pool`.

    `pool` is a range inside the dedicated network; without it, the first of the dedicated network's ranges with room
    for the size is used. Reserved ranges and every segment's pools are kept clear, inherited ones too, whatever the
    date: an address that was given out may still be in use. Raises GovCloudError: GC-ADDR-008 where no room is left,
    GC-ADDR-009 where `pool` or `size` cannot be.
    """
    plan = _readable(country.spec.dedicated_network)
    bounds = [_wanted(pool, plan)] if pool is not None else [b for b in plan if b.prefixlen <= size <= b.max_prefixlen]
    if not bounds or any(not bound.prefixlen <= size <= bound.max_prefixlen for bound in bounds):
        raise GovCloudError(_impossible(f"/{size}", bounds or plan))
    taken = _taken(country)
    for bound in bounds:
        block = 1 << (bound.max_prefixlen - size)
        candidate, before = int(bound.network_address), None
        for first, last in united(taken, bound):
            if candidate + block <= first:
                break
            candidate, before = -(-(last + 1) // block) * block, last
        if candidate + block - 1 <= int(bound.broadcast_address):
            return _allocation(bound, candidate, size, before)
    raise GovCloudError(_full(bounds, size, taken))


def use(country: Country, date: datetime.date, refused: Collection[tuple[str, int]] = ()) -> list[Use]:
    """Return how full each range of the dedicated network is on `date`, and when it will be full.

    `refused` are pools that do not count, each by its segment and its number among that one's pools.
    """
    counted = [
        (pool, segment.spec.allocated if number == 0 else None)
        for segment in country.segments.values()
        for number, pool in enumerate(pools(segment))
        if (segment.name, number) not in refused
    ]
    dated = [*counted, *country.rest.pools]
    taken = _readable([*country.spec.reserved_networks, *(pool for pool, _ in dated)])
    recent = _readable(pool for pool, day in dated if day and date - datetime.timedelta(_YEAR) < day <= date)
    found = []
    for bound in _readable(country.spec.dedicated_network):
        used = _amount(taken, bound)
        pace = sum(n.num_addresses for n in recent if inside(n, bound))
        days = (bound.num_addresses - used) * _YEAR // pace if pace else _LONGEST_FORECAST
        full_on = date + datetime.timedelta(days) if days < _LONGEST_FORECAST else None
        found.append(Use(bound, used, pace, full_on))
    return found


def allocated(country: Country) -> list[Network]:
    """Return every pool of every segment that can be read, inherited ones too."""
    return _readable([*(p for s in country.segments.values() for p in pools(s)), *(p for p, _ in country.rest.pools)])


def _taken(country: Country) -> list[Network]:
    return [*_readable(country.spec.reserved_networks), *allocated(country)]


def _amount(taken: Iterable[Network], bound: Network) -> int:
    return sum(last - first + 1 for first, last in united(taken, bound))


def _readable(written: Iterable[str]) -> list[Network]:
    """Return the networks among `written`; the rest is reported as malformed elsewhere."""
    found = []
    for text in written:
        try:
            found.append(parse(text))
        except ValueError:
            continue
    return found


def _wanted(pool: str, plan: list[Network]) -> Network:
    try:
        bound = parse(pool)
    except ValueError:
        raise GovCloudError(_impossible(pool, plan)) from None
    if not any(inside(bound, network) for network in plan):
        raise GovCloudError(_impossible(pool, plan))
    return bound


def _allocation(bound: Network, first: int, size: int, before: int | None) -> Allocation:
    kind = ipaddress.IPv4Network if bound.version == 4 else ipaddress.IPv6Network
    address = ipaddress.IPv4Address if bound.version == 4 else ipaddress.IPv6Address
    where = "" if before is None else f"{address(before)}"
    return Allocation(
        kind((first, size)),
        Text(
            f"next free /{size} in {bound}" + (f", after {where}" if where else ", the first of it"),
            f"dải /{size} trống kế tiếp trong {bound}" + (f", sau {where}" if where else ", dải đầu tiên"),
        ),
    )


def _impossible(value: str, bounds: Iterable[Network]) -> Problem:
    shown = ", ".join(map(str, bounds))
    return Problem(
        "GC-ADDR-009",
        Text("no such range can be given out", "không thể cấp dải như vậy"),
        Text(
            "ask for a range inside the dedicated network and a size that fits into it",
            "chọn dải nằm trong mạng truyền số liệu chuyên dùng và độ dài phù hợp",
        ),
        value=value,
        allowed=shown or None,
    )


def _full(bounds: list[Network], size: int, taken: list[Network]) -> Problem:
    numbers = "; ".join(f"{b}: {_amount(taken, b)} / {b.num_addresses}" for b in bounds)
    return Problem(
        "GC-ADDR-008",
        Text(f"no free range of /{size} is left", f"không còn dải /{size} trống"),
        Text(
            "ask for a smaller range, or have the network's authority add one to dedicatedNetwork",
            "xin dải nhỏ hơn, hoặc đề nghị cơ quan quản lý mạng bổ sung `dedicatedNetwork`",
        ),
        value=numbers,
    )
