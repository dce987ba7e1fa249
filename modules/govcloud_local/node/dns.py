"""Names inside the cloud: CoreDNS as an ordinary Deployment. It knows the cluster's names and nobody outside."""

from __future__ import annotations

import hashlib
import ipaddress
import struct

from govcloud.refusal import refusal
from govcloud_base.errors import Text
from govcloud_local.daemons import probe
from govcloud_local.daemons.component import Home
from govcloud_local.node.images import COREDNS
from govcloud_local.settings import Settings

__all__ = ["DEPLOYMENT", "answers", "corefile", "manifests", "question"]

DEPLOYMENT = "coredns"
_NAMESPACE = "kube-system"
_CONFIGURED = "govcloud.gov.vn/configuration"
_LABELS = {"k8s-app": "kube-dns"}
# As everywhere else: network policies judge the pod's port, behind the Service, and tenants' policies allow this one.
_PORT = 53
_HEALTH, _READY, _METRICS = 8080, 8181, 9153


def manifests(settings: Settings, *, own_users: bool) -> list[dict[str, object]]:
    """Return CoreDNS's objects: account, rights, configuration, Deployment, Service at the cluster's DNS address.

    With `own_users`, it runs under user numbers of its own.
    """
    role = f"system:{DEPLOYMENT}"
    return [
        _object("v1", "ServiceAccount", DEPLOYMENT, automountServiceAccountToken=False),
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": role},
            "rules": [
                {
                    "apiGroups": [""],
                    "resources": ["services", "namespaces"],
                    "verbs": ["list", "watch"],
                },
                {
                    "apiGroups": ["discovery.k8s.io"],
                    "resources": ["endpointslices"],
                    "verbs": ["list", "watch"],
                },
            ],
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": role},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [{"kind": "ServiceAccount", "name": DEPLOYMENT, "namespace": _NAMESPACE}],
        },
        _object("v1", "ConfigMap", DEPLOYMENT, data={"Corefile": corefile(settings)}),
        _object(
            "apps/v1",
            "Deployment",
            DEPLOYMENT,
            labels=_LABELS,
            spec={
                "replicas": 1,
                "revisionHistoryLimit": 1,
                "selector": {"matchLabels": _LABELS},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
                "template": {
                    # another configuration is another Deployment: it is rolled out like any change
                    "metadata": {"labels": _LABELS, "annotations": {_CONFIGURED: _digest(corefile(settings))}},
                    "spec": _pod(own_users=own_users),
                },
            },
        ),
        _object(
            "v1",
            "Service",
            "kube-dns",
            labels=_LABELS,
            spec={
                "clusterIP": settings.dns_address,
                "selector": _LABELS,
                "ports": [
                    {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": "dns"},
                    {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": "dns-tcp"},
                ],
            },
        ),
    ]


def corefile(settings: Settings) -> str:
    """Return CoreDNS's configuration. There is nobody to forward to: every other name does not exist here."""
    reverse = ["in-addr.arpa", *(["ip6.arpa"] if settings.second else [])]
    zones = " ".join(f"{zone}:{_PORT}" for zone in (settings.cluster_domain, *reverse))
    return f"""{zones} {{
    errors
    health :{_HEALTH} {{
        lameduck 1s
    }}
    ready :{_READY}
    kubernetes {settings.cluster_domain} {" ".join(reverse)} {{
        pods disabled
        ttl 5
    }}
    prometheus :{_METRICS}
    cache 5
    reload
    loadbalance
}}
.:{_PORT} {{
    errors
    template ANY ANY . {{
        rcode NXDOMAIN
    }}
}}
"""


def answers(settings: Settings) -> Text | None:
    """Ask the name service for the API's name, at its Service address; return None or what is wrong."""
    name = f"kubernetes.default.svc.{settings.cluster_domain}"
    try:
        with probe.connect(settings, settings.dns_address, 53, Home.NETWORK) as connection:
            connection.sendall(question(name))
            answer = connection.recv(4096)
    except OSError as error:
        reason, at = refusal(error), settings.dns_address
        return Text(
            f"the name service at {at} does not answer: {reason.en}",
            f"dịch vụ tên miền tại {at} không trả lời: {reason.vi}",
        )
    expected = ipaddress.ip_address(settings.kubernetes_address).packed
    if answer.endswith(expected):
        return None
    return Text(f"the name service does not know {name}", f"dịch vụ tên miền không biết tên {name}")


def question(name: str) -> bytes:
    """Return a DNS query for the address of `name`, as sent over TCP (RFC 1035 §4.1, §4.2.2)."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    message = struct.pack(">6H", 1, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)
    return struct.pack(">H", len(message)) + message


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _pod(*, own_users: bool) -> dict[str, object]:
    return {
        **({"hostUsers": False} if own_users else {}),
        "serviceAccountName": DEPLOYMENT,
        "automountServiceAccountToken": True,
        "priorityClassName": "system-cluster-critical",
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 5,
        # no name server of its own: it would be itself
        "dnsPolicy": "Default",
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "coredns",
                "image": COREDNS,
                "imagePullPolicy": "Never",
                "args": ["-conf", "/etc/coredns/Corefile"],
                "ports": [
                    {"name": "dns", "containerPort": _PORT, "protocol": "UDP"},
                    {"name": "dns-tcp", "containerPort": _PORT, "protocol": "TCP"},
                ],
                "readinessProbe": {
                    "httpGet": {"path": "/ready", "port": _READY},
                    "periodSeconds": 1,
                    "timeoutSeconds": 2,
                },
                "livenessProbe": {
                    "httpGet": {"path": "/health", "port": _HEALTH},
                    "initialDelaySeconds": 10,
                    "failureThreshold": 5,
                },
                "resources": {
                    "requests": {"cpu": "20m", "memory": "40Mi"},
                    "limits": {"memory": "170Mi"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                    "readOnlyRootFilesystem": True,
                },
                "volumeMounts": [{"name": "config", "mountPath": "/etc/coredns", "readOnly": True}],
            }
        ],
        "volumes": [{"name": "config", "configMap": {"name": DEPLOYMENT}}],
    }


def _object(
    version: str, kind: str, name: str, *, labels: dict[str, str] | None = None, **content: object
) -> dict[str, object]:
    metadata: dict[str, object] = {"name": name, "namespace": _NAMESPACE}
    if labels:
        metadata["labels"] = labels
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **content}
