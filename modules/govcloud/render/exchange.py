"""Who meets whom over the dedicated network: the hops of every link, computed from declarations alone.

A direct link has one hop, from the initiator's gateway to the target's. A link through a platform has two: gateway to
platform, platform to gateway.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.link import Link
from govcloud.model.platform import Platform
from govcloud.render.nginx import HTTP_PORT
from govcloud.render.zone import Zone, gateway_zone, platform_zone

__all__ = ["Hop", "hops", "links_through", "platform_home"]


@dataclass(frozen=True)
class Hop:
    """Connections that the pods of one zone may open to another."""

    source: Zone
    target: Zone
    port: int


def platform_home(country: Country, platform: Platform) -> Zone:
    """Return the zone in which a platform runs."""
    owner = country.tenants_by_agency[platform.spec.owner]
    return platform_zone(country, owner, platform.spec.environment, platform.spec.level)


def links_through(country: Country, platform: Platform) -> tuple[Link, ...]:
    """Return the links that a platform carries, in the order of their names."""
    return tuple(k for k in country.links.values() if k.spec.platform == platform.name)


def hops(country: Country, links: Iterable[Link] | None = None) -> frozenset[Hop]:
    """Return the hops of `links`, of all where none are given.

    Ends without a segment have no gateway and no hop; rules report them.
    """
    found: set[Hop] = set()
    for link in country.links.values() if links is None else links:
        for source, target in link.directions():
            first, last = _gateway(country, source, link), _gateway(country, target, link)
            if first is None or last is None:
                continue
            if link.spec.via == "direct":
                found.add(Hop(first, last, HTTP_PORT))
            elif link.spec.platform is not None and link.spec.platform in country.platforms:
                middle = platform_home(country, country.platforms[link.spec.platform])
                found |= {Hop(first, middle, HTTP_PORT), Hop(middle, last, HTTP_PORT)}
    return frozenset(found)


def _gateway(country: Country, agency: str, link: Link) -> Zone | None:
    tenant = country.tenants_by_agency.get(agency)
    if tenant is None or (tenant.name, link.spec.environment) not in country.segments_by_tenant:
        return None
    return gateway_zone(country, tenant, link.spec.environment)
