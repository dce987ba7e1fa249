"""The way of a link, platform by platform.

A declaration names one platform. The national ones are reached through the integration platforms (LGSP) of the bodies
at both ends, where these have one: ministry LGSP, NDXP, province LGSP. Which ways demand an LGSP is law and has a date;
where one exists it is used in any case, so the way depends on nothing but what is declared.
"""

from __future__ import annotations

from govcloud.country import Country
from govcloud.model.link import Link
from govcloud.model.platform import Platform
from govcloud.model.platform_kind import KINDS, Reach

__all__ = ["chain", "exchange_of"]

_OF_BODIES, _NATIONAL = (
    tuple(kind.name for kind in KINDS.values() if kind.reach is reach) for reach in (Reach.BODY, Reach.NATIONAL)
)


def chain(country: Country, link: Link, *, source: str | None = None) -> tuple[Platform, ...]:
    """Return the platforms of a link in the order from its first end to its second; none for a direct one.

    With `source`, one of the ends, the order is from that end. A platform that is not declared is left out.
    """
    hub = country.platforms.get(link.spec.platform) if link.spec.platform else None
    if hub is None:
        return ()
    ends = link.spec.ends if source in (None, link.spec.ends[0]) else link.spec.ends[::-1]
    if link.spec.via not in _NATIONAL:
        return (hub,)
    found: dict[str, Platform] = {}
    first, last = (exchange_of(country, end, link.spec.environment) for end in ends)
    for platform in (first, hub, last):
        if platform is not None:
            found.setdefault(platform.name, platform)
    return tuple(found.values())


def exchange_of(country: Country, agency: str, environment: str) -> Platform | None:
    """Return the LGSP that serves an agency: its own, or that of the nearest body above."""
    declared = country.agencies_by_code.get(agency)
    if declared is None:
        return None
    for body in (declared, *country.ancestors(declared)):
        for kind in _OF_BODIES:
            if found := country.platforms_by_owner.get((body.code, environment, kind)):
                return found
    return None
