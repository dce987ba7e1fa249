"""What the API server is told in files: what to write to the audit log, and how to encrypt Secrets at rest."""

from __future__ import annotations

import base64
from collections.abc import Mapping

__all__ = ["audit_policy", "encryption_configuration"]

_SENSITIVE = [
    {"group": "", "resources": ["secrets", "configmaps", "serviceaccounts/token"]},
    {"group": "authentication.k8s.io", "resources": ["tokenreviews"]},
    {"group": "certificates.k8s.io", "resources": ["certificatesigningrequests"]},
]
_READS = ["get", "list", "watch"]


def audit_policy() -> Mapping[str, object]:
    """Return the audit policy (audit.k8s.io/v1): who did what to what, never the content of a secret.

    Writes are kept with request and answer, so that an auditor sees what was asked; reads with their metadata. The
    cluster's own routine (leases, events, health, the controllers' watches) is left out: it would bury the rest.
    """
    return {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [
            {"level": "None", "nonResourceURLs": ["/healthz*", "/livez*", "/readyz*", "/version", "/openapi*"]},
            {"level": "None", "resources": [{"group": "", "resources": ["events"]}]},
            {"level": "None", "resources": [{"group": "events.k8s.io", "resources": ["events"]}]},
            {"level": "None", "resources": [{"group": "coordination.k8s.io", "resources": ["leases"]}]},
            {"level": "Metadata", "resources": _SENSITIVE},
            {
                "level": "None",
                "users": [
                    "system:apiserver",
                    "system:kube-controller-manager",
                    "system:kube-scheduler",
                    "system:kube-proxy",
                ],
                "verbs": _READS,
            },
            {"level": "None", "userGroups": ["system:nodes"], "verbs": _READS},
            {
                "level": "None",
                "userGroups": ["system:nodes"],
                "resources": [{"group": "", "resources": ["nodes/status", "pods/status"]}],
            },
            {"level": "Metadata", "verbs": _READS},
            {"level": "Metadata", "nonResourceURLs": ["*"]},
            {"level": "RequestResponse"},
        ],
    }


def encryption_configuration(key: bytes) -> Mapping[str, object]:
    """Return the encryption configuration (apiserver.config.k8s.io/v1): Secrets are sealed with this 32-byte key.

    secretbox (XSalsa20-Poly1305) is authenticated; nothing is ever read in clear, so there is no identity provider.
    """
    if len(key) != 32:
        raise ValueError("secretbox takes a key of 32 bytes")
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "EncryptionConfiguration",
        "resources": [
            {
                "resources": ["secrets"],
                "providers": [
                    {"secretbox": {"keys": [{"name": "local-1", "secret": base64.b64encode(key).decode()}]}},
                ],
            }
        ],
    }
