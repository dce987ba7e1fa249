"""What is said about a workload that does not start: its own pods, their claims, and the controllers' warnings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes_double import ApiDouble

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.engine import Engine, Log, Severity
from govcloud_offline.kubernetes.inputs.kinds import kind_of
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.readiness import waiting
from govcloud_offline.kubernetes.readiness.awaiters import judge_of
from govcloud_offline.kubernetes.readiness.waiting import NotReadyError, Verdict, wait_ready

PODS = "/api/v1/namespaces/a/pods"
EVENTS = "/api/v1/namespaces/a/events"
CLAIMS = "/api/v1/namespaces/a/persistentvolumeclaims"
CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/a/endpointslices"


def workload(kind: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1" if kind == "Job" else "apps/v1",
        "kind": kind,
        "metadata": {"name": "x", "namespace": "a", "uid": "owner", "generation": 1},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "x"}}, **spec},
        "status": {"observedGeneration": 1, "startTime": "t", "desiredNumberScheduled": 1},
    }


def pod(owner: str, name: str = "p", /, **status: Any) -> dict[str, Any]:
    owners = [{"uid": owner, "controller": True}, {"uid": "owner", "controller": False}]
    return {"metadata": {"name": name, "namespace": "a", "uid": name, "ownerReferences": owners}, "status": status}


def waiting_for(reason: str, message: str = "m") -> dict[str, Any]:
    return {"containerStatuses": [{"name": "c", "state": {"waiting": {"reason": reason, "message": message}}}]}


def items(*found: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 200, {"items": list(found)}


def verdict_of(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    judge = judge_of(Manifest.of(live))
    assert judge is not None
    return judge(cluster, Manifest.of(live))


UNSCHEDULED = {"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/1 nodes are available"}]}


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet", "Job"])
@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (UNSCHEDULED, "[Pod a/p]: 0/1 nodes are available"),
        (waiting_for("CrashLoopBackOff"), '[Pod a/p]: container "c": [CrashLoopBackOff] m'),
        (waiting_for("ImagePullBackOff"), '[Pod a/p]: container "c": [ImagePullBackOff] m'),
        (
            {"initContainerStatuses": [{"name": "i", "state": {"terminated": {"exitCode": 3}}}]},
            '[Pod a/p]: container "i" ended with exit code 3',
        ),
        ({"reason": "Evicted", "message": "The node was low on memory"}, "[Pod a/p]: [Evicted] The node was low on"),
    ],
)
def test_what_is_wrong_with_pods_is_told(
    kind: str, status: dict[str, Any], problem: str, api: ApiDouble, cluster: Cluster
) -> None:
    api.prescribe("GET", PODS, items(pod("owner", **status)))
    verdict = verdict_of(cluster, workload(kind))
    assert not verdict.ready
    assert any(problem in reason for reason in verdict.reasons())


def test_pods_of_others_with_the_same_labels_are_not_named(api: ApiDouble, cluster: Cluster) -> None:
    theirs, ours = pod("other", "theirs", **waiting_for("Crash")), pod("owner", "ours", **waiting_for("Pull"))
    orphan = {"metadata": {"name": "orphan", "namespace": "a"}, "status": waiting_for("Crash")}
    api.prescribe("GET", PODS, items(theirs, orphan, ours))
    reasons = " ".join(verdict_of(cluster, workload("StatefulSet")).reasons())
    assert "a/ours" in reasons
    assert "theirs" not in reasons and "orphan" not in reasons
    assert api.calls[-1].query["labelSelector"] == "app=x"


def test_a_deployment_s_pods_are_those_of_its_replica_sets(api: ApiDouble, cluster: Cluster) -> None:
    sets = [{"metadata": {"uid": uid, "ownerReferences": [{"uid": owner, "controller": True}]}} for uid, owner in SETS]
    api.prescribe("GET", "/apis/apps/v1/namespaces/a/replicasets", items(*sets))
    broken = waiting_for("ErrImagePull")
    api.prescribe("GET", PODS, items(pod("set", "ours", **broken), pod("foreign", "theirs", **broken)))
    reasons = " ".join(verdict_of(cluster, workload("Deployment")).reasons())
    assert "a/ours" in reasons and "theirs" not in reasons


SETS = [("set", "owner"), ("foreign", "other")]


def test_pods_are_looked_for_page_by_page(api: ApiDouble, cluster: Cluster) -> None:
    first = (200, {"items": [pod("other", "a")], "metadata": {"continue": "more"}})
    api.prescribe("GET", PODS, first, items(pod("owner", "late", **waiting_for("Pull"))))
    assert "a/late" in " ".join(verdict_of(cluster, workload("DaemonSet")).reasons())
    assert [call.query.get("continue") for call in api.calls if call.path == PODS] == [None, "more"]


def test_selectors_by_expression_narrow_too(api: ApiDouble, cluster: Cluster) -> None:
    expressions = [
        {"key": "tier", "operator": "In", "values": ["a", "b"]},
        {"key": "old", "operator": "DoesNotExist"},
        {"key": "new", "operator": "Exists"},
        {"key": "env", "operator": "NotIn", "values": ["dev"]},
    ]
    api.prescribe("GET", PODS, items())
    verdict_of(cluster, workload("StatefulSet", selector={"matchExpressions": expressions})).reasons()
    asked = next(call for call in api.calls if call.path == PODS)
    assert asked.query["labelSelector"] == "tier in (a,b),!old,new,env notin (dev)"


def test_a_start_that_takes_its_course_is_no_problem(api: ApiDouble, cluster: Cluster) -> None:
    api.prescribe("GET", PODS, items(pod("owner", phase="Pending", **waiting_for("ContainerCreating"))))
    api.prescribe("GET", EVENTS, items())
    verdict = verdict_of(cluster, workload("StatefulSet"))
    assert verdict.explain() == ()
    assert "(0/1 ready)" in verdict.message


def event(reason: str, message: str, time: str) -> dict[str, Any]:
    return {"metadata": {}, "reason": reason, "message": message, "lastTimestamp": time}


def test_pods_that_cannot_be_made_are_told_by_events(api: ApiDouble, cluster: Cluster) -> None:
    api.prescribe("GET", PODS, items())
    old, new = event("FailedCreate", "older", "2026-01-01T00:00:00Z"), event("FailedCreate", "quota", "2026-01-02")
    api.prescribe("GET", EVENTS, items(new, old, event("Other", "o", "2025-01-01")))
    assert verdict_of(cluster, workload("StatefulSet")).explain() == ("[FailedCreate] quota", "[Other] o")
    assert api.calls[-1].query["fieldSelector"] == "involvedObject.uid=owner,type=Warning"


def test_a_volume_that_cannot_be_mounted_is_told_by_the_pod_s_events(api: ApiDouble, cluster: Cluster) -> None:
    api.prescribe("GET", PODS, items(pod("owner", phase="Pending", **waiting_for("ContainerCreating"))))
    api.prescribe("GET", EVENTS, items(event("FailedMount", "no such secret", "2026-01-01T00:00:00Z")))
    assert verdict_of(cluster, workload("Job")).explain() == ("[Pod a/p]: [FailedMount] no such secret",)


def claim(**spec: Any) -> dict[str, Any]:
    named = {"name": "data", "namespace": "a", "uid": "c"}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": named, "spec": spec} | {
        "status": {"phase": "Pending"}
    }


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({}, "it names no storage class, and the cluster has no default one"),
        ({"storageClassName": "absent"}, 'there is no storage class "absent"'),
    ],
)
def test_a_claim_without_a_storage_class_says_so(
    spec: dict[str, Any], told: str, api: ApiDouble, cluster: Cluster
) -> None:
    api.prescribe("GET", CLASSES, items({"metadata": {"name": "other"}}))
    api.prescribe("GET", EVENTS, items(event("FailedBinding", "no persistent volumes available", "t")))
    reasons = verdict_of(cluster, claim(**spec)).reasons()
    assert any(told in reason for reason in reasons)
    assert "[FailedBinding] no persistent volumes available" in reasons
    # And so does the pod that mounts it.
    mounting = pod("owner", **UNSCHEDULED) | {"spec": {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]}}
    api.prescribe("GET", PODS, items(mounting))
    api.prescribe("GET", f"{CLAIMS}/data", (200, claim(**spec)))
    reasons = verdict_of(cluster, workload("StatefulSet")).reasons()
    assert any(reason.startswith("[PersistentVolumeClaim a/data]: ") and told in reason for reason in reasons)


def test_a_claim_of_a_default_class_is_not_blamed(api: ApiDouble, cluster: Cluster) -> None:
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    api.prescribe("GET", CLASSES, items({"metadata": {"name": "d", "annotations": annotations}}))
    api.prescribe("GET", EVENTS, items())
    assert verdict_of(cluster, claim()).explain() == ()
    assert verdict_of(cluster, claim(storageClassName="")).explain() == ()  # a volume made by hand is waited for


def service(kind: str) -> dict[str, Any]:
    named = {"name": "x", "namespace": "a", "uid": "svc"}
    spec = {"type": kind, "selector": {"app": "x"}, "clusterIP": "10.0.0.1"}
    return {"apiVersion": "v1", "kind": "Service", "metadata": named, "spec": spec, "status": {}}


def test_a_load_balancer_without_pods_says_both(api: ApiDouble, cluster: Cluster) -> None:
    api.prescribe("GET", SLICES, items())
    api.prescribe("GET", EVENTS, items(event("SyncLoadBalancerFailed", "no quota", "t")))
    reasons = verdict_of(cluster, service("LoadBalancer")).reasons()
    assert any("no Pod takes its traffic" in reason and ".spec.selector" in reason for reason in reasons)
    assert any("no address was given to the load balancer" in reason for reason in reasons)
    assert "[SyncLoadBalancerFailed] no quota" in reasons


@pytest.mark.parametrize("kind", ["ClusterIP", "LoadBalancer"])
def test_a_service_says_why_its_pods_are_not_ready(kind: str, api: ApiDouble, cluster: Cluster) -> None:
    target = {"kind": "Pod", "name": "p", "uid": "p"}
    api.prescribe("GET", SLICES, items({"endpoints": [{"conditions": {"ready": False}, "targetRef": target}]}))
    api.prescribe("GET", f"{PODS}/p", (200, pod("owner", **waiting_for("ErrImagePull"))))
    reasons = verdict_of(cluster, service(kind)).reasons()
    assert '[Pod a/p]: container "c": [ErrImagePull] m' in reasons
    assert any("no address" in reason for reason in reasons) == (kind == "LoadBalancer")


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_a_workload_of_no_replicas_says_that_nothing_runs(kind: str, cluster: Cluster) -> None:
    verdict = verdict_of(cluster, workload(kind, replicas=0))
    assert verdict.ready
    assert verdict.message == f"The {kind} is scaled to 0 replicas: no Pod runs"


def test_who_may_not_look_still_waits(api: ApiDouble, cluster: Cluster) -> None:
    assert verdict_of(cluster, workload("Deployment")).explain() == ()  # the server knows none of these paths


def test_hints_stand_beside_what_is_waited_for(
    api: ApiDouble, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = [0.0]
    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: passed[0]))
    monkeypatch.setattr(cluster, "pause", lambda seconds: passed.append(passed.pop() + 1))
    shown: list[tuple[Severity, str]] = []
    engine = Engine()
    monkeypatch.setattr(engine, "log", lambda severity, urn, message, passing: shown.append((severity, message)))
    live = workload("StatefulSet")
    api.put(live)
    api.prescribe("GET", PODS, items(pod("owner", **waiting_for("ErrImagePull"))))
    judge = judge_of(Manifest.of(live))
    assert judge is not None
    with pytest.raises(NotReadyError):
        wait_ready(cluster, cluster.resource(kind_of(live)), Manifest.of(live), judge, 6, Log(engine, ""))
    waited = "Waiting for the Pods of the StatefulSet's newest revision (0/1 ready)"
    assert shown == [
        (Severity.INFO, waited),
        (Severity.WARNING, f'{waited}: [Pod a/p]: container "c": [ErrImagePull] m'),
    ]
    assert len([call for call in api.calls if call.path == PODS]) == 3 + 1  # every two seconds, and in the end
