"""When Pods and Jobs are ready."""

from __future__ import annotations

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.readiness.pods import pod_problems, workload_problems
from govcloud_offline.kubernetes.readiness.waiting import Verdict

__all__ = ["job", "pod"]


def pod(cluster: Cluster, live: Manifest) -> Verdict:
    """A Pod is ready when it says so, or when it has run to its end."""
    status = live.status
    ready = live.conditions.get("Ready", {}).get("status") == "True"
    if ready or status.get("phase") == "Succeeded":
        return Verdict(True, "The Pod is ready")
    return Verdict(
        False,
        f"Waiting for the Pod {live.identifier} to be ready",
        hopeless=status.get("phase") == "Failed",
        explain=lambda: pod_problems(cluster, live),
    )


def job(cluster: Cluster, live: Manifest) -> Verdict:
    """A Job is ready when it has succeeded; a suspended one when it exists."""
    status, place = live.status, live.identifier
    conditions = live.conditions
    complete, failed = conditions.get("Complete"), conditions.get("Failed")
    if failed is not None and failed["status"] == "True":
        reason = f"[{failed.get('reason')}] {failed.get('message')}"
        return Verdict(False, reason, (reason,), hopeless=True, explain=lambda: workload_problems(cluster, live))
    counts = (
        f"(Active: {status.get('active', 0)} | Succeeded: {status.get('succeeded', 0)} "
        f"| Failed: {status.get('failed', 0)})"
    )
    message = f"Waiting for the Job {place} to succeed {counts}"
    if complete is not None and complete["status"] == "True":
        return Verdict(True, message)
    if live.spec.get("suspend"):
        return Verdict(True)
    if not status.get("startTime"):
        return Verdict(False, f"Waiting for the Job {place} to start", ("no controller has started it yet",))
    return Verdict(False, message, (message,), explain=lambda: workload_problems(cluster, live))
