"""When Pods and Jobs are ready, and what is wrong with pods that are not."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from govcloud.local.offline.kubernetes import metadata
from govcloud.local.offline.kubernetes.api_error import ApiError
from govcloud.local.offline.kubernetes.cluster import Cluster
from govcloud.local.offline.kubernetes.engine import Severity
from govcloud.local.offline.kubernetes.waiting import Verdict

__all__ = ["job", "pod", "pod_problems"]

# Reasons that stand for a start that takes its normal course.
_STARTING: Final = frozenset({"ContainerCreating", "PodInitializing", "", None})
_SHOWN: Final = 5


def pod_problems(cluster: Cluster, owner: dict[str, Any]) -> tuple[str, ...]:
    """Return what keeps the pods that `owner` selects from running, at most five sentences."""
    labels = (((owner.get("spec") or {}).get("selector") or {}).get("matchLabels")) or {}
    if not labels:
        return ()
    selector = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    path = f"/api/v1/namespaces/{quote(metadata.namespace_of(owner))}/pods"
    try:
        pods = cluster.client.request("GET", path, query={"labelSelector": selector, "limit": "50"})
    except ApiError:
        return ()  # who may manage workloads may not always list pods
    return tuple(text for item in pods.get("items", ()) for text in _problems(item))[:_SHOWN]


def _problems(item: dict[str, Any]) -> list[str]:
    status, place = item.get("status") or {}, metadata.identifier(item)
    found = [
        f"[Pod {place}]: {condition.get('message')}"
        for condition in status.get("conditions") or ()
        if condition["type"] == "PodScheduled" and condition["status"] == "False" and condition.get("message")
    ]
    for container in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
        name = container["name"]
        waiting = (container.get("state") or {}).get("waiting") or {}
        if waiting and waiting.get("reason") not in _STARTING:
            found.append(f'[Pod {place}]: container "{name}": [{waiting["reason"]}] {waiting.get("message", "")}')
        ended = (container.get("state") or {}).get("terminated") or {}
        if ended.get("exitCode"):
            found.append(f'[Pod {place}]: container "{name}" terminated with exit code {ended["exitCode"]}')
    return found


def pod(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    """A Pod is ready when it says so, or when it has run to its end."""
    status = live.get("status") or {}
    problems = tuple(_problems(live))
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or ())
    if ready or status.get("phase") == "Succeeded":
        return Verdict(True, "Pod ready")
    return Verdict(
        False,
        problems[0] if problems else f"Waiting for Pod {metadata.identifier(live)!r} to be ready",
        problems,
        hopeless=status.get("phase") == "Failed",
        severity=Severity.WARNING if problems else Severity.INFO,
    )


def job(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    """A Job is ready when it has succeeded; a suspended one when it exists."""
    status, place = live.get("status") or {}, metadata.identifier(live)
    conditions = {item["type"]: item for item in status.get("conditions") or ()}
    complete, failed = conditions.get("Complete"), conditions.get("Failed")
    if failed is not None and failed["status"] == "True":
        reason = f"[{failed.get('reason')}] {failed.get('message')}"
        return Verdict(False, reason, (reason, *pod_problems(cluster, live)), hopeless=True, severity=Severity.ERROR)
    counts = (
        f"(Active: {status.get('active', 0)} | Succeeded: {status.get('succeeded', 0)} "
        f"| Failed: {status.get('failed', 0)})"
    )
    message = f'Waiting for Job "{place}" to succeed {counts}'
    if complete is not None and complete["status"] == "True":
        return Verdict(True, message)
    if (live.get("spec") or {}).get("suspend"):
        return Verdict(True)
    if not status.get("startTime"):
        return Verdict(False, f'Waiting for Job "{place}" to start', ("no controller has started it yet",))
    problems = pod_problems(cluster, live)
    return Verdict(False, problems[0] if problems else message, (message, *problems))
