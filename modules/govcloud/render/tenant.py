"""A tenant: the namespaces of its zones with their guards, flows and roles, its buckets and storage identities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.cloud import CloudSpec
from govcloud.model.quota import Quota
from govcloud.model.tenant import Tenant
from govcloud.render import access, gateway_flow, network, storage
from govcloud.render.manifest import Manifest, Rendering, keyed
from govcloud.render.namespace import guards
from govcloud.render.network import Opening
from govcloud.render.zone import Zone, zone_of
from govcloud.rules.shared_room import room

__all__ = ["TenantManifests", "tenant", "zone_flows", "zone_quotas"]


@dataclass(frozen=True, kw_only=True)
class TenantManifests(Rendering):
    """What the stack `tenant.<name>` consists of."""

    tenant: str
    """Name of the tenant."""


def tenant(country: Country, name: str, environment: str | None = None) -> TenantManifests:
    """Render the tenant called `name`, or one environment of it.

    Expects a country without errors (rules.require). Raises KeyError for an unknown tenant or environment.
    """
    declared = country.tenants[name]
    environments = [environment] if environment else list(declared.spec.environments)
    cloud = country.clouds[declared.spec.cloud].spec
    manifests = keyed(m for e in environments for m in _environment(country, declared, e, cloud))
    return TenantManifests(
        cloud=declared.spec.cloud,
        manifests=manifests,
        namespaces=tuple(m["metadata"]["name"] for m in manifests.values() if m["kind"] == "Namespace"),
        tenant=name,
        buckets=tuple(b for e in environments for b in storage.buckets(country, declared, e)),
        identities=tuple(i for e in environments if (i := storage.identity(country, declared, e))),
    )


def zone_quotas(country: Country, declared: Tenant, environment: str) -> dict[str, Quota]:
    """Return each zone's part of the environment's quota: by declared share, else by the level table's."""
    table = country.level_table(declared)
    defaults = table.spec.zones if table else {}
    wanted = declared.spec.environments[environment]
    shares: dict[str, int] = {}
    for zone in country.zones(declared, environment):
        own = wanted.zones.get(zone)
        standard = defaults[zone].share if zone in defaults else 1
        shares[zone] = own.share if own and own.share else standard
    return wanted.quota.split(shares)


def zone_flows(declared: Tenant, environment: str) -> dict[tuple[str, str], frozenset[int]]:
    """Return the declared ports of each ordered pair of zones."""
    flows: dict[tuple[str, str], frozenset[int]] = {}
    for flow in declared.spec.environments[environment].flows:
        for target in flow.to:
            pair = (flow.source, target)
            flows[pair] = flows.get(pair, frozenset()) | frozenset(flow.ports)
    return flows


def _environment(country: Country, declared: Tenant, environment: str, cloud: CloudSpec) -> Iterable[Manifest]:
    zones = {name: zone_of(country, declared, environment, name) for name in country.zones(declared, environment)}
    quotas = zone_quotas(country, declared, environment)
    openings = list(_openings(country, declared, environment, zones, cloud))
    for name, zone in zones.items():
        yield from guards(zone, quotas[name], room(country, declared), cloud, openings)
    for zone in zones.values():
        yield from access.bindings(country.law.catalogue, zone, declared.spec.access.roles)


def _openings(
    country: Country, declared: Tenant, environment: str, zones: Mapping[str, Zone], cloud: CloudSpec
) -> Iterable[Opening]:
    """Yield both sides of each declared flow between zones, the ways to and from the gateway, and to the store."""
    for (source, target), ports in sorted(zone_flows(declared, environment).items()):
        yield network.egress(zones[source], zones[target], ports)
        yield network.ingress(zones[target], zones[source], ports)
    yield from gateway_flow.zone_side(country, declared, environment)
    reach = cloud.object_store.workloads
    if reach and declared.spec.storage.buckets:
        holder = storage.holder(country, declared, environment)
        yield network.egress_to_hosts(holder, reach.addresses, reach.port)
