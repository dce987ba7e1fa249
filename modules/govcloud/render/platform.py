"""A shared platform: the exchange (LGSP) of a ministry or province, which linked agencies reach and others do not.

It forwards `/agencies/<code>/...` to that agency's gateway, if a link through this platform joins the asking agency to
it. Both the packet filter (only linked gateways get in and are reached) and the table of pairs say so: with three
agencies linked in two pairs, the filter alone would let each reach every other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.cloud import Cluster
from govcloud.model.identifier import slug
from govcloud.model.platform import Platform
from govcloud.render import access, exchange, network, nginx
from govcloud.render.manifest import Manifest, Rendering, keyed
from govcloud.render.namespace import guards
from govcloud.render.segment import AGENCY_HEADER, GATEWAY
from govcloud.render.zone import Zone, gateway_zone

__all__ = ["PlatformManifests", "platform"]


@dataclass(frozen=True, kw_only=True)
class PlatformManifests(Rendering):
    """What the stack `platform.<name>` consists of."""

    platform: str
    """Name of the platform."""


def platform(country: Country, name: str) -> PlatformManifests:
    """Render the platform called `name`. Expects a country without errors. Raises KeyError for an unknown one."""
    declared = country.platforms[name]
    zone = exchange.platform_home(country, declared)
    return PlatformManifests(
        cloud=country.tenants_by_agency[declared.spec.owner].spec.cloud,
        manifests=keyed(_manifests(country, declared, zone)),
        namespaces=(zone.namespace,),
        platform=name,
    )


def _manifests(country: Country, declared: Platform, zone: Zone) -> Iterable[Manifest]:
    cloud = country.clouds[country.tenants_by_agency[declared.spec.owner].spec.cloud].spec
    yield from guards(zone, declared.spec.quota, cloud)
    through = exchange.links_through(country, declared)
    for hop in sorted(exchange.hops(country, through), key=lambda h: (h.source.namespace, h.target.namespace)):
        if hop.source == zone:
            yield network.egress(zone, hop.target, [hop.port])
        if hop.target == zone:
            yield network.ingress(zone, hop.source, [hop.port])
    # Whoever could open a shell here could ask any linked agency in the name of any other: the owner may look.
    yield from access.roles(zone, ["viewer"])
    config = _configuration(country, declared, zone, cloud.cluster)
    ports = {"http": nginx.HTTP_PORT}
    yield from nginx.workload(zone, declared.spec.kind, config, replicas=declared.spec.replicas, ports=ports)


def _configuration(country: Country, declared: Platform, zone: Zone, cluster: Cluster) -> str:
    asking: dict[str, set[str]] = {}
    for link in exchange.links_through(country, declared):
        for source, target in link.directions():
            asking.setdefault(target, set()).add(source)
    header = AGENCY_HEADER.lower().replace("-", "_")
    maps, locations = [], []
    for target, sources in sorted(asking.items()):
        variable = f"$may_ask_{slug(target).replace('-', '_')}"
        entries = "".join(f'    "{source}" 1;\n' for source in sorted(sources))
        maps.append(f"map $http_{header} {variable} {{\n    default 0;\n{entries}}}")
        peer = gateway_zone(country, country.tenants_by_agency[target], zone.environment)
        address = nginx.service_address(peer, GATEWAY, nginx.HTTP_PORT, cluster)
        locations.append(
            f"    location /agencies/{target}/ {{\n"
            f"        if ({variable} = 0) {{ return 403; }}\n"
            f'        set $peer "{address}";\n'
            f"        rewrite ^/agencies/[^/]+(/.*)$ $1 break;\n"
            f"        proxy_pass http://$peer;\n"
            f"    }}"
        )
    server = "\n".join(
        [
            "server {",
            f"    listen {nginx.HTTP_PORT};",
            '    location = /healthz { access_log off; return 200 "ok\\n"; }',
            f'    location = /identity {{ return 200 "{declared.name}\\n"; }}',
            *locations,
            '    location / { return 404 "no such agency\\n"; }',
            "}",
        ]
    )
    return nginx.configuration(cluster, [*maps, server])
