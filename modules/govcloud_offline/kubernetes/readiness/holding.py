"""What keeps an object that is being deleted: finalizers, conditions, and other objects that must go before."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, Final

from govcloud_base.discovery import Served
from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.inputs.manifest import Manifest
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
_WHOEVER: Final = "whoever set it must take it off"


def finalizers(live: Manifest) -> list[str]:
    """Return the finalizers of an object; those of a namespace stand in its spec as well.

    Without the one that every namespace has: its controller is at work.
    """
    own = live.metadata.get("finalizers") or []
    spec = live.spec.get("finalizers") or [] if live.kind.name == "Namespace" else []
    return [*own, *(name for name in spec if name != "kubernetes")]


def holders(cluster: Cluster, live: Manifest) -> tuple[str, ...]:
    """Return sentences about what keeps `live`, which is being deleted, in place; as far as we may look."""
    found = [f"finalizer {name}: {_STANDS_FOR.get(name, _WHOEVER)}" for name in finalizers(live)]
    conditions = [c for c in live.status.get("conditions") or () if c.get("status") == "True"]
    if live.kind.name in ("Namespace", "CustomResourceDefinition"):
        found += (
            f"[{c.get('type')}] {c.get('message')}"
            for c in conditions
            if live.kind.name == "Namespace" or c.get("type") == "Terminating"
        )
    found += itertools.islice(_remaining(cluster, live, conditions), _SHOWN)
    if not live.metadata.get("deletionTimestamp"):
        found.append("the API server has not marked it as deleted: somebody may have made it anew")
    return tuple(found)


def _remaining(cluster: Cluster, live: Manifest, conditions: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the objects that are still there, and what holds each."""
    name = live.name
    if live.kind.name == "Namespace":
        left = {match for c in conditions for match in _LEFT.findall(str(c.get("message")))}
        for plural, group in sorted(left):
            for item in _in_namespace(cluster, plural, group, name):
                yield _described(f"{plural}/{item.name}", item)
    elif live.kind.name == "PersistentVolumeClaim":
        for pod in _in_namespace(cluster, "pods", "", live.namespace):
            if name in claims_of(pod):
                yield _described(f"it is mounted by pods/{pod.name}", pod)
    elif live.kind.name == "PersistentVolume":
        claim = live.spec.get("claimRef") or {}
        if claim:
            yield f"it is bound to the PersistentVolumeClaim {claim.get('namespace')}/{claim.get('name')}"
    elif live.kind.group in ("apps", "batch"):
        for pod in owned_pods(cluster, live):
            yield _described(f"pods/{pod.name}", pod)


def _described(what: str, live: Manifest) -> str:
    held = ", ".join(finalizers(live))
    if held:
        return f"{what} is left, held by the finalizer {held}"
    leaving = live.metadata.get("deletionTimestamp")
    return f"{what} is left, on its way out since {leaving}" if leaving else f"{what} is left"


def _in_namespace(cluster: Cluster, plural: str, group: str, namespace: str) -> list[Manifest]:
    """Return the objects of a resource in a namespace; none where we may not look."""
    try:
        version = "v1"
        if group:
            version = cluster.client.request("GET", f"/apis/{group}")["preferredVersion"]["groupVersion"]
        kind = Served(version, "", plural, True, frozenset())
        found = cluster.client.request("GET", kind.collection(namespace), query={"limit": "250"})
    except ApiError:
        return []
    return [Manifest.of(item) for item in found.get("items") or ()]
