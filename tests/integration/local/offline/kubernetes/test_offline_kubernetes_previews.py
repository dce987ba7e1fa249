"""A first update, which takes over what creation owned: what it makes of an object, and whether its preview said so."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from asked_plugin import updated

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.configuration import Settings
from govcloud_offline.kubernetes.inputs.kinds import kind_of
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.objects.apply import ApplyOptions

pytestmark = pytest.mark.cloud


def pod(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": list(containers), **more}}


def container(name: str, image: str = "x:1", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": image, **more}


def memory(amount: str) -> dict[str, Any]:
    return {"resources": {"limits": {"memory": amount, "cpu": "1"}, "requests": {"memory": amount}}}


SELECTOR = {"matchLabels": {"a": "b"}}
HPA = ("autoscaling/v2", "HorizontalPodAutoscaler")
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "none"}


def scaling(highest: int, *amounts: str) -> dict[str, Any]:
    metrics = [
        {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": amount}}}
        for amount in amounts
    ]
    return {"spec": {"maxReplicas": highest, "scaleTargetRef": TARGET, **({"metrics": metrics} if metrics else {})}}


def cron(name: str, **spec: Any) -> dict[str, Any]:
    return {"spec": {**spec, "jobTemplate": {"spec": {"template": pod(container(name), restartPolicy="Never")}}}}


def policy(*operations: str, **spec: Any) -> dict[str, Any]:
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": list(operations), "resources": ["pods"]}
    validations = [{"expression": "true", "message": operations[-1]}]
    return {"spec": {"matchConstraints": {"resourceRules": [rule]}, "validations": validations, **spec}}


# api version, kind, what is made, what it becomes
CHANGES: list[tuple[tuple[str, str], dict[str, Any], dict[str, Any]]] = [
    (HPA, scaling(3, "512Mi"), scaling(3, "600Mi")),
    (HPA, scaling(3, "512Mi"), scaling(4, "512Mi")),
    (HPA, scaling(3, "512Mi"), scaling(4)),
    (("v1", "ConfigMap"), {"data": {"a": "1", "gone": "2"}}, {"data": {"a": "3", "new": "4"}}),
    (("v1", "Secret"), {"data": {"a": "MQ==", "gone": "Mg=="}}, {"data": {"a": "Mw=="}}),
    (("v1", "ServiceAccount"), {"imagePullSecrets": [{"name": "a"}]}, {"imagePullSecrets": [{"name": "b"}]}),
    (
        ("v1", "LimitRange"),
        {"spec": {"limits": [{"type": "Container", "default": {"memory": "512Mi"}, "max": {"cpu": "2"}}]}},
        {"spec": {"limits": [{"type": "Container", "default": {"memory": "600Mi"}}]}},
    ),
    (
        ("v1", "ResourceQuota"),
        {"spec": {"hard": {"limits.memory": "2Gi", "pods": "3"}}},
        {"spec": {"hard": {"limits.memory": "3Gi"}}},
    ),
    (
        ("v1", "Service"),
        {"spec": {"ports": [{"name": "http", "port": 80}, {"name": "dns", "port": 53, "protocol": "UDP"}]}},
        {"spec": {"ports": [{"name": "dns", "port": 5353, "protocol": "UDP"}, {"name": "http", "port": 80}]}},
    ),
    (
        ("apps/v1", "Deployment"),
        {
            "spec": {
                "replicas": 0,
                "selector": SELECTOR,
                "minReadySeconds": 3,
                "revisionHistoryLimit": 3,
                "template": pod(
                    container("a", env=[{"name": "E", "value": "1"}, {"name": "F", "value": "2"}], **memory("512Mi")),
                    container("side", ports=[{"containerPort": 80}]),
                    volumes=[{"name": "v", "emptyDir": {"sizeLimit": "512Mi"}}],
                    terminationGracePeriodSeconds=5,
                ),
            }
        },
        {
            "spec": {
                "replicas": 0,
                "selector": SELECTOR,
                "template": pod(
                    container("renamed", env=[{"name": "F", "value": "3"}], **memory("600Mi")),
                    container("side", "x:2", ports=[{"containerPort": 81}]),
                    volumes=[{"name": "v", "configMap": {"name": "c"}}],
                ),
            }
        },
    ),
    (  # What is said to be empty stays there, empty.
        ("apps/v1", "Deployment"),
        {
            "spec": {
                "replicas": 0,
                "selector": SELECTOR,
                "template": pod(container("a", securityContext={"runAsUser": 1}), affinity={"nodeAffinity": {}}),
            }
        },
        {
            "spec": {
                "replicas": 0,
                "selector": SELECTOR,
                "template": pod(container("a", securityContext={}), affinity={}),
            }
        },
    ),
    (
        ("apps/v1", "StatefulSet"),
        {"spec": {"replicas": 0, "serviceName": "s", "selector": SELECTOR, "template": pod(container("a"))}},
        {"spec": {"replicas": 0, "serviceName": "s", "selector": SELECTOR, "template": pod(container("b"))}},
    ),
    (
        ("batch/v1", "CronJob"),
        cron("a", schedule="0 0 * * *", suspend=True),
        cron("b", schedule="1 0 * * *"),
    ),
    (
        ("networking.k8s.io/v1", "NetworkPolicy"),
        {"spec": {"podSelector": SELECTOR, "policyTypes": ["Ingress"], "ingress": [{"from": [{"podSelector": {}}]}]}},
        {"spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}},
    ),
    (
        ("rbac.authorization.k8s.io/v1", "Role"),
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]},
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
    ),
    (
        ("policy/v1", "PodDisruptionBudget"),
        {"spec": {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}},
        {"spec": {"maxUnavailable": "50%", "selector": {"matchLabels": {"a": "c"}}}},
    ),
    (
        ("scheduling.k8s.io/v1", "PriorityClass"),
        {"value": 10, "description": "a", "metadata": {"labels": {"old": "1"}}},
        {"value": 10, "metadata": {"labels": {"new": "1"}, "annotations": {"n": "1"}, "finalizers": ["a.example/x"]}},
    ),
    (
        ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
        policy("CREATE", matchConditions=[{"name": "a", "expression": "true"}]),
        policy("CREATE", "UPDATE", matchConditions=[{"name": "b", "expression": "false"}], failurePolicy="Ignore"),
    ),
]


@pytest.fixture
def cluster(kubeconfig: str) -> Iterator[Cluster]:
    made = Cluster(Settings(kubeconfig=kubeconfig))
    assert made.unreachable == ""
    yield made
    made.close()


def settled(live: dict[str, Any]) -> dict[str, Any]:
    """Take out what the server draws or counts."""
    result = copy.deepcopy(live)
    result.pop("status", None)
    for name in ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "name"):
        result["metadata"].pop(name, None)
    for name in ("clusterIP", "clusterIPs"):
        (result.get("spec") or {}).pop(name, None)
    annotations = result["metadata"].get("annotations") or {}
    annotations.pop("deployment.kubernetes.io/revision", None)  # a controller's, whenever it comes to it
    result["metadata"] = {name: value for name, value in result["metadata"].items() if value}
    return result


@pytest.mark.parametrize(
    ("kind", "first", "second"), CHANGES, ids=lambda value: value[1] if type(value) is tuple else ""
)
def test_a_first_update_makes_what_its_preview_shows_and_what_creation_would(
    kind: tuple[str, str], first: dict[str, Any], second: dict[str, Any], cluster: Cluster
) -> None:
    def manifest(values: dict[str, Any], name: str = "offline-own-test") -> dict[str, Any]:
        named = {"name": name, "namespace": "default", **values.get("metadata", {})}
        if kind[1] in ("PriorityClass", "ValidatingAdmissionPolicy"):
            del named["namespace"]
        return {"apiVersion": kind[0], "kind": kind[1], **values, "metadata": named}

    resource = cluster.resource(kind_of(manifest(first)))
    client, place = cluster.client, manifest(first)
    collection = resource.collection("default")
    query = {"fieldManager": "pulumi-kubernetes"}
    live = client.request("POST", collection, query=query, body=manifest(first))
    try:
        before = manifest(first)
        for values in (second, first, second):
            wanted = manifest(values)
            shown = updated(cluster, before, wanted, live, ApplyOptions("pulumi-kubernetes-test", preview=True))
            live = updated(cluster, before, wanted, live, ApplyOptions("pulumi-kubernetes-test", preview=False))
            fresh = client.request("POST", collection, query=query | {"dryRun": "All"}, body=manifest(values, "fresh"))
            assert settled(live) == settled(fresh)
            assert settled(shown) == settled(live)
            before = wanted
    finally:
        bare = {"metadata": {"finalizers": None}}
        client.request(
            "PATCH", Manifest.of(place).path(resource), body=bare, content_type="application/merge-patch+json"
        )
        client.request("DELETE", Manifest.of(place).path(resource))
