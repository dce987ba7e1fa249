"""Services that lead around the network policies: published ports, foreign addresses, other names for foreign hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from govcloud.country.controls import Catalogue

__all__ = ["ways_around"]


def ways_around(service: Mapping[str, Any], catalogue: Catalogue) -> Iterator[str]:
    """Yield the fields of a live Service that control NET-04 refuses to tenants, with what they say."""
    spec = service.get("spec") or {}
    kind = spec.get("type") or "ClusterIP"
    if kind in catalogue["NET-04"].strings("service_types_refused"):
        target = f" externalName={spec['externalName']}" if spec.get("externalName") else ""
        yield f"type={kind}{target}"
    if addresses := spec.get("externalIPs"):
        yield f"externalIPs={','.join(addresses)}"
    if given := ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress"):
        yield f"status.loadBalancer={','.join(str(e.get('ip') or e.get('hostname')) for e in given)}"
