"""A zone's NetworkPolicy: nothing in or out but what is declared, both ends of each flow named by exact labels.

One policy holds all of a zone's flows, so that nothing is open while it changes and nobody has to add policies up to
know what is (ADR 0031).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from govcloud.render.manifest import Manifest
from govcloud.render.zone import Zone

__all__ = ["POLICY", "Opening", "egress", "egress_to_hosts", "ingress", "policy"]

POLICY = "zone"
"""Name of the policy in each namespace."""

_DNS_PEER: Manifest = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
}
_DNS_PORTS: list[Manifest] = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]


@dataclass(frozen=True)
class Opening:
    """Connections that the policy of a zone lets pass: out to peers, or in from them, at TCP ports."""

    zone: Zone
    direction: Literal["egress", "ingress"]
    peers: tuple[Manifest, ...]
    ports: frozenset[int]


def egress(zone: Zone, target: Zone, ports: Iterable[int]) -> Opening:
    """Return that pods of `zone` may open connections to `target`."""
    return Opening(zone, "egress", (_peer(target),), frozenset(ports))


def ingress(zone: Zone, source: Zone, ports: Iterable[int]) -> Opening:
    """Return that `zone` accepts connections from `source`; the counterpart of egress."""
    return Opening(zone, "ingress", (_peer(source),), frozenset(ports))


def egress_to_hosts(zone: Zone, addresses: Iterable[str], port: int) -> Opening:
    """Return that pods of `zone` may open connections to single hosts outside the cluster."""
    hosts = sorted(str(ipaddress.ip_network(address)) for address in addresses)
    return Opening(zone, "egress", tuple({"ipBlock": {"cidr": host}} for host in hosts), frozenset([port]))


def policy(zone: Zone, openings: Iterable[Opening]) -> Manifest:
    """Return the policy that drops everything in both directions but questions to the cluster's DNS and those of the
    `openings` that are this zone's, in the order given.
    """
    rules: dict[str, list[Manifest]] = {"ingress": [], "egress": [{"to": [_DNS_PEER], "ports": _DNS_PORTS}]}
    for opening in openings:
        if opening.zone.namespace == zone.namespace:
            end = "to" if opening.direction == "egress" else "from"
            ports = [{"protocol": "TCP", "port": port} for port in sorted(opening.ports)]
            rules[opening.direction].append({end: list(opening.peers), "ports": ports})
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": POLICY, "namespace": zone.namespace, "labels": zone.labels},
        "spec": {
            "podSelector": {},
            "policyTypes": ["Ingress", "Egress"],
            # The API server keeps no empty list: written out, it would look like drift for ever.
            **{direction: found for direction, found in rules.items() if found},
        },
    }


def _peer(zone: Zone) -> Manifest:
    return {"namespaceSelector": {"matchLabels": zone.selector}}
