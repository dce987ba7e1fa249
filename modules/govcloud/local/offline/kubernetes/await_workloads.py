"""When Deployments, StatefulSets and DaemonSets are ready: the new revision runs and the old one is gone."""

from __future__ import annotations

from typing import Any

from govcloud.local.offline.kubernetes.await_pods import pod_problems
from govcloud.local.offline.kubernetes.cluster import Cluster
from govcloud.local.offline.kubernetes.engine import Severity
from govcloud.local.offline.kubernetes.waiting import Verdict

__all__ = ["daemon_set", "deployment", "stateful_set"]


def _observed(live: dict[str, Any]) -> bool:
    seen = (live.get("status") or {}).get("observedGeneration", 0)
    return bool(seen >= live["metadata"].get("generation", 0))


def deployment(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    """A Deployment is ready when as many pods of its newest revision as it wants are available, and no others."""
    status = live.get("status") or {}
    if not _observed(live):
        return Verdict(False, "Waiting for the Deployment to be noticed", ("no controller has seen it yet",))
    wanted = (live.get("spec") or {}).get("replicas", 1)
    available = status.get("availableReplicas", 0)
    conditions = {item["type"]: item for item in status.get("conditions") or ()}
    progressing = conditions.get("Progressing", {})
    done = (
        status.get("updatedReplicas", 0) >= wanted
        and available >= wanted
        and status.get("replicas", 0) <= status.get("updatedReplicas", 0)
    )
    if done and (wanted == 0 or progressing.get("status", "True") == "True"):
        return Verdict(True, "Deployment initialization complete")
    problems = [
        f"[{item.get('reason')}] {item.get('message')}"
        for item in conditions.values()
        if item.get("status") == "False" or item["type"] == "ReplicaFailure"
    ]
    pods = pod_problems(cluster, live)
    problems += [
        f"Minimum number of Pods to consider the application live was not attained ({available}/{wanted})",
        *pods,
    ]
    stuck = progressing.get("reason") == "ProgressDeadlineExceeded"
    message = f"Waiting for app ReplicaSet to be available ({available}/{wanted} Pods available)"
    return Verdict(
        False,
        pods[0] if pods else message,
        tuple(problems),
        hopeless=stuck,
        severity=Severity.WARNING if pods else Severity.INFO,
    )


def stateful_set(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    """A StatefulSet is ready when all its pods are ready in the newest revision."""
    status, spec = live.get("status") or {}, live.get("spec") or {}
    if not _observed(live):
        return Verdict(False, "Waiting for the StatefulSet to be noticed", ("no controller has seen it yet",))
    wanted, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    strategy = spec.get("updateStrategy") or {}
    partition = (strategy.get("rollingUpdate") or {}).get("partition", 0)
    updated = strategy.get("type") == "OnDelete" or status.get("updatedReplicas", 0) >= wanted - partition
    same = partition > 0 or status.get("currentRevision") == status.get("updateRevision")
    if ready >= wanted and updated and (same or strategy.get("type") == "OnDelete"):
        return Verdict(True, "StatefulSet initialization complete")
    pods = pod_problems(cluster, live)
    return Verdict(
        False,
        pods[0] if pods else f"Waiting for StatefulSet to advance to updateRevision ({ready}/{wanted} Pods ready)",
        (f"{ready} out of {wanted} replicas succeeded readiness checks", *pods),
        severity=Severity.WARNING if pods else Severity.INFO,
    )


def daemon_set(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    """A DaemonSet is ready when every node that it is for runs its newest pod."""
    status = live.get("status") or {}
    if not _observed(live):
        return Verdict(False, "Waiting for the DaemonSet to be noticed", ("no controller has seen it yet",))
    wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberReady", 0)
    manual = ((live.get("spec") or {}).get("updateStrategy") or {}).get("type") == "OnDelete"
    updated = status.get("updatedNumberScheduled", 0)
    if ready >= wanted and (manual or updated >= wanted):
        return Verdict(True, "DaemonSet initialization complete")
    pods = pod_problems(cluster, live)
    return Verdict(
        False,
        pods[0] if pods else f"Waiting for DaemonSet Pods to be ready ({ready}/{wanted}, {updated} updated)",
        (f"{ready} out of {wanted} Pods are ready", *pods),
        severity=Severity.WARNING if pods else Severity.INFO,
    )
