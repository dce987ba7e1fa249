"""NET-04 at preview: flows name both ends by exact labels; nothing is published around the policies."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from declared import Declared, control, resource_rule
from store_hosts import declared_hosts

__all__ = ["policies_name_their_peers", "services_stay_inside"]

_FLOWS = control("NET-04")
_NAME_LABEL = "kubernetes.io/metadata.name"
"""Set by the API server on every namespace to its own name, and not changeable."""


@resource_rule("NET-04")
def policies_name_their_peers(resource: Declared) -> Iterator[str]:
    """Every rule of a NetworkPolicy names peers: one tenant's zone, one namespace by name, or outwards, the
    declared hosts of the cloud's object store at its port."""
    if resource.kind != "NetworkPolicy":
        return
    for direction, end in (("ingress", "from"), ("egress", "to")):
        for rule in resource.spec.get(direction) or ():
            peers = rule.get(end) or ()
            if not peers:
                yield f"NetworkPolicy {resource.name}: an {direction} rule without `{end}` opens to everybody"
            for peer in peers:
                for violation in _host(direction, rule, peer, resource.cloud) if peer.get("ipBlock") else _peer(peer):
                    yield f"NetworkPolicy {resource.name}: {direction}: {violation}"


def _peer(peer: Mapping[str, Any]) -> Iterator[str]:
    selector = peer.get("namespaceSelector")
    if selector is None:
        if peer.get("podSelector") is None:
            yield "a peer that selects nothing is refused"
        return
    exact = selector.get("matchLabels") or {}
    if selector.get("matchExpressions"):
        yield "namespaces must be named by exact labels, not by expressions"
    elif not exact.get(_FLOWS.string("selector_label")) and not exact.get(_NAME_LABEL):
        yield f"namespaces must be named by the exact label {_FLOWS.string('selector_label')}"


def _host(direction: str, rule: Mapping[str, Any], peer: Mapping[str, Any], cloud: str) -> Iterator[str]:
    """The one way out of the cluster that declarations open is to the hosts of the cloud's object store."""
    cidr = str(peer["ipBlock"].get("cidr"))
    if direction != "egress":
        yield f"{cidr}: who comes from outside the cluster is let in by gateways, not by address"
        return
    ports = rule.get("ports") or ()
    if not ports:
        yield f"{cidr}: a host is opened at stated ports only"
    try:
        network = str(ipaddress.ip_network(cidr))
    except ValueError:
        network = cidr
    allowed = declared_hosts(cloud)
    if network not in {address for address, _ in allowed}:
        yield f"{cidr} is no host of the object store that the cloud declares"
        return
    for port in ports:
        number, last = port.get("port"), port.get("endPort")
        if (network, number) not in allowed or last not in (None, number) or port.get("protocol", "TCP") != "TCP":
            yield f"{cidr}: the object store does not answer at {port.get('protocol', 'TCP')} {number}"


@resource_rule("NET-04")
def services_stay_inside(resource: Declared) -> Iterator[str]:
    """A Service is reachable inside the cluster only."""
    if resource.kind != "Service":
        return
    kind = resource.spec.get("type") or "ClusterIP"
    if kind in _FLOWS.strings("service_types_refused"):
        yield f"Service {resource.name} of type {kind} is refused"
    if resource.spec.get("externalIPs"):
        yield f"Service {resource.name}: externalIPs are refused"
