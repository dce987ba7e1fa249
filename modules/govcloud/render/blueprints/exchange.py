"""An exchange: the LGSP of a ministry or province, NDXP and their like, which linked agencies reach and others do not.

It forwards `/agencies/<code>/...` to that agency's gateway, if a link through this platform joins the asking agency to
it. Both the packet filter (only linked gateways get in and are reached) and the table of pairs say so: with three
agencies linked in two pairs, the filter alone would let each reach every other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from govcloud.country import Country
from govcloud.model.cloud import Cluster
from govcloud.model.identifier import slug
from govcloud.model.link import Link
from govcloud.model.platform import Platform
from govcloud.render import exchange, nginx
from govcloud.render.image import image
from govcloud.render.manifest import Manifest
from govcloud.render.network import Opening
from govcloud.render.segment import GATEWAY
from govcloud.render.zone import Zone, gateway_zone, platform_home
from govcloud.rules.chains import chain

__all__ = ["manifests", "openings"]


def openings(country: Country, platform: Platform) -> Iterable[Opening]:
    """Yield the hops of all links that go through the platform."""
    return exchange.openings(country, exchange.links_through(country, platform))


def manifests(country: Country, platform: Platform, zone: Zone) -> Iterable[Manifest]:
    """Yield the proxy that knows every agency's gateway, and who may ask for it."""
    cloud = country.tenants_by_agency[platform.spec.owner].spec.cloud
    config = _configuration(country, platform, zone, country.clouds[cloud].spec.cluster)
    own, ports = image(country, cloud, "gateway"), {"http": nginx.HTTP_PORT}
    yield from nginx.workload(zone, platform.spec.kind, config, own, replicas=platform.spec.replicas, ports=ports)


def _configuration(country: Country, declared: Platform, zone: Zone, cluster: Cluster) -> str:
    routes: dict[str, dict[str, Platform | None]] = {}
    for link in exchange.links_through(country, declared):
        for source, target in link.directions():
            if target in country.tenants_by_agency:
                routes.setdefault(target, {})[source] = _next(country, declared, link, source)
    blocks = [_route(country, zone, cluster, target, by_source) for target, by_source in sorted(routes.items())]
    server = nginx.server(
        nginx.HTTP_PORT,
        'location = /healthz { access_log off; return 200 "ok\\n"; }',
        f'location = /identity {{ return 200 "{declared.name}\\n"; }}',
        *(location for _, location in blocks),
        'location / { return 404 "no such agency\\n"; }',
    )
    return nginx.configuration(cluster, [*(entry for maps, _ in blocks for entry in maps), server])


def _next(country: Country, here: Platform, link: Link, source: str) -> Platform | None:
    """Return the platform after this one on the way from `source`; None where the target's gateway is next."""
    way = chain(country, link, source=source)
    after = way.index(here) + 1
    return way[after] if after < len(way) else None


def _route(
    country: Country, zone: Zone, cluster: Cluster, target: str, by_source: Mapping[str, Platform | None]
) -> tuple[list[str], str]:
    """Return the maps and the location that lead to one agency, for those who may ask for it.

    A further platform is asked in the words in which this one was; the gateway at the end is told nothing, for nobody
    behind it may take a header's word for who asks. Two askers may have to go different ways, so then the way is looked
    up as well.
    """
    asker = f"$http_{nginx.AGENCY_HEADER.lower().replace('-', '_')}"
    word = slug(target).replace("-", "_")
    peer = gateway_zone(country, country.tenants_by_agency[target], zone.environment)
    gateway = nginx.service_address(peer, GATEWAY, nginx.HTTP_PORT, cluster)

    def by_asker(variable: str, default: str, values: Mapping[str, str]) -> str:
        entries = "".join(f'    "{source}" {value};\n' for source, value in sorted(values.items()))
        return f"map {asker} {variable} {{\n    default {default};\n{entries}}}"

    maps = [by_asker(f"$may_ask_{word}", "0", dict.fromkeys(by_source, "1"))]
    address, prefix, told = f'"{gateway}"', "", '""'
    if any(by_source.values()):
        addresses = {
            source: nginx.service_address(platform_home(country, p), p.spec.kind, nginx.HTTP_PORT, cluster)
            for source, p in by_source.items()
            if p is not None
        }
        address, prefix, told = f"$way_to_{word}", f"$path_to_{word}", f"$told_to_{word}"
        maps.append(by_asker(address, f'"{gateway}"', {s: f'"{a}"' for s, a in addresses.items()}))
        maps.append(by_asker(prefix, '""', dict.fromkeys(addresses, f'"/agencies/{target}"')))
        maps.append(by_asker(told, '""', {source: f'"{source}"' for source in addresses}))
    location = (
        f"location /agencies/{target}/ {{\n"
        f"    if ($may_ask_{word} = 0) {{ return 403; }}\n"
        f"    set $peer {address};\n"
        f"    rewrite (?s)^/agencies/[^/]+(/.*)$ {prefix}$1 break;\n"
        f"    proxy_set_header {nginx.AGENCY_HEADER} {told};\n"
        f"    proxy_pass http://$peer;\n"
        f"}}"
    )
    return maps, location
