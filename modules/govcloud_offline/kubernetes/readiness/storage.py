"""Claims for storage: whether they wait for a pod, and what keeps them from being bound."""

from __future__ import annotations

from typing import Final

from govcloud_base.discovery import builtin
from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.readiness.events import warnings_of

__all__ = ["binding_problems", "claim_problems", "claims_of", "waits_for_consumer"]

_CLAIMS: Final = builtin("v1", "PersistentVolumeClaim")
_CLASSES: Final = builtin("storage.k8s.io/v1", "StorageClass", namespaced=False)
_DEFAULT: Final = "storageclass.kubernetes.io/is-default-class"


def waits_for_consumer(cluster: Cluster, claim: Manifest) -> bool:
    """Tell whether a claim's class binds it only when its first pod comes."""
    name = claim.spec.get("storageClassName")
    if not name:
        return False
    try:
        found = cluster.client.request("GET", _CLASSES.path(name))
    except ApiError:
        return False
    return bool(found.get("volumeBindingMode") == "WaitForFirstConsumer")


def claims_of(pod: Manifest) -> tuple[str, ...]:
    """Return the names of the claims that a pod mounts."""
    volumes = pod.spec.get("volumes") or ()
    named = [(volume.get("persistentVolumeClaim") or {}).get("claimName") for volume in volumes]
    own = [f"{pod.name}-{volume['name']}" for volume in volumes if volume.get("ephemeral")]
    return tuple(name for name in (*named, *own) if name)


def claim_problems(cluster: Cluster, pod: Manifest) -> tuple[str, ...]:
    """Return what is wrong with the claims of a pod that finds no node."""
    problems: list[str] = []
    for name in claims_of(pod):
        place = f"[PersistentVolumeClaim {pod.namespace}/{name}]"
        try:
            claim = cluster.read(_CLAIMS.path(name, pod.namespace))
        except ApiError as error:
            problems += [f"{place}: does not exist"] if error.missing else []
            continue
        if claim.status.get("phase") != "Bound":
            problems += (f"{place}: {text}" for text in binding_problems(cluster, claim))
    return tuple(problems)


def binding_problems(cluster: Cluster, claim: Manifest) -> tuple[str, ...]:
    """Return what keeps a claim from being bound: its class, and what the controllers say."""
    name = claim.spec.get("storageClassName")
    problem = ""
    try:
        if name:
            cluster.client.request("GET", _CLASSES.path(name))
        elif name is None and not _has_default(cluster):
            problem = "it names no storage class, and the cluster has no default one"
    except ApiError as error:
        # A class need not exist where an administrator makes volumes by hand: then one of that name is needed.
        problem = f'there is no storage class "{name}", and no free volume of that class' if error.missing else ""
    return (*((problem,) if problem else ()), *warnings_of(cluster, claim))


def _has_default(cluster: Cluster) -> bool:
    items = cluster.client.request("GET", _CLASSES.collection()).get("items") or ()
    return any((item["metadata"].get("annotations") or {}).get(_DEFAULT) == "true" for item in items)
