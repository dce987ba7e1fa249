"""Traffic between a tenant's own zones and its gateway, decided by the Segment, rendered on both sides.

A zone attached to the segment may open connections to the gateway: to its own port, and to one port for each link. The
gateway may open connections to the one service that the segment publishes.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.model.link import Link
from govcloud.model.segment import Segment
from govcloud.model.tenant import Tenant
from govcloud.render import network
from govcloud.render.network import Opening
from govcloud.render.zone import gateway_zone, zone_of

__all__ = ["GATEWAY_PORT", "gateway_side", "links_of", "outgoing_ports", "zone_side"]

GATEWAY_PORT = 8080
"""Port of the gateway's own answers, and of what it publishes to the other ends of links."""


def links_of(country: Country, segment: Segment, date: datetime.date | None = None) -> tuple[Link, ...]:
    """Return the links that end at a segment; with a date, those in force then."""
    agency = country.tenants[segment.spec.tenant].spec.agency
    return tuple(
        link
        for link in country.links_by_agency.get(agency, ())
        if link.spec.environment == segment.spec.environment and (date is None or link.holds(date))
    )


def outgoing_ports(country: Country, segment: Segment, date: datetime.date | None = None) -> frozenset[int]:
    """Return the gateway's ports that lead to other ends: those of links that this end may open."""
    agency = country.tenants[segment.spec.tenant].spec.agency
    links = links_of(country, segment, date)
    return frozenset(k.spec.listen for k in links if any(source == agency for source, _ in k.directions()))


def zone_side(country: Country, tenant: Tenant, environment: str) -> Iterable[Opening]:
    """Yield what is open in the tenant's zones."""
    segment = country.segments_by_tenant.get((tenant.name, environment))
    if segment is None:
        return
    gateway = gateway_zone(country, tenant, environment)
    for name in segment.spec.zones:
        zone = zone_of(country, tenant, environment, name)
        ports = {GATEWAY_PORT, *outgoing_ports(country, segment)}
        yield network.egress(zone, gateway, ports)
    if segment.spec.publishes:
        zone = zone_of(country, tenant, environment, segment.spec.publishes.zone)
        yield network.ingress(zone, gateway, [segment.spec.publishes.port])


def gateway_side(country: Country, segment: Segment) -> Iterable[Opening]:
    """Yield what is open in the gateway's namespace."""
    tenant, environment = country.tenants[segment.spec.tenant], segment.spec.environment
    gateway = gateway_zone(country, tenant, environment)
    for name in segment.spec.zones:
        zone = zone_of(country, tenant, environment, name)
        ports = {GATEWAY_PORT, *outgoing_ports(country, segment)}
        yield network.ingress(gateway, zone, ports)
    if segment.spec.publishes:
        zone = zone_of(country, tenant, environment, segment.spec.publishes.zone)
        yield network.egress(gateway, zone, [segment.spec.publishes.port])
