"""What keeps an object that is being deleted: finalizers, conditions, and other objects that must go before."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.discovery import Resource
from govcloud_offline.kubernetes.inputs import metadata
from govcloud_offline.kubernetes.readiness.pods import owned_pods
from govcloud_offline.kubernetes.readiness.storage import claims_of

__all__ = ["finalizers", "holders"]

_SHOWN: Final = 10
# The namespace controller lists what is left as "configmaps. has 2 resource instances, jobs.batch has 1 …".
_LEFT: Final = re.compile(r"([a-z0-9-]+)\.([a-z0-9.-]*) has \d+ resource instances")
# Finalizers of Kubernetes itself say less than what they stand for, which is told instead.
_STANDS_FOR: Final = {
    "foregroundDeletion": "what it owns must go before it",
    "kubernetes.io/pvc-protection": "a Pod still uses it",
    "kubernetes.io/pv-protection": "a PersistentVolumeClaim is still bound to it",
    "customresourcecleanup.apiextensions.k8s.io": "objects of its kind are still there",
    "service.kubernetes.io/load-balancer-cleanup": "the cloud's load balancer is still there",
}


def finalizers(live: dict[str, Any]) -> list[str]:
    """Return the finalizers of an object; those of a namespace stand in its spec as well.

    Without the one that every namespace has: its controller is at work.
    """
    own = live["metadata"].get("finalizers") or []
    spec = (live.get("spec") or {}).get("finalizers") or [] if live.get("kind") == "Namespace" else []
    return [*own, *(name for name in spec if name != "kubernetes")]


def holders(cluster: Cluster, resource: Resource, live: dict[str, Any]) -> tuple[str, ...]:
    """Return sentences about what keeps `live`, which is being deleted, in place; as far as we may look."""
    status, found = live.get("status") or {}, []
    for name in finalizers(live):
        found.append(f"finalizer {name}: {_STANDS_FOR.get(name, 'whoever set it must take it off')}")
    conditions = [c for c in status.get("conditions") or () if c.get("status") == "True"]
    if resource.kind.name in ("Namespace", "CustomResourceDefinition"):
        found += (
            f"[{c.get('type')}] {c.get('message')}"
            for c in conditions
            if resource.kind.name == "Namespace" or c.get("type") == "Terminating"
        )
    found += itertools.islice(_remaining(cluster, resource, live, conditions), _SHOWN)
    if not live["metadata"].get("deletionTimestamp"):
        found.append("the API server has not marked it as deleted: somebody may have made it anew")
    return tuple(found)


def _remaining(
    cluster: Cluster, resource: Resource, live: dict[str, Any], conditions: list[dict[str, Any]]
) -> Iterator[str]:
    """Yield the objects that are still there, and what holds each."""
    name = metadata.name_of(live)
    if resource.kind.name == "Namespace":
        left = {match for c in conditions for match in _LEFT.findall(str(c.get("message")))}
        for plural, group in sorted(left):
            for item in _in_namespace(cluster, plural, group, name):
                yield _described(f"{plural}/{metadata.name_of(item)}", item)
    elif resource.kind.name == "PersistentVolumeClaim":
        for pod in _in_namespace(cluster, "pods", "", metadata.namespace_of(live)):
            if name in claims_of(pod):
                yield _described(f"it is mounted by pods/{metadata.name_of(pod)}", pod)
    elif resource.kind.name == "PersistentVolume":
        claim = (live.get("spec") or {}).get("claimRef") or {}
        if claim:
            yield f"it is bound to the PersistentVolumeClaim {claim.get('namespace')}/{claim.get('name')}"
    elif resource.kind.group in ("apps", "batch"):
        for pod in owned_pods(cluster, live):
            yield _described(f"pods/{metadata.name_of(pod)}", pod)


def _described(what: str, live: dict[str, Any]) -> str:
    held = ", ".join(finalizers(live))
    if held:
        return f"{what} is left, held by the finalizer {held}"
    leaving = live["metadata"].get("deletionTimestamp")
    return f"{what} is left, on its way out since {leaving}" if leaving else f"{what} is left"


def _in_namespace(cluster: Cluster, plural: str, group: str, namespace: str) -> list[dict[str, Any]]:
    """Return the objects of a resource in a namespace; none where we may not look."""
    try:
        root = "/api/v1"
        if group:
            answer = cluster.client.request("GET", f"/apis/{group}")
            root = f"/apis/{answer['preferredVersion']['groupVersion']}"
        found = cluster.client.request("GET", f"{root}/namespaces/{quote(namespace)}/{plural}", query={"limit": "250"})
    except ApiError:
        return []
    return list(found.get("items") or ())
