"""One probe pod: how it is made, what proves that it is still what was made, and how it goes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from govcloud.audit import workload
from govcloud.audit.attempt import Authority, Refusal
from govcloud.audit.check import BlindError
from govcloud.audit.run import LABEL, ProbePod, Run
from govcloud.clouds.request import Api, Request, collection, resource
from govcloud_base.errors import Text

__all__ = ["create", "ready", "remove", "require", "sweep"]

_ROOM_SECONDS = 60.0
_LIFE_SECONDS = 3600
"""After so long a pod ends by itself: what a killed run left holds no quota for ever, and the next run removes it."""
_ENDED = ("Failed", "Succeeded")
_NETWORKING = "networking.k8s.io"


def create(api: Api, run: Run, namespace: str, ports: Iterable[int]) -> str:
    """Create the run's pod and return its uid; raises BlindError where that is refused.

    Room that an earlier run's pod still takes is taken back. What a tenant fills itself is its own: then the namespace
    cannot be looked at, and the reason says so.
    """
    request = _creation(run, namespace, ports)
    answer = api.send(request)
    if Refusal(Authority.QUOTA).matches(answer) and _take_back(api, run, namespace):
        deadline = time.monotonic() + _ROOM_SECONDS
        while Refusal(Authority.QUOTA).matches(answer) and time.monotonic() < deadline:
            time.sleep(0.5)
            answer = api.send(request)
    uid = str(answer.json().get("metadata", {}).get("uid") or "")
    if not answer.ok or not uid:
        raise BlindError(answer.to(request))
    return uid


def ready(api: Api, run: Run, namespace: str, uid: str, ports: Iterable[int], deadline: float) -> ProbePod:
    """Return the pod once it runs; raises BlindError where it does not come up, or is not the one that was made.

    `deadline` is a reading of the monotonic clock.
    """
    while True:
        pod = _genuine(api, run, namespace, uid, ports)
        status = pod.get("status") or {}
        containers = status.get("containerStatuses") or [{}]
        if status.get("phase") == "Running" and status.get("podIP") and all(c.get("ready") for c in containers):
            return ProbePod(uid, str(status["podIP"]), _image(namespace, status), frozenset(ports))
        if status.get("phase") in _ENDED or time.monotonic() > deadline:
            phase, why = status.get("phase"), _why(status)
            raise BlindError(
                Text(
                    f"the probe in {namespace} is {phase}: {why or 'no reason given'}",
                    f"Pod dò trong {namespace} ở trạng thái `{phase}`: {why or 'không nêu lý do'}",
                )
            )
        time.sleep(0.3)


def require(api: Api, run: Run, namespace: str, made: ProbePod) -> None:
    """Raise BlindError unless the pod is the one that was made, as it was made, and has run ever since."""
    status = _genuine(api, run, namespace, made.uid, made.ports).get("status") or {}
    now = (status.get("phase"), status.get("podIP"), _image(namespace, status))
    if now != ("Running", made.address, made.image):
        raise BlindError(
            Text(
                f"the probe in {namespace} changed: it was {made.address} {made.image}, now {now}",
                f"Pod dò trong {namespace} đã đổi: trước là {made.address} {made.image}, nay là {now}",
            )
        )


def remove(api: Api, run: Run, namespace: str, uid: str) -> None:
    """Remove the pod, if it is the one that was made."""
    _delete(api, namespace, run.probe, uid)


def sweep(api: Api, run: Run) -> None:
    """Remove what killed runs left: pods that have ended, and canary rules, which open what nobody declared."""
    for group, plural in (("", "pods"), (_NETWORKING, "networkpolicies")):
        answer = api.send(Request("GET", collection(group, plural), query={"labelSelector": LABEL}))
        for item in answer.json().get("items") or ():
            left = item.get("metadata", {})
            ended = plural != "pods" or (item.get("status") or {}).get("phase") in _ENDED
            if ended and left.get("labels", {}).get(LABEL) != run.mark:
                path = resource(group, plural, left["name"], left["namespace"])
                api.send(Request("DELETE", path, {"preconditions": {"uid": left["uid"]}}))


def _take_back(api: Api, run: Run, namespace: str) -> bool:
    answer = api.send(Request("GET", collection("", "pods", namespace), query={"labelSelector": LABEL}))
    left = [item["metadata"] for item in answer.json().get("items") or ()]
    others = [metadata for metadata in left if metadata.get("labels", {}).get(LABEL) != run.mark]
    for metadata in others:
        _delete(api, namespace, metadata["name"], metadata["uid"])
    return bool(others)


def _delete(api: Api, namespace: str, name: str, uid: str) -> None:
    body = {"gracePeriodSeconds": 0, "preconditions": {"uid": uid}}
    api.send(Request("DELETE", resource("", "pods", name, namespace), body))


def _creation(run: Run, namespace: str, ports: Iterable[int]) -> Request:
    body = workload.workload("Pod", run.probe, namespace, _specification(run, namespace, ports))
    # No label of the tenant's making: whatever selects by such a one does not take the pod for its own.
    body["metadata"]["labels"] = {LABEL: run.mark}
    return Request("POST", collection("", "pods", namespace), body)


def _specification(run: Run, namespace: str, ports: Iterable[int]) -> dict[str, Any]:
    program = files("govcloud.audit.probes").joinpath("listen.py").read_text(encoding="utf-8")
    name = f"{namespace} {run.mark}"
    pod = workload.hardened_pod(
        run.image,
        workload.container(
            run.image,
            command=["python3", "-I", "-S", "-c", program, name, *(str(port) for port in sorted(ports))],
            resources={
                "requests": {"cpu": "5m", "memory": "24Mi"},
                "limits": {"cpu": "100m", "memory": "48Mi"},
            },
        ),
    )
    return {**pod, "restartPolicy": "Never", "activeDeadlineSeconds": _LIFE_SECONDS}


def _genuine(api: Api, run: Run, namespace: str, uid: str, ports: Iterable[int]) -> dict[str, Any]:
    """Return the pod as it is; raises BlindError unless it is the one that was made and runs what was sent."""
    request = Request("GET", resource("", "pods", run.probe, namespace))
    answer = api.send(request)
    if not answer.ok:
        raise BlindError(answer.to(request))
    pod = answer.json()
    found = pod.get("metadata", {}).get("uid")
    if found != uid:
        raise BlindError(
            Text(
                f"the probe in {namespace} is {found}, this run made {uid}",
                f"Pod dò trong {namespace} là {found}, còn lần chạy này đã tạo {uid}",
            )
        )
    if pod["metadata"].get("deletionTimestamp"):
        raise BlindError(Text(f"the probe in {namespace} is being deleted", f"Pod dò trong {namespace} đang bị xóa"))
    spec = pod.get("spec") or {}
    container = (spec.get("containers") or [{}])[0]
    added = [key for key in ("initContainers", "ephemeralContainers", "volumes") if spec.get(key)]
    added += [key for key in ("env", "envFrom", "volumeMounts", "lifecycle", "args") if container.get(key)]
    if added or not _holds(_specification(run, namespace, ports), spec):
        raise BlindError(
            Text(
                f"the probe in {namespace} is not what was sent: {', '.join(added) or 'its fields differ'}",
                f"Pod dò trong {namespace} không giống bản đã gửi: {', '.join(added) or 'các trường khác nhau'}",
            )
        )
    return pod


def _holds(sent: Any, found: Any) -> bool:
    """Return whether everything that was sent is there; the API server adds its defaults beside it."""
    if isinstance(sent, Mapping):
        return isinstance(found, Mapping) and all(_holds(value, found.get(key)) for key, value in sent.items())
    if isinstance(sent, list):
        return (
            isinstance(found, list)
            and len(sent) == len(found)
            and all(_holds(one, other) for one, other in zip(sent, found, strict=True))
        )
    return bool(sent == found)


def _image(namespace: str, status: Mapping[str, Any]) -> str:
    found = status.get("containerStatuses") or []
    if len(found) != 1 or found[0].get("restartCount") != 0 or not found[0].get("imageID"):
        raise BlindError(
            Text(
                f"the probe in {namespace} does not run one container from its beginning: {found}",
                f"Pod dò trong {namespace} không chạy đúng một container từ đầu: {found}",
            )
        )
    return str(found[0]["imageID"])


def _why(status: Mapping[str, Any]) -> str:
    """Return what the cluster says of a pod that does not run, in its words."""
    conditions = [c.get("message") for c in status.get("conditions", []) if c.get("status") != "True"]
    states = [c.get("state") for c in status.get("containerStatuses", [])]
    return "; ".join(str(part) for part in [*conditions, *states] if part)
