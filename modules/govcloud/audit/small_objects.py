"""The smallest object of every kind that a tenant may create: it takes a place, does nothing and starts nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from govcloud.audit import workload
from govcloud.clouds.request import Request, collection
from govcloud.render.image import Image
from govcloud_base.discovery import plural

__all__ = ["MARK", "creation", "kinds"]

MARK = "govcloud-audit-count"
"""Value of `app.kubernetes.io/name` on each, and how its name begins."""

_NOWHERE = {"govcloud.gov.vn/audit": "never"}
"""Label of a node that does not exist."""

_PLAIN: dict[tuple[str, str], tuple[str, str, dict[str, Any]]] = {
    ("", "configmaps"): ("v1", "ConfigMap", {}),
    ("", "secrets"): ("v1", "Secret", {}),
    # without an address and without pods behind it
    ("", "services"): ("v1", "Service", {"spec": {"clusterIP": "None", "ports": [{"port": 1}]}}),
    # of a class that is not there, so that no volume is made for it or bound to it
    ("", "persistentvolumeclaims"): (
        "v1",
        "PersistentVolumeClaim",
        {
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": MARK,
                "resources": {"requests": {"storage": "1"}},
            }
        },
    ),
    ("autoscaling", "horizontalpodautoscalers"): (
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        {
            "spec": {
                "maxReplicas": 1,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": MARK},
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 99}},
                    }
                ],
            }
        },
    ),
    ("policy", "poddisruptionbudgets"): (
        "policy/v1",
        "PodDisruptionBudget",
        {"spec": {"maxUnavailable": 1, "selector": {"matchLabels": _NOWHERE}}},
    ),
}

_STILL: dict[str, Callable[[dict[str, Any]], None]] = {
    "Deployment": lambda spec: spec.update(paused=True),
    "Job": lambda spec: spec.update(suspend=True),
    "CronJob": lambda spec: spec.update(suspend=True),
    "DaemonSet": lambda spec: spec["template"]["spec"].update(nodeSelector=_NOWHERE),
}
"""What keeps a workload from making pods; the others have no replicas."""

_WORKLOADS = {(group, plural(kind)): kind for kind, group in workload.KINDS.items() if kind != "Pod"}


def kinds() -> frozenset[tuple[str, str]]:
    """Return the kinds of which there is a small object, as API group and plural."""
    return frozenset({*_PLAIN, *_WORKLOADS})


def creation(group: str, plural: str, namespace: str, image: Image) -> Request:
    """Return the request that creates one more in a namespace. Raises KeyError for a kind without a small object."""
    metadata = {"generateName": f"{MARK}-", "namespace": namespace, "labels": {"app.kubernetes.io/name": MARK}}
    if (group, plural) in _PLAIN:
        version, kind, rest = _PLAIN[group, plural]
        body = {"apiVersion": version, "kind": kind, **rest}
    else:
        kind = _WORKLOADS[group, plural]
        body = workload.workload(kind, MARK, namespace, workload.hardened_pod(image))
        if kind in _STILL:
            _STILL[kind](body["spec"])
    return Request("POST", collection(group, plural, namespace), {**body, "metadata": metadata})
