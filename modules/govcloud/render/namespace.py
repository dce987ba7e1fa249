"""What every namespace gets whatever runs in it: labels, Pod Security, quota, limits, its network policy, no token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from govcloud.model.cloud import CloudSpec
from govcloud.model.level import Room
from govcloud.model.quantity import format_bytes, format_cpu
from govcloud.model.quota import Quota
from govcloud.render import network
from govcloud.render.counts import counts
from govcloud.render.manifest import Manifest
from govcloud.render.network import Opening
from govcloud.render.zone import Zone

__all__ = ["guards"]

_DEFAULT_REQUEST_CPU = 10
_DEFAULT_LIMIT_CPU = 100
_DEFAULT_MEMORY = 48 << 20
_DEFAULT_DISK = 64 << 20
_LOWEST_MEMORY = 4 << 20  # below this no process starts


def guards(zone: Zone, quota: Quota, room: Room, cloud: CloudSpec, openings: Iterable[Opening]) -> Iterable[Manifest]:
    """Yield the namespace of `zone` and its guards; of `openings` those that are this zone's are let pass.

    A quota of nothing still yields a ResourceQuota: it says that nothing may run. `room` is what the zone may leave in
    machinery that all tenants share.
    """
    disk = room.ephemeral_storage * quota.pods if quota.ephemeral_storage is None else quota.ephemeral_storage
    yield _namespace(zone, cloud.cluster.version)
    yield _resource_quota(zone, quota, disk, counts(quota.pods, room), cloud)
    yield _limit_range(zone, quota, disk, cloud.overcommit.cpu)
    yield network.policy(zone, openings)
    yield {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "default", "namespace": zone.namespace, "labels": zone.labels},
        "automountServiceAccountToken": False,
    }


def _namespace(zone: Zone, version: str) -> Manifest:
    security = {
        f"pod-security.kubernetes.io/{mode}{suffix}": value
        for mode in ("enforce", "audit", "warn")
        for suffix, value in (("", "restricted"), ("-version", version))
    }
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": zone.namespace, "labels": {**zone.labels, **security}},
    }


def _resource_quota(zone: Zone, quota: Quota, disk: int, most: Mapping[str, int], cloud: CloudSpec) -> Manifest:
    # Where the site has graphics processors, a zone without any must be told so.
    graphics = {f"requests.{cloud.cluster.gpu_resource}": str(quota.gpu)} if cloud.capacity.gpu else {}
    hard = {
        "requests.cpu": format_cpu(quota.cpu),
        "limits.cpu": format_cpu(quota.cpu * cloud.overcommit.cpu),
        "requests.memory": format_bytes(quota.memory),
        "limits.memory": format_bytes(quota.memory),
        "requests.storage": format_bytes(quota.storage),
        # Like memory, disk is never promised twice: a full node stops its neighbours.
        "requests.ephemeral-storage": format_bytes(disk),
        "limits.ephemeral-storage": format_bytes(disk),
        "pods": str(quota.pods),
        # Pods that ended count here and only here.
        **{f"count/{kind}": str(number) for kind, number in most.items()},
        # Each of these opens a way in past the zone's edge.
        "services.nodeports": "0",
        "services.loadbalancers": "0",
        **graphics,
    }
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "zone", "namespace": zone.namespace, "labels": zone.labels},
        "spec": {"hard": hard},
    }


def _limit_range(zone: Zone, quota: Quota, disk: int, overcommit: int) -> Manifest:
    """Give containers that state nothing an amount that lets a few of them fit, and cap one container at the quota."""
    most_cpu, most_memory = quota.cpu * overcommit, quota.memory
    request_cpu = min(_DEFAULT_REQUEST_CPU, quota.cpu)
    limit_cpu = min(_DEFAULT_LIMIT_CPU, most_cpu)
    memory = min(_DEFAULT_MEMORY, most_memory)
    scratch = format_bytes(min(_DEFAULT_DISK, disk))
    container = {
        "type": "Container",
        "default": {"cpu": format_cpu(limit_cpu), "memory": format_bytes(memory), "ephemeral-storage": scratch},
        "defaultRequest": {
            "cpu": format_cpu(request_cpu),
            "memory": format_bytes(memory),
            "ephemeral-storage": scratch,
        },
        "max": {
            "cpu": format_cpu(most_cpu),
            "memory": format_bytes(most_memory),
            "ephemeral-storage": format_bytes(disk),
        },
        "min": {
            "cpu": format_cpu(min(1, most_cpu)),
            "memory": format_bytes(min(_LOWEST_MEMORY, most_memory)),
        },
    }
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "zone", "namespace": zone.namespace, "labels": zone.labels},
        "spec": {"limits": [container]},
    }
