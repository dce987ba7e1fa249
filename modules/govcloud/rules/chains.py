"""The way of a link, platform by platform.

A declaration names one platform. The national ones are reached through the integration platforms (LGSP) of the bodies
at both ends, where these have one: ministry LGSP, NDXP, province LGSP. Which ways demand an LGSP is law and has a date;
where one exists it is used in any case, so the way depends on nothing but what is declared.
"""

from __future__ import annotations

from govcloud.country import Country
from govcloud.model.link import Link
from govcloud.model.platform import Platform

__all__ = ["CENTRAL", "NATIONAL", "chain", "lgsp"]

NATIONAL = frozenset({"ngsp", "ndxp", "ndop"})
"""Kinds of platforms that join the bodies' own ones."""
CENTRAL = NATIONAL | {"portal"}
"""Kinds of platforms that may belong to neither end of a link."""


def chain(country: Country, link: Link, *, source: str | None = None) -> tuple[Platform, ...]:
    """Return the platforms of a link in the order from its first end to its second; none for a direct one.

    With `source`, one of the ends, the order is from that end. A platform that is not declared is left out.
    """
    hub = country.platforms.get(link.spec.platform) if link.spec.platform else None
    if hub is None:
        return ()
    ends = link.spec.ends if source in (None, link.spec.ends[0]) else link.spec.ends[::-1]
    if link.spec.via not in NATIONAL:
        return (hub,)
    found: dict[str, Platform] = {}
    for platform in (lgsp(country, ends[0], link.spec.environment), hub, lgsp(country, ends[1], link.spec.environment)):
        if platform is not None:
            found.setdefault(platform.name, platform)
    return tuple(found.values())


def lgsp(country: Country, agency: str, environment: str) -> Platform | None:
    """Return the LGSP that serves an agency: its own, or that of the nearest body above."""
    declared = country.agencies_by_code.get(agency)
    if declared is None:
        return None
    for body in (declared, *country.ancestors(declared)):
        found = country.platforms_by_owner.get((body.code, environment, "lgsp"))
        if found is not None:
            return found
    return None
