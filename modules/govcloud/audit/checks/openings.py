"""NET-04 live: a tenant cannot open what was not declared, by policy, service or hand-made endpoint."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from govcloud.audit.access import Access, DeclaredHost
from govcloud.audit.attempt import RBAC, Attempt, perform, policy
from govcloud.audit.check import Check, Examination, by_tenant
from govcloud.audit.request import Request, collection

__all__ = ["CHECK", "attempts"]

_NAME = "govcloud-audit-opening"
_TENANT = "govcloud.gov.vn/tenant"


def _network_policy(namespace: str, **spec: Any) -> Request:
    body = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": _NAME, "namespace": namespace},
        "spec": {"podSelector": {}, **spec},
    }
    return Request("POST", collection("networking.k8s.io", "networkpolicies", namespace), body).dry_run()


def _service(namespace: str, **spec: Any) -> Request:
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": _NAME, "namespace": namespace},
        "spec": {"ports": [{"port": 80}], "selector": {"app": _NAME}, **spec},
    }
    return Request("POST", collection("", "services", namespace), body).dry_run()


def attempts(namespace: str, other_tenant: str, hosts: Iterable[DeclaredHost] = ()) -> Iterator[Attempt]:
    """Return every attempt, as dry runs; `other_tenant` is whom an opening would let in, `hosts` are those outside.

    The twin of all is an ordinary service: it shows that the identity may publish what stays inside.
    """
    twin = _service(namespace)
    anybody: dict[str, Any] = {"namespaceSelector": {}}
    other = {"namespaceSelector": {"matchLabels": {_TENANT: other_tenant}}}
    not_in = {"namespaceSelector": {"matchExpressions": [{"key": _TENANT, "operator": "Exists"}]}}
    rules: dict[str, dict[str, Any]] = {
        "ingress from everywhere": {"ingress": [{}]},
        "egress to everywhere": {"egress": [{}], "policyTypes": ["Egress"]},
        "ingress from every namespace": {"ingress": [{"from": [anybody]}]},
        "ingress from another tenant": {"ingress": [{"from": [other]}]},
        "ingress by a label that exists": {"ingress": [{"from": [not_in]}]},
        "egress to another tenant": {"egress": [{"to": [other]}], "policyTypes": ["Egress"]},
        "egress to all addresses": {
            "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}],
            "policyTypes": ["Egress"],
        },
        "a harmless peer beside a foreign one": {"ingress": [{"from": [{"podSelector": {}}, other]}]},
    }
    for address in sorted({host.address for host in hosts}):
        block = {"cidr": str(ipaddress.ip_network(address))}
        rules[f"egress to {address}"] = {"egress": [{"to": [{"ipBlock": block}]}], "policyTypes": ["Egress"]}
    for name, spec in rules.items():
        yield Attempt(
            f"NetworkPolicy: {name}",
            _network_policy(namespace, **spec),
            (policy("network-policies", "NET-04"), RBAC),
            twin,
        )
    published: dict[str, dict[str, Any]] = {
        "NodePort": {"type": "NodePort"},
        "LoadBalancer": {"type": "LoadBalancer"},
        "ExternalName of another tenant": {
            "type": "ExternalName",
            "externalName": f"gateway.{other_tenant}-prod-tsl.svc.cluster.local",
        },
        "external address": {"externalIPs": ["203.0.113.7"]},
    }
    for name, spec in published.items():
        yield Attempt(f"Service: {name}", _service(namespace, **spec), (policy("services", "NET-04"), RBAC), twin)
    yield Attempt("EndpointSlice by hand", _slice(namespace), (policy("endpoints", "NET-04"), RBAC), twin)
    yield Attempt("Endpoints by hand", _endpoints(namespace), (policy("endpoints", "NET-04"), RBAC), twin)


def _slice(namespace: str) -> Request:
    body = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": _NAME, "namespace": namespace},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.251.0.9"]}],
        "ports": [{"port": 8080}],
    }
    return Request("POST", collection("discovery.k8s.io", "endpointslices", namespace), body).dry_run()


def _endpoints(namespace: str) -> Request:
    body = {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": _NAME, "namespace": namespace},
        "subsets": [{"addresses": [{"ip": "10.251.0.9"}], "ports": [{"port": 8080}]}],
    }
    return Request("POST", collection("", "endpoints", namespace), body).dry_run()


def _examine(subject: str, access: Access) -> Examination:
    tenant = access.tenants[subject]
    other = next((name for name in access.tenants if name != subject), "another")
    planned = list(attempts(tenant.home, other, access.hosts))
    return Examination(len(planned), tuple(perform(tenant.api, planned)))


CHECK = Check("NET-04.openings", ("NET-04",), by_tenant, _examine)
