"""The pods of a workload, and what keeps them from running."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Final

from govcloud_base.discovery import Served, builtin
from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.readiness.events import warnings_of
from govcloud_offline.kubernetes.readiness.storage import claim_problems

__all__ = ["PODS", "owned_pods", "pod_problems", "workload_problems"]

PODS: Final = builtin("v1", "Pod")
_REPLICA_SETS: Final = builtin("apps/v1", "ReplicaSet")
# Reasons that stand for a start that takes its normal course.
_STARTING: Final = frozenset({"ContainerCreating", "PodInitializing", "", None})
_SHOWN: Final = 5
_PAGE: Final = "250"
_PAGES: Final = 4
"""What a thousand pods do not tell, the next will not tell either."""


def owned_pods(cluster: Cluster, owner: Manifest) -> Iterator[Manifest]:
    """Yield the pods that `owner` controls, a Deployment through its ReplicaSets.

    Labels only narrow the search: pods of others may carry them too, so the uid of the controller decides. Nothing
    is yielded to a user who may not look.
    """
    controllers = {owner.uid} - {""}
    if owner.kind.name == "Deployment":
        sets = _selected(cluster, owner, _REPLICA_SETS)
        controllers = {item.uid for item in sets if item.controller in controllers}
    if controllers:
        yield from (pod for pod in _selected(cluster, owner, PODS) if pod.controller in controllers)


def _selected(cluster: Cluster, owner: Manifest, kind: Served) -> Iterator[Manifest]:
    selector = _selector(owner.spec.get("selector") or {})
    query = {"limit": _PAGE, **({"labelSelector": selector} if selector else {})}
    for _ in range(_PAGES):
        try:
            page = cluster.client.request("GET", kind.collection(owner.namespace), query=query)
        except ApiError:
            return  # who may manage workloads may not always list pods
        yield from map(Manifest.of, page.get("items") or ())
        following = (page.get("metadata") or {}).get("continue")
        if not following:
            return
        query["continue"] = following


def _selector(selector: dict[str, Any]) -> str:
    """Write a label selector as a query does."""
    terms = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for term in selector.get("matchExpressions") or ():
        key, operator, values = term["key"], term["operator"], ",".join(term.get("values") or ())
        terms.append(
            {"Exists": key, "DoesNotExist": f"!{key}", "In": f"{key} in ({values})"}.get(
                operator, f"{key} notin ({values})"
            )
        )
    return ",".join(terms)


def workload_problems(cluster: Cluster, owner: Manifest) -> tuple[str, ...]:
    """Return what keeps the pods of `owner` from running, or from being made: at most five sentences."""
    found = itertools.chain.from_iterable(pod_problems(cluster, pod) for pod in owned_pods(cluster, owner))
    # Pods that quota or admission refuse are nowhere but in the events of who would make them.
    return tuple(itertools.islice(found, _SHOWN)) or warnings_of(cluster, owner)


def pod_problems(cluster: Cluster, pod: Manifest) -> tuple[str, ...]:
    """Return what keeps one pod from running."""
    status, place = pod.status, f"[Pod {pod.identifier}]"
    scheduled, found = pod.conditions.get("PodScheduled", {}), list[str]()
    if scheduled.get("status") == "False" and scheduled.get("message"):
        found = [f"{place}: {scheduled['message']}", *claim_problems(cluster, pod)]
    if status.get("reason"):
        found.append(f"{place}: [{status['reason']}] {status.get('message', '')}".rstrip())
    for container in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
        found += (f"{place}: {text}" for text in _container_problems(container))
    working = pod.conditions.get("Ready", {}).get("status") == "True"
    if not found and not working and status.get("phase") == "Pending":
        # A volume that cannot be mounted, a network that cannot be set up: the containers only ever say "creating".
        found = [f"{place}: {text}" for text in warnings_of(cluster, pod)]
    return tuple(found)


def _container_problems(container: dict[str, Any]) -> list[str]:
    state, name, found = container.get("state") or {}, f'container "{container["name"]}"', []
    waiting, ended = state.get("waiting") or {}, state.get("terminated") or {}
    before = (container.get("lastState") or {}).get("terminated") or {}
    if waiting and waiting.get("reason") not in _STARTING:
        found.append(f"{name}: [{waiting['reason']}] {waiting.get('message', '')}".rstrip())
        if before.get("exitCode"):
            found.append(f"{name} ended with exit code {before['exitCode']} before ({before.get('reason')})")
    if ended.get("exitCode"):
        found.append(f"{name} ended with exit code {ended['exitCode']}")
    return found
