"""Who may open connections to whom, computed from what is declared and not from what is rendered.

Compliance tests compare measured traffic with this relation. Were it read off the rendered policies, a mistake in
rendering would be compared with itself.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model import names
from govcloud.model.platform import Platform
from govcloud.model.tenant import Tenant
from govcloud.render import storage
from govcloud.rules.chains import chain

__all__ = ["Flow", "HostFlow", "Reachability", "reachability"]

_PORT = 8080  # of gateways and exchange platforms


@dataclass(frozen=True, order=True)
class Flow:
    """Pods of one namespace may open connections to pods of another at a port."""

    source: str
    target: str
    port: int
    protocol: str = "TCP"


@dataclass(frozen=True, order=True)
class HostFlow:
    """Pods of one namespace may open TCP connections to a host outside the cluster at a port."""

    source: str
    address: str
    port: int


@dataclass(frozen=True)
class Reachability:
    """The declared relation. What is not in it must be dropped; asking the cluster's DNS is allowed everywhere."""

    namespaces: frozenset[str]
    """Every namespace that declarations make."""
    flows: frozenset[Flow]
    """Allowed flows between them, and within one where declared."""
    hosts: frozenset[HostFlow] = frozenset()
    """Allowed flows to hosts outside: the object store of the cloud, for the zones that hold keys to it."""

    def allows(self, source: str, target: str, port: int) -> bool:
        """Return whether `source` may open TCP connections to `target` at `port`."""
        return Flow(source, target, port) in self.flows


def reachability(country: Country, date: datetime.date) -> Reachability:
    """Return who may reach whom on `date`."""
    namespaces: set[str] = set()
    flows: set[Flow] = set()
    for tenant in country.tenants.values():
        for environment, wanted in tenant.spec.environments.items():
            for zone in country.zones(tenant, environment):
                namespaces.add(names.namespace(tenant.name, environment, zone))
            for flow in wanted.flows:
                source = names.namespace(tenant.name, environment, flow.source)
                flows |= {
                    Flow(source, names.namespace(tenant.name, environment, target), port)
                    for target in flow.to
                    for port in flow.ports
                }
    for platform in country.platforms.values():
        owner = country.tenants_by_agency[platform.spec.owner]
        namespaces.add(_home(owner, platform))
    for segment in country.segments.values():
        namespaces.add(names.namespace(segment.spec.tenant, segment.spec.environment, names.GATEWAY_ZONE))
    flows.update(_gateway_flows(country, date))
    flows.update(_link_flows(country, date))
    return Reachability(frozenset(namespaces), frozenset(flows), frozenset(_store_flows(country)))


def _store_flows(country: Country) -> Iterable[HostFlow]:
    """Yield the ways of workloads to their cloud's object store."""
    for tenant in country.tenants.values():
        if not tenant.spec.storage.buckets:
            continue
        reach = country.clouds[tenant.spec.cloud].spec.object_store.workloads
        if reach is None:
            continue
        for environment in tenant.spec.environments:
            source = storage.holder(country, tenant, environment).namespace
            yield from (HostFlow(source, address, reach.port) for address in reach.addresses)


def _gateway_flows(country: Country, date: datetime.date) -> Iterable[Flow]:
    """Yield traffic between gateways and the zones of their own tenant."""
    for segment in country.segments.values():
        tenant, environment = segment.spec.tenant, segment.spec.environment
        gateway = names.namespace(tenant, environment, names.GATEWAY_ZONE)
        agency = country.tenants[tenant].spec.agency
        ports = {_PORT}
        for link in country.links_by_agency.get(agency, ()):
            opens = any(source == agency for source, _ in link.directions())
            if opens and link.spec.environment == environment and link.holds(date):
                ports.add(link.spec.listen)
        for zone in segment.spec.zones:
            yield from (Flow(names.namespace(tenant, environment, zone), gateway, port) for port in ports)
        offer = segment.spec.publishes
        if offer is not None:
            yield Flow(gateway, names.namespace(tenant, environment, offer.zone), offer.port)


def _link_flows(country: Country, date: datetime.date) -> Iterable[Flow]:
    """Yield traffic between gateways of different tenants, and through platforms."""
    for link in country.links.values():
        if not link.holds(date):
            continue
        for source, target in link.directions():
            ends = []
            for code in (source, target):
                tenant = country.tenants_by_agency.get(code)
                if tenant and (tenant.name, link.spec.environment) in country.segments_by_tenant:
                    ends.append(names.namespace(tenant.name, link.spec.environment, names.GATEWAY_ZONE))
            if len(ends) != 2:
                continue
            platforms = chain(country, link, source=source)
            middle = [_home(country.tenants_by_agency[p.spec.owner], p) for p in platforms]
            for here, there in itertools.pairwise([ends[0], *middle, ends[1]]):
                yield Flow(here, there, _PORT)


def _home(owner: Tenant, platform: Platform) -> str:
    return names.namespace(owner.name, platform.spec.environment, platform.spec.zone)
