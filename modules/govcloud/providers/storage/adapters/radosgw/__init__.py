"""Ceph's RADOS Gateway: identities and quotas by its Admin Ops API, rights by the IAM-like calls that it has."""

from __future__ import annotations

from govcloud.providers.storage.adapters.radosgw.dialect import RadosGateway

__all__ = ["RadosGateway", "from_endpoint"]

from_endpoint = RadosGateway.from_endpoint
