"""Pools that share addresses: who must give way is decided by the record, not by the order of addresses or names."""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.segment import Segment
from govcloud.rules.finding import At
from govcloud.rules.network import Network, span
from govcloud_base.errors import Problem

__all__ = ["Claim", "overlapping", "refused"]

_MANY = 2
"""A pool that lies over more others than this is taken for the one that is wrong, whenever it was allocated."""
_SHOWN = 3


@dataclass(frozen=True)
class Claim:
    """A pool that a segment says to have."""

    pool: Network
    segment: Segment
    number: int
    """Which of the segment's pools (allocation.pools): 0 for its own, inherited ones from 1."""
    sound: bool
    """Whether it could be the segment's: within the dedicated network, inherited from who was merged into it."""

    @property
    def path(self) -> tuple[str | int, ...]:
        """Where in the file it stands."""
        return ("spec", "inherited", self.number - 1, "pool") if self.number else ("spec", "pool")

    @property
    def allocated(self) -> datetime.date:
        """Day of the allocation: unknown ones come last, inherited ones first, as they were there before a merger."""
        if self.number:
            return datetime.date.min
        return self.segment.spec.allocated or datetime.date.max


def refused(claims: Iterable[Claim]) -> list[tuple[Claim, list[Claim]]]:
    """Return the claims that share addresses with others and are in the wrong, each with those in the right.

    Pools are granted in the order of their right, and each is compared with those granted only. So one pool that lies
    over many others is refused, and not the many.
    """
    by_version: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_version[claim.pool.version].append(claim)
    return [found for alike in by_version.values() for found in _refused(alike)]


def overlapping(country: Country, refusals: Iterable[tuple[Claim, list[Claim]]]) -> Iterable[Problem]:
    """Yield each pool that is refused for the addresses that it shares with others (GC-ADDR-004)."""
    for claim, others in refusals:
        names = [f"{other.pool} of {other.segment.name}" for other in others[:_SHOWN]]
        shown = [f"{other.pool} của {other.segment.name}" for other in others[:_SHOWN]]
        more = len(others) - _SHOWN
        at = At(country, claim.segment, *claim.path)
        yield at.following(claim.segment, *claim.path).problem(
            "GC-ADDR-004",
            (
                f"overlaps {', '.join(names)}" + (f" and {more} more" if more > 0 else ""),
                f"trùng với {', '.join(shown)}" + (f" và {more} dải khác" if more > 0 else ""),
            ),
            ("use the pool that was allocated to this segment", "dùng dải đã cấp cho phân đoạn này"),
            value=claim.pool,
        )


def _refused(claims: list[Claim]) -> Iterator[tuple[Claim, list[Claim]]]:
    """Yield the claims that are in the wrong, each with those in the right that it meets, in the order of addresses."""
    firsts, lasts = (sorted(span(c.pool)[end] for c in claims) for end in (0, 1))

    def crowded(claim: Claim) -> bool:
        first, last = span(claim.pool)
        return bisect_right(firsts, last) - bisect_left(lasts, first) - 1 > _MANY

    def right(claim: Claim) -> tuple[object, ...]:
        return (not claim.sound, crowded(claim), claim.allocated, -claim.pool.prefixlen, claim.segment.name)

    starts: list[int] = []  # of the pools granted, which are apart, in the order of addresses
    granted: list[Claim] = []
    for claim in sorted(claims, key=right):
        first, last = span(claim.pool)
        begin, end = bisect_right(starts, first), bisect_right(starts, last)
        if begin > 0 and span(granted[begin - 1].pool)[1] >= first:
            begin -= 1
        if begin < end:
            yield claim, granted[begin:end]
        else:
            starts.insert(begin, first)
            granted.insert(begin, claim)
