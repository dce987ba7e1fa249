"""A segment: the gateway through which a tenant environment meets the dedicated network, and its walls.

The gateway answers `/healthz` and `/identity` (the agency's code) on its own port, where it also offers what the
segment publishes. Each link that this end may open has a port of its own that leads to the other end: a direct link
as plain TCP to the peer's gateway, a link through a platform as HTTP, marked with this agency's code, which callers
cannot set. What a caller says in that header never leaves a gateway, on any path: a direct link ends at the peer's own
server, which removes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.cloud import Cluster
from govcloud.model.link import Link
from govcloud.model.segment import Segment
from govcloud.render import access, exchange, gateway_flow, nginx
from govcloud.render.image import image
from govcloud.render.manifest import Manifest, Rendering, keyed
from govcloud.render.namespace import guards
from govcloud.render.zone import Zone, gateway_zone, platform_home, zone_of
from govcloud.rules.chains import chain
from govcloud.rules.shared_room import room

__all__ = ["GATEWAY", "SegmentManifests", "segment"]

GATEWAY = "gateway"
"""Name of the gateway's workload and service."""


@dataclass(frozen=True, kw_only=True)
class SegmentManifests(Rendering):
    """What the stack `segment.<name>` consists of."""

    segment: str
    """Name of the segment."""


def segment(country: Country, name: str) -> SegmentManifests:
    """Render the segment called `name`. Expects a country without errors. Raises KeyError for an unknown segment."""
    declared = country.segments[name]
    tenant = country.tenants[declared.spec.tenant]
    zone = gateway_zone(country, tenant, declared.spec.environment)
    return SegmentManifests(
        cloud=tenant.spec.cloud,
        manifests=keyed(_manifests(country, declared, zone)),
        namespaces=(zone.namespace,),
        segment=name,
    )


def _manifests(country: Country, declared: Segment, zone: Zone) -> Iterable[Manifest]:
    tenant = country.tenants[declared.spec.tenant]
    cloud = country.clouds[tenant.spec.cloud].spec
    links = gateway_flow.links_of(country, declared)
    openings = [*gateway_flow.gateway_side(country, declared), *exchange.openings(country, links)]
    yield from guards(zone, declared.spec.quota, room(country, tenant), cloud, openings)
    # The gateway is the network's, not the tenant's: its owner may look.
    yield from access.bindings(country.law.catalogue, zone, ["viewer"])
    outgoing = _outgoing(country, links, zone.agency)
    ports = {"http": nginx.HTTP_PORT} | {f"link-{link.spec.listen}": link.spec.listen for link, _ in outgoing}
    config = _configuration(country, declared, zone, outgoing, cloud.cluster)
    own = image(country, tenant.spec.cloud, "gateway")
    yield from nginx.workload(zone, GATEWAY, config, own, replicas=declared.spec.gateway.replicas, ports=ports)


def _outgoing(country: Country, links: Iterable[Link], agency: str) -> list[tuple[Link, str]]:
    """Return the links that `agency` may open, with the agency at the other end, by port.

    A body outside the State has no gateway here: its links are declared, and opened where it joins the network.
    """
    here = country.tenants_by_agency
    pairs = [(k, target) for k in links for source, target in k.directions() if source == agency and target in here]
    return sorted(pairs, key=lambda pair: pair[0].spec.listen)


def _configuration(
    country: Country, declared: Segment, zone: Zone, outgoing: list[tuple[Link, str]], cluster: Cluster
) -> str:
    http = [_own_server(country, declared, zone, cluster)]
    stream: list[str] = []
    for link, target in outgoing:
        if link.spec.via == "direct":
            peer = gateway_zone(country, country.tenants_by_agency[target], zone.environment)
            address = nginx.service_address(peer, GATEWAY, nginx.HTTP_PORT, cluster)
            stream.append(
                f"server {{ # {link.name}: {target}\n"
                f"    listen {link.spec.listen};\n"
                f'    set $peer "{address}";\n'
                f"    proxy_pass $peer;\n"
                f"}}"
            )
        else:
            platform = chain(country, link, source=zone.agency)[0]
            home = platform_home(country, platform)
            address = nginx.service_address(home, platform.spec.kind, nginx.HTTP_PORT, cluster)
            http.append(
                nginx.server(
                    link.spec.listen,
                    "location / {",
                    f'    set $platform "{address}";',
                    f"    rewrite ^ /agencies/{target}$uri break;",
                    f'    proxy_set_header {nginx.AGENCY_HEADER} "{zone.agency}";',
                    "    proxy_pass http://$platform;",
                    "}",
                    title=f"{link.name}: {target}",
                )
            )
    return nginx.configuration(cluster, http, stream)


def _own_server(country: Country, declared: Segment, zone: Zone, cluster: Cluster) -> str:
    published = 'location / { return 404 "nothing published\\n"; }'
    offer = declared.spec.publishes
    if offer is not None:
        tenant = country.tenants[declared.spec.tenant]
        home = zone_of(country, tenant, zone.environment, offer.zone)
        address = nginx.service_address(home, offer.service, offer.port, cluster)
        published = f'location / {{\n    set $published "{address}";\n    proxy_pass http://$published;\n}}'
    return nginx.server(
        nginx.HTTP_PORT,
        'location = /healthz { access_log off; return 200 "ok\\n"; }',
        f'location = /identity {{ return 200 "{zone.agency}\\n"; }}',
        published,
    )
