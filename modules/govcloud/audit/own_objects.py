"""One ordinary object of each kind that a tenant makes: twins of attacks that differ from them in one thing."""

from __future__ import annotations

from typing import Any

from govcloud.audit import workload
from govcloud.clouds.request import Request, collection, version
from govcloud.render.image import Image
from govcloud_base.discovery import plural

__all__ = ["NAME", "own_objects"]

NAME = "govcloud-audit-own"

_GROUPS = {"PodDisruptionBudget": "policy", "HorizontalPodAutoscaler": "autoscaling"}
"""Groups of kinds that are not of the core."""


def own_objects(namespace: str, image: Image) -> dict[str, Request]:
    """Return by kind the dry run that creates one; every one of them must be admitted to a tenant's administrator.

    `image` is what its pods run.
    """
    selector = {"matchLabels": {"app.kubernetes.io/name": NAME}}
    specs: dict[str, dict[str, Any]] = {
        "ConfigMap": {"data": {"a": "b"}},
        "Secret": {"stringData": {"a": "b"}},
        "Service": {"spec": {"ports": [{"port": 80}], "selector": selector["matchLabels"]}},
        "PersistentVolumeClaim": {"spec": claim()},
        "PodDisruptionBudget": {"spec": {"minAvailable": 1, "selector": selector}},
        "HorizontalPodAutoscaler": {
            "spec": {"maxReplicas": 2, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME}}
        },
    }
    found = {
        kind: Request(
            "POST",
            collection(_GROUPS.get(kind, ""), plural(kind), namespace),
            {
                "apiVersion": version(_GROUPS.get(kind, "")),
                "kind": kind,
                "metadata": {"name": NAME, "namespace": namespace},
                **fields,
            },
        ).dry_run()
        for kind, fields in specs.items()
    }
    # replication controllers are older than deployments, and no tenant may make them
    for kind in workload.KINDS.keys() - {"ReplicationController"}:
        found[kind] = workload.create(kind, NAME, namespace, workload.hardened_pod(image)).dry_run()
    return dict(sorted(found.items()))


def claim() -> dict[str, Any]:
    """Return the specification of a claim that takes whatever volume the cluster makes for it."""
    return {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
