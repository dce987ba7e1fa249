"""How far a pod of an examination is, and why it does not get further."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from govcloud.audit import workload
from govcloud.audit.check import BlindError
from govcloud.clouds.request import Request, resource
from govcloud.examination.ground import Ground
from govcloud_base.errors import Text

__all__ = ["ENDED", "addresses", "begun", "ready", "state", "until"]

ENDED = ("Succeeded", "Failed")
_READY_SECONDS = 75.0
"""Patience with a busy node; a cluster with room takes a few of these seconds."""
_HOPELESS = frozenset(
    {"ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError"}
)
"""Why the container waits where it will not start: nobody waits with it."""

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
        if status.get("phase") in ENDED or (state(status).get("waiting") or {}).get("reason") in _HOPELESS:
            break
    phase, why = (pod.get("status") or {}).get("phase"), _why(pod.get("status") or {})
    raise BlindError(
        Text(
            f"pod {name} in {namespace} is {phase}: {why or 'no reason given'}",
            f"pod {name} trong {namespace} ở trạng thái `{phase}`: {why or 'không nêu lý do'}",
        )
    )


def state(status: Object) -> Object:
    """Return the state of the container that the examination asked for; others a site injects, as of a mesh."""
    containers = status.get("containerStatuses") or ()
    return next((c.get("state") or {} for c in containers if c.get("name") == workload.CONTAINER), {})


def begun(status: Object) -> bool:
    """Return whether the container has started: its node has the image."""
    return not state(status).keys().isdisjoint(("running", "terminated"))


def ready(status: Object) -> bool:
    """Return whether the pod has an address and all its containers are ready."""
    containers = status.get("containerStatuses") or ()
    return bool(status.get("podIP") and containers and all(c.get("ready") for c in containers))


def addresses(pod: Object) -> list[str]:
    """Return the addresses of a pod that is ready."""
    status = pod.get("status") or {}
    return [row["ip"] for row in status.get("podIPs") or ()] or [status["podIP"]]


def _why(status: Object) -> str:
    """Return what the cluster says of a pod that does not run, in its words."""
    conditions = [c.get("message") for c in status.get("conditions") or () if c.get("status") != "True"]
    waiting = [(c.get("state") or {}).get("waiting") or {} for c in status.get("containerStatuses") or ()]
    states = [f"{one['reason']} {one.get('message') or ''}".strip() for one in waiting if one.get("reason")]
    return "; ".join(str(part) for part in [*conditions, *states] if part)
