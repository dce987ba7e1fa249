"""How far a pod of an examination is, and why it does not get further."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from govcloud.audit.check import BlindError
from govcloud.clouds.request import Request, resource
from govcloud.examination.ground import Ground
from govcloud_base.errors import Text

__all__ = ["ENDED", "addresses", "begun", "ready", "until"]

ENDED = ("Succeeded", "Failed")
_READY_SECONDS = 75.0
"""Patience with a busy node; a cluster with room takes a few of these seconds."""
_HOPELESS = frozenset(
    {"ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError"}
)
"""Why a container waits that will not start: nobody waits with it."""

Object = Mapping[str, Any]


def until(
    ground: Ground, role: str, name: str, reached: Callable[[Object], bool], seconds: float = _READY_SECONDS
) -> Object:
    """Return a pod once its status is such; raises BlindError, with the cluster's words, where it never is."""
    namespace = ground.namespace(role)
    request, pod = Request("GET", resource("", "pods", name, namespace)), dict[str, Any]()
    for _ in ground.patience.tries(seconds):
        answer = ground.api.send(request)
        pod = answer.json() if answer.ok else pod
        status = pod.get("status") or {}
        if reached(status):
            return pod
        if status.get("phase") in ENDED or _HOPELESS & set(_waiting(status)):
            break
    phase, why = (pod.get("status") or {}).get("phase"), _why(pod.get("status") or {})
    raise BlindError(
        Text(
            f"pod {name} in {namespace} is {phase}: {why or 'no reason given'}",
            f"pod {name} trong {namespace} ở trạng thái `{phase}`: {why or 'không nêu lý do'}",
        )
    )


def begun(status: Object) -> bool:
    """Return whether a container has started: its node has the image."""
    states = [container.get("state") or {} for container in status.get("containerStatuses") or ()]
    return any("running" in state or "terminated" in state for state in states)


def ready(status: Object) -> bool:
    """Return whether the pod has an address and all its containers are ready."""
    containers = status.get("containerStatuses") or ()
    return bool(status.get("podIP") and containers and all(c.get("ready") for c in containers))


def addresses(pod: Object) -> list[str]:
    """Return the addresses of a pod that is ready."""
    status = pod.get("status") or {}
    return [row["ip"] for row in status.get("podIPs") or ()] or [status["podIP"]]


def _waiting(status: Object) -> dict[str, str]:
    """Return why containers wait, with the cluster's words for each reason."""
    found = [(c.get("state") or {}).get("waiting") or {} for c in status.get("containerStatuses") or ()]
    return {str(one["reason"]): str(one.get("message") or "") for one in found if one.get("reason")}


def _why(status: Object) -> str:
    """Return what the cluster says of a pod that does not run, in its words."""
    conditions = [c.get("message") for c in status.get("conditions") or () if c.get("status") != "True"]
    states = [f"{reason} {words}".strip() for reason, words in _waiting(status).items()]
    return "; ".join(str(part) for part in [*conditions, *states] if part)
