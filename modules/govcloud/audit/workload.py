"""Pods and what carries pods: one hardened specification, wrapped as any kind of workload."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from govcloud.clouds.request import Request, collection, version
from govcloud.render.image import Image
from govcloud_base.discovery import plural

__all__ = ["CONTAINER", "KINDS", "container", "create", "hardened_pod", "workload"]

KINDS = {
    "Pod": "",
    "Deployment": "apps",
    "StatefulSet": "apps",
    "DaemonSet": "apps",
    "ReplicaSet": "apps",
    "Job": "batch",
    "CronJob": "batch",
    "ReplicationController": "",
}
"""Every kind that makes pods, with its API group."""

CONTAINER = "probe"
"""What the container of a pod is called where nothing else is said."""


def container(image: Image, name: str = CONTAINER, **extra: Any) -> dict[str, Any]:
    """Return a container that meets Pod Security "restricted"; `image` is the audit's own: Python."""
    return {
        "name": name,
        "image": image.reference,
        "imagePullPolicy": "IfNotPresent",
        "resources": {
            "requests": {"cpu": "10m", "memory": "32Mi"},
            "limits": {"cpu": "50m", "memory": "64Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        **extra,
    }


def hardened_pod(image: Image, *containers: dict[str, Any]) -> dict[str, Any]:
    """Return a pod's specification that every policy admits; one container of `image` where none are given."""
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "runAsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        **image.secrets,
        "containers": list(containers) or [container(image)],
    }


def workload(kind: str, name: str, namespace: str, pod: dict[str, Any]) -> dict[str, Any]:
    """Return an object of the kind that holds the pod."""
    labels = {"app.kubernetes.io/name": name}
    pod = copy.deepcopy(pod)
    template = {"metadata": {"labels": labels}, "spec": pod}
    specs: dict[str, Callable[[], dict[str, Any]]] = {
        "Pod": lambda: pod,
        "Job": lambda: {"template": _once(template)},
        "CronJob": lambda: {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": _once(template)}}},
        "ReplicationController": lambda: {"replicas": 0, "selector": labels, "template": template},
        "DaemonSet": lambda: {"selector": {"matchLabels": labels}, "template": template},
        "StatefulSet": lambda: {
            "replicas": 0,
            "serviceName": name,
            "selector": {"matchLabels": labels},
            "template": template,
        },
    }
    ordinary = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    return {
        "apiVersion": version(KINDS[kind]),
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": specs[kind]() if kind in specs else ordinary,
    }


def create(kind: str, name: str, namespace: str, pod: dict[str, Any]) -> Request:
    """Return the request that creates the workload."""
    return Request("POST", collection(KINDS[kind], plural(kind), namespace), workload(kind, name, namespace, pod))


def _once(template: dict[str, Any]) -> dict[str, Any]:
    return {**template, "spec": {**template["spec"], "restartPolicy": "Never"}}
