"""Who meets whom over the dedicated network: the hops of every link, computed from declarations alone.

A direct link has one hop, from the initiator's gateway to the target's. A link through platforms has one to the first
of them, one between each two, and one from the last to the target's gateway.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.link import Link
from govcloud.model.platform import Platform
from govcloud.render import network
from govcloud.render.network import Opening
from govcloud.render.nginx import HTTP_PORT
from govcloud.render.zone import Zone, gateway_zone, platform_home
from govcloud.rules.chains import chain

__all__ = ["Hop", "hops", "links_through", "openings"]


@dataclass(frozen=True)
class Hop:
    """Connections that the pods of one zone may open to another."""

    source: Zone
    target: Zone
    port: int


def links_through(country: Country, platform: Platform) -> tuple[Link, ...]:
    """Return the links that a platform carries, in the order of their names."""
    return tuple(k for k in country.links.values() if platform in chain(country, k))


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
            platforms = chain(country, link, source=source)
            if link.spec.via == "direct" or platforms:
                way = (first, *(platform_home(country, p) for p in platforms), last)
                found |= {Hop(here, there, HTTP_PORT) for here, there in itertools.pairwise(way)}
    return frozenset(found)


def openings(country: Country, links: Iterable[Link]) -> Iterable[Opening]:
    """Yield what the hops of `links` open in the zones at both their ends, in the order of the namespaces."""
    for hop in sorted(hops(country, links), key=lambda h: (h.source.namespace, h.target.namespace)):
        yield network.egress(hop.source, hop.target, [hop.port])
        yield network.ingress(hop.target, hop.source, [hop.port])


def _gateway(country: Country, agency: str, link: Link) -> Zone | None:
    tenant = country.tenants_by_agency.get(agency)
    if tenant is None or (tenant.name, link.spec.environment) not in country.segments_by_tenant:
        return None
    return gateway_zone(country, tenant, link.spec.environment)
