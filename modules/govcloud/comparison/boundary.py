"""The walls of a tenant: kinds of which one that nobody declared is a finding, not a tenant's business."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["BOUNDARY_KINDS"]

BOUNDARY_KINDS: Mapping[str, str] = {
    "LimitRange": "v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "ResourceQuota": "v1",
    "Role": "rbac.authorization.k8s.io/v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
}
"""With their API versions."""
