"""The hosts outside a cluster that declarations open to workloads: those of the object store of each cloud."""

from __future__ import annotations

import ipaddress

from declared_clouds import declared_clouds

__all__ = ["Host", "declared_hosts"]

Host = tuple[str, int]
"""Range of exactly one address, and a TCP port."""


def declared_hosts(cloud: str) -> frozenset[Host]:
    """Return the hosts that `cloud` declares as those of its store; where that is empty, those of all clouds."""
    ways = [spec.object_store.workloads for spec in declared_clouds(cloud)]
    return frozenset((str(ipaddress.ip_network(a)), way.port) for way in ways if way for a in way.addresses)
