"""NET-04 live: a tenant cannot open what was not declared, by policy, service or hand-made endpoint."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from govcloud.audit.access import Access, DeclaredHost
from govcloud.audit.attempt import RBAC, Attempt, perform, policy
from govcloud.audit.check import Check, Examination, by_tenant
from govcloud.clouds.request import Request, collection
from govcloud_base.errors import Text

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
    rules: dict[Text, dict[str, Any]] = {
        Text("ingress from everywhere", "cho vào từ mọi nơi"): {"ingress": [{}]},
        Text("egress to everywhere", "cho ra mọi nơi"): {"egress": [{}], "policyTypes": ["Egress"]},
        Text("ingress from every namespace", "cho vào từ mọi namespace"): {"ingress": [{"from": [anybody]}]},
        Text("ingress from another tenant", "cho vào từ đơn vị thuê khác"): {"ingress": [{"from": [other]}]},
        Text("ingress by a label that exists", "cho vào theo nhãn có tồn tại"): {"ingress": [{"from": [not_in]}]},
        Text("egress to another tenant", "cho ra đơn vị thuê khác"): {
            "egress": [{"to": [other]}],
            "policyTypes": ["Egress"],
        },
        Text("egress to all addresses", "cho ra mọi địa chỉ"): {
            "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}],
            "policyTypes": ["Egress"],
        },
        Text("a harmless peer beside a foreign one", "một bên vô hại cạnh một bên ngoài"): {
            "ingress": [{"from": [{"podSelector": {}}, other]}]
        },
    }
    for address in sorted({host.address for host in hosts}):
        block = {"cidr": str(ipaddress.ip_network(address))}
        rules[Text(f"egress to {address}", f"cho ra địa chỉ {address}")] = {
            "egress": [{"to": [{"ipBlock": block}]}],
            "policyTypes": ["Egress"],
        }
    for name, spec in rules.items():
        yield Attempt(
            Text(f"NetworkPolicy: {name.en}", f"NetworkPolicy: {name.vi}"),
            _network_policy(namespace, **spec),
            (policy("network-policies", "NET-04"), RBAC),
            twin,
        )
    published: dict[Text, dict[str, Any]] = {
        Text.quoted("NodePort"): {"type": "NodePort"},
        Text.quoted("LoadBalancer"): {"type": "LoadBalancer"},
        Text("ExternalName of another tenant", "ExternalName của đơn vị thuê khác"): {
            "type": "ExternalName",
            "externalName": f"gateway.{other_tenant}-prod-tsl.svc.cluster.local",
        },
        Text("external address", "địa chỉ bên ngoài"): {"externalIPs": ["203.0.113.7"]},
    }
    for name, spec in published.items():
        yield Attempt(
            Text(f"Service: {name.en}", f"Service: {name.vi}"),
            _service(namespace, **spec),
            (policy("services", "NET-04"), RBAC),
            twin,
        )
    yield Attempt(
        Text("EndpointSlice by hand", "EndpointSlice làm thủ công"),
        _slice(namespace),
        (policy("endpoints", "NET-04"), RBAC),
        twin,
    )
    yield Attempt(
        Text("Endpoints by hand", "Endpoints làm thủ công"),
        _endpoints(namespace),
        (policy("endpoints", "NET-04"), RBAC),
        twin,
    )


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
