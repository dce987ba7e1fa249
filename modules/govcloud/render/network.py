"""NetworkPolicies: nothing in or out but what is declared, both ends of each flow named by exact labels."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from govcloud.render.manifest import Manifest
from govcloud.render.zone import Zone

__all__ = ["allow_dns", "default_deny", "egress", "egress_to_hosts", "ingress"]

DNS_NAMESPACE = "kube-system"
DNS_LABELS = {"k8s-app": "kube-dns"}
DNS_PORT = 53


def default_deny(zone: Zone) -> Manifest:
    """Return the policy that drops everything in both directions."""
    return _policy(zone, "default-deny", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})


def allow_dns(zone: Zone) -> Manifest:
    """Return the policy that lets pods ask the cluster's DNS, and nobody else, for names."""
    peer = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": DNS_NAMESPACE}},
        "podSelector": {"matchLabels": DNS_LABELS},
    }
    ports = [{"protocol": protocol, "port": DNS_PORT} for protocol in ("UDP", "TCP")]
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [peer], "ports": ports}]}
    return _policy(zone, "allow-dns", spec)


def egress(zone: Zone, target: Zone, ports: Iterable[int]) -> Manifest:
    """Return the policy in `zone` that lets its pods open connections to `target`."""
    spec = {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [{"to": [_peer(target)], "ports": _ports(ports)}],
    }
    return _policy(zone, f"egress-to-{_relative(zone, target)}", spec)


def ingress(zone: Zone, source: Zone, ports: Iterable[int]) -> Manifest:
    """Return the policy in `zone` that accepts connections from `source`; the counterpart of egress."""
    spec = {
        "podSelector": {},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [_peer(source)], "ports": _ports(ports)}],
    }
    return _policy(zone, f"ingress-from-{_relative(zone, source)}", spec)


def egress_to_hosts(zone: Zone, name: str, addresses: Iterable[str], port: int) -> Manifest:
    """Return the policy `egress-to-<name>` that lets pods open connections to single hosts outside the cluster."""
    hosts = sorted(str(ipaddress.ip_network(address)) for address in addresses)
    spec = {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [{"to": [{"ipBlock": {"cidr": host}} for host in hosts], "ports": _ports([port])}],
    }
    return _policy(zone, f"egress-to-{name}", spec)


def _relative(zone: Zone, other: Zone) -> str:
    """Return how `zone` calls `other`: by its zone within the environment, by its namespace beyond."""
    same = (zone.tenant, zone.environment) == (other.tenant, other.environment)
    return other.name if same else other.namespace


def _peer(zone: Zone) -> Manifest:
    return {"namespaceSelector": {"matchLabels": zone.selector}}


def _ports(ports: Iterable[int]) -> Sequence[Manifest]:
    return [{"protocol": "TCP", "port": port} for port in sorted(set(ports))]


def _policy(zone: Zone, name: str, spec: Manifest) -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": zone.namespace, "labels": zone.labels},
        "spec": spec,
    }
