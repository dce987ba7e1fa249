"""When objects count as ready, and what is said while they are not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from asked_plugin import Aborted, Provider
from kubernetes_double import ApiDouble
from made_objects import state, urn

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.engine import Engine, Log
from govcloud_offline.kubernetes.inputs.kinds import Kind
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.readiness import waiting
from govcloud_offline.kubernetes.readiness.awaiters import (
    WaitForError,
    judge_of,
    patience,
    read_judge_of,
    skips_deletion,
)
from govcloud_offline.kubernetes.readiness.waiting import NotReadyError, wait_ready

GROUPS = {
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "Job": "batch/v1",
    "CustomResourceDefinition": "apiextensions.k8s.io/v1",
    "Ingress": "networking.k8s.io/v1",
}


def manifest(
    kind: str, spec: dict[str, Any], status: dict[str, Any], generation: int = 1, **annotations: str
) -> dict[str, Any]:
    noted = {f"pulumi.com/{key}": value for key, value in annotations.items()}
    return {
        "apiVersion": GROUPS.get(kind, "v1"),
        "kind": kind,
        "metadata": {"name": "x", "namespace": "a", "generation": generation, "annotations": noted},
        "spec": spec,
        "status": status,
    }


def condition(kind: str, status: str, **more: str) -> dict[str, str]:
    return {"type": kind, "status": status, **more}


ROLLED_OUT = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}
STATEFUL = {
    "observedGeneration": 1,
    "readyReplicas": 2,
    "updatedReplicas": 2,
    "currentRevision": "b",
    "updateRevision": "b",
}
DAEMON = {"observedGeneration": 1, "desiredNumberScheduled": 3, "numberReady": 3, "updatedNumberScheduled": 3}

READY = [
    manifest("Namespace", {}, {"phase": "Active"}),
    manifest("ResourceQuota", {"hard": {"pods": "1"}}, {"hard": {"pods": "1"}}),
    manifest("Secret", {}, {}),
    manifest("CustomResourceDefinition", {}, {"conditions": [condition("Established", "True")]}),
    manifest("Deployment", {"replicas": 2}, ROLLED_OUT),
    manifest("Deployment", {"replicas": 0}, {"observedGeneration": 1}),
    manifest("StatefulSet", {"replicas": 2}, STATEFUL),
    manifest("StatefulSet", {"replicas": 2, "updateStrategy": {"type": "OnDelete"}}, STATEFUL | {"updatedReplicas": 0}),
    manifest("DaemonSet", {}, DAEMON),
    manifest("DaemonSet", {}, {"observedGeneration": 1}),
    manifest("Job", {}, {"startTime": "t", "conditions": [condition("Complete", "True")]}),
    manifest("Job", {"suspend": True}, {}),
    manifest("Pod", {}, {"conditions": [condition("Ready", "True")]}),
    manifest("Pod", {}, {"phase": "Succeeded"}),
    manifest("PersistentVolumeClaim", {}, {"phase": "Bound"}),
    manifest("PersistentVolumeClaim", {"storageClassName": "lazy"}, {"phase": "Pending"}),
    manifest("PersistentVolume", {}, {"phase": "Available"}),
    manifest("Service", {"type": "ExternalName"}, {}),
    manifest("Service", {"selector": {"a": "b"}, "clusterIP": "None"}, {}),
    manifest("Service", {"clusterIP": "10.0.0.1"}, {}),
    manifest("Service", {"selector": {"app": "full"}, "clusterIP": "10.0.0.1"}, {}),
    manifest("Ingress", {}, {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}),
]

WAITING = [
    (manifest("Namespace", {}, {}), "Namespace to be active"),
    (manifest("ResourceQuota", {"hard": {"pods": "1"}}, {"hard": {"pods": "2"}}), "to be enforced"),
    (manifest("CustomResourceDefinition", {}, {"conditions": None}), "to be established"),
    (manifest("Deployment", {"replicas": 2}, ROLLED_OUT, generation=2), "to be noticed"),
    (manifest("Deployment", {"replicas": 2}, ROLLED_OUT | {"availableReplicas": 1}), "(1/2 available)"),
    (manifest("Deployment", {"replicas": 2}, ROLLED_OUT | {"updatedReplicas": 1}), "available)"),
    (manifest("Deployment", {"replicas": 2}, ROLLED_OUT | {"replicas": 3}), "available)"),
    (manifest("StatefulSet", {"replicas": 2}, STATEFUL | {"readyReplicas": 1}), "(1/2 ready)"),
    (manifest("StatefulSet", {"replicas": 2}, STATEFUL | {"currentRevision": "a"}), "newest revision"),
    (manifest("DaemonSet", {}, DAEMON | {"numberReady": 1}), "(1/3 ready, 3 updated)"),
    (manifest("Job", {}, {}), "Waiting for the Job a/x to start"),
    (manifest("Job", {}, {"startTime": "t", "active": 1}), "(Active: 1 | Succeeded: 0 | Failed: 0)"),
    (manifest("Pod", {}, {"phase": "Pending"}), "to be ready"),
    (manifest("PersistentVolumeClaim", {}, {"phase": "Pending"}), "phase Pending"),
    (manifest("Service", {"selector": {"app": "none"}, "clusterIP": "10.0.0.1"}, {}), "Pods behind the Service"),
    (manifest("Service", {"type": "LoadBalancer"}, {}), "load balancer's address"),
    (manifest("Ingress", {}, {}), "to get an address"),
]

HOPELESS = [
    manifest("Namespace", {}, {"phase": "Terminating"}),
    manifest(
        "CustomResourceDefinition", {}, {"conditions": [condition("NamesAccepted", "False", reason="R", message="M")]}
    ),
    manifest(
        "Deployment",
        {"replicas": 2},
        {"observedGeneration": 1, "conditions": [condition("Progressing", "False", reason="ProgressDeadlineExceeded")]},
    ),
    manifest("Job", {}, {"conditions": [condition("Failed", "True", reason="BackoffLimitExceeded", message="M")]}),
    manifest("Pod", {}, {"phase": "Failed"}),
    manifest("PersistentVolumeClaim", {}, {"phase": "Lost"}),
]


@pytest.fixture
def surroundings(api: ApiDouble) -> None:
    """Let the server have a lazy storage class and endpoints for one Service."""
    lazy = {"volumeBindingMode": "WaitForFirstConsumer"}
    api.prescribe("GET", "/apis/storage.k8s.io/v1/storageclasses/lazy", (200, lazy))


def shown(value: Any) -> str:
    return f"{value['kind']} {value['status']}" if isinstance(value, dict) else ""


@pytest.mark.usefixtures("surroundings")
@pytest.mark.parametrize("live", READY, ids=shown)
def test_ready(live: dict[str, Any], api: ApiDouble, cluster: Cluster) -> None:
    slices = "/apis/discovery.k8s.io/v1/namespaces/a/endpointslices"
    api.prescribe("GET", slices, (200, {"items": [{"endpoints": [{"conditions": {"ready": True}}]}]}))
    judge = judge_of(Manifest.of(live))
    assert judge is not None
    assert judge(cluster, Manifest.of(live)).ready


@pytest.mark.usefixtures("surroundings")
@pytest.mark.parametrize(("live", "message"), WAITING, ids=shown)
def test_not_ready_yet(live: dict[str, Any], message: str, api: ApiDouble, cluster: Cluster) -> None:
    slices = "/apis/discovery.k8s.io/v1/namespaces/a/endpointslices"
    api.prescribe("GET", slices, (200, {"items": [{"endpoints": [{"conditions": {"ready": False}}]}]}))
    judge = judge_of(Manifest.of(live))
    assert judge is not None
    verdict = judge(cluster, Manifest.of(live))
    assert not verdict.ready
    assert not verdict.hopeless
    assert message in verdict.message


@pytest.mark.usefixtures("surroundings")
@pytest.mark.parametrize("live", HOPELESS, ids=shown)
def test_never_ready(live: dict[str, Any], cluster: Cluster) -> None:
    judge = judge_of(Manifest.of(live))
    assert judge is not None
    verdict = judge(cluster, Manifest.of(live))
    assert not verdict.ready
    assert verdict.hopeless


def said(kind: str, **annotations: str) -> Manifest:
    return Manifest.of(manifest(kind, {}, {}, 1, **annotations))


def test_skip_await() -> None:
    assert judge_of(said("Deployment", skipAwait="true")) is None
    assert judge_of(said("ConfigMap")) is None
    assert read_judge_of(said("Deployment", skipAwait="true")) is None
    assert read_judge_of(said("Deployment")) is not None
    assert read_judge_of(said("ResourceQuota")) is None
    assert skips_deletion(said("Namespace", skipAwait="true"))
    assert not skips_deletion(said("Namespace"))
    assert not skips_deletion(said("ConfigMap", skipAwait="true"))


def test_how_long_is_waited() -> None:
    assert patience(said("ResourceQuota"), 0) == 60
    assert patience(said("Deployment"), 0) == 600
    assert patience(said("Deployment", timeoutSeconds="7"), 0) == 7
    assert patience(said("Deployment", timeoutSeconds="soon"), 0) == 600
    assert patience(said("Deployment", timeoutSeconds="7"), 9) == 9


@pytest.mark.parametrize(
    ("wanted", "ready"),
    [
        ("jsonpath={.status.phase}=Up", True),
        ("jsonpath={.status.phase}=Down", False),
        ("jsonpath={.status.phase}", True),
        ("jsonpath={.status.absent}", False),
        ("jsonpath={.status.hosts[1].name}=b", True),
        ("jsonpath={.status.on}=true", True),
        ("condition=Synced", True),
        ("condition=Synced=False", False),
        ('["condition=Synced", "jsonpath={.status.phase}=Up"]', True),
        ('["condition=Synced", "jsonpath={.status.phase}=Down"]', False),
    ],
)
def test_wait_for(wanted: str, ready: bool, cluster: Cluster) -> None:
    status = {"phase": "Up", "on": True, "hosts": [{}, {"name": "b"}], "conditions": [condition("Synced", "True")]}
    live = manifest("ConfigMap", {}, status, waitFor=wanted)
    judge = judge_of(Manifest.of(live))
    assert judge is not None
    assert judge(cluster, Manifest.of(live)).ready is ready


@pytest.mark.parametrize("wanted", ["Ready", "jsonpath=.status", "[]", "condition="])
def test_wait_for_must_make_sense(wanted: str) -> None:
    with pytest.raises(WaitForError):
        judge_of(said("ConfigMap", waitFor=wanted))


SLICES = "/apis/discovery.k8s.io/v1/namespaces/a/endpointslices"
SELECTING = manifest("Service", {"selector": {"app": "some"}, "clusterIP": "10.0.0.1"}, {})


def pods(*ready: bool, terminating: bool = False) -> tuple[int, dict[str, Any]]:
    endpoints = [{"conditions": {"ready": value, "terminating": terminating}} for value in ready]
    return 200, {"items": [{"endpoints": endpoints}]}


def test_a_service_waits_for_all_selected_pods(api: ApiDouble, cluster: Cluster) -> None:
    judge = judge_of(Manifest.of(SELECTING))
    assert judge is not None
    api.prescribe("GET", SLICES, pods(True, False))
    verdict = judge(cluster, Manifest.of(SELECTING))
    assert not verdict.ready and verdict.ready_after is None
    assert verdict.problems == ("1 of the 2 Pods that it selects are not ready",)
    api.prescribe("GET", SLICES, pods(True, True))
    assert judge(cluster, Manifest.of(SELECTING)).ready


@pytest.mark.parametrize("answer", [pods(), pods(False, terminating=True)])
def test_a_service_without_pods_is_ready_when_that_has_settled(
    answer: tuple[int, dict[str, Any]], api: ApiDouble, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = [0.0]
    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: passed[0]))
    monkeypatch.setattr(cluster, "pause", lambda seconds: passed.append(passed.pop() + 4))
    judge, resource = judge_of(Manifest.of(SELECTING)), cluster.resource(Kind("", "v1", "Service"))
    assert judge is not None
    api.put(SELECTING)
    api.prescribe("GET", SLICES, answer, answer, pods(False), answer)
    assert wait_ready(cluster, resource, Manifest.of(SELECTING), judge, 600, Log(Engine(), "")).body == SELECTING
    assert passed == [8 + 12], "ten seconds after a pod that came and went again"


def test_a_service_with_pods_that_do_not_answer_is_not_ready_in_the_end(api: ApiDouble, cluster: Cluster) -> None:
    judge, resource = judge_of(Manifest.of(SELECTING)), cluster.resource(Kind("", "v1", "Service"))
    assert judge is not None
    api.put(SELECTING)
    api.prescribe("GET", SLICES, pods(False))
    with pytest.raises(NotReadyError, match="x was not ready in time"):
        wait_ready(cluster, resource, Manifest.of(SELECTING), judge, 0, Log(Engine(), ""))


def test_a_service_without_pods_is_in_order_when_read(api: ApiDouble, provider: Provider) -> None:
    api.put(SELECTING)
    api.prescribe("GET", SLICES, pods())
    request = {"urn": urn("core/v1:Service"), "id": "a/x", "properties": state(SELECTING, SELECTING)}
    assert provider.ask("Read", {**request, "inputs": SELECTING})["id"] == "a/x"
    api.prescribe("GET", SLICES, pods(False))
    with pytest.raises(Aborted, match="Service a/x is there but does not work"):
        provider.ask("Read", {**request, "inputs": SELECTING})
