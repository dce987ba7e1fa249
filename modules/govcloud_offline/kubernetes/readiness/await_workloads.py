"""When Deployments, StatefulSets and DaemonSets are ready: the newest revision runs everywhere."""

from __future__ import annotations

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.readiness.pods import workload_problems
from govcloud_offline.kubernetes.readiness.waiting import Verdict

__all__ = ["daemon_set", "deployment", "stateful_set"]


def _unseen(live: Manifest) -> Verdict | None:
    seen = live.status.get("observedGeneration", 0)
    if seen >= live.metadata.get("generation", 0):
        return None
    return Verdict(False, f"Waiting for the {live.kind.name} to be noticed", ("no controller has seen it yet",))


def deployment(cluster: Cluster, live: Manifest) -> Verdict:
    """A Deployment is ready when as many pods of its newest revision as it wants are available, and no others."""
    status = live.status
    unseen = _unseen(live)
    if unseen is not None:
        return unseen
    wanted = live.spec.get("replicas", 1)
    available = status.get("availableReplicas", 0)
    conditions = live.conditions
    progressing = conditions.get("Progressing", {})
    done = (
        status.get("updatedReplicas", 0) >= wanted
        and available >= wanted
        and status.get("replicas", 0) <= status.get("updatedReplicas", 0)
    )
    if done and (wanted == 0 or progressing.get("status", "True") == "True"):
        return _ready(live, wanted)
    problems = [
        f"[{item.get('reason')}] {item.get('message')}"
        for item in conditions.values()
        if item.get("status") == "False" or item["type"] == "ReplicaFailure"
    ]
    return Verdict(
        False,
        f"Waiting for the Pods of the newest ReplicaSet ({available}/{wanted} available)",
        (*problems, f"{available} of the {wanted} Pods that it wants are available"),
        hopeless=progressing.get("reason") == "ProgressDeadlineExceeded",
        explain=lambda: workload_problems(cluster, live),
    )


def _ready(live: Manifest, wanted: int) -> Verdict:
    """Say that a workload is ready; one that runs nothing by its own wish is easily taken for one that runs."""
    kind = live.kind.name
    return Verdict(True, f"The {kind} is ready" if wanted else f"The {kind} is scaled to 0 replicas: no Pod runs")


def stateful_set(cluster: Cluster, live: Manifest) -> Verdict:
    """A StatefulSet is ready when all its pods are ready in the newest revision."""
    status, spec = live.status, live.spec
    unseen = _unseen(live)
    if unseen is not None:
        return unseen
    wanted, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    strategy = spec.get("updateStrategy") or {}
    partition = (strategy.get("rollingUpdate") or {}).get("partition", 0)
    updated = strategy.get("type") == "OnDelete" or status.get("updatedReplicas", 0) >= wanted - partition
    same = partition > 0 or status.get("currentRevision") == status.get("updateRevision")
    if ready >= wanted and updated and (same or strategy.get("type") == "OnDelete"):
        return _ready(live, wanted)
    return Verdict(
        False,
        f"Waiting for the Pods of the StatefulSet's newest revision ({ready}/{wanted} ready)",
        (f"{ready} of the {wanted} Pods that it wants are ready",),
        explain=lambda: workload_problems(cluster, live),
    )


def daemon_set(cluster: Cluster, live: Manifest) -> Verdict:
    """A DaemonSet is ready when every node that it is for runs its newest pod."""
    status = live.status
    unseen = _unseen(live)
    if unseen is not None:
        return unseen
    wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberReady", 0)
    manual = (live.spec.get("updateStrategy") or {}).get("type") == "OnDelete"
    updated = status.get("updatedNumberScheduled", 0)
    if ready >= wanted and (manual or updated >= wanted):
        return Verdict(True, "The DaemonSet is ready" if wanted else "The DaemonSet fits no node: no Pod runs")
    return Verdict(
        False,
        f"Waiting for the DaemonSet's Pods ({ready}/{wanted} ready, {updated} updated)",
        (f"{ready} of the {wanted} Pods that it wants are ready",),
        explain=lambda: workload_problems(cluster, live),
    )
