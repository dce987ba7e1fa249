"""Whether images are where they should be: in the registry as seen from here, and pullable by a node of the cluster.

The look from inside makes a namespace of its own, with nothing of a tenant in it, and takes it away again.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from govcloud.clouds.request import Answer, Api, Request, collection, resource
from govcloud.images.supply import connect, places
from govcloud.model import names
from govcloud.model.cloud import Images
from govcloud.model.image_lock import ImageName
from govcloud.refusal import quotation
from govcloud_base.errors import Text

__all__ = ["Seen", "held", "inside", "lend"]

_PATIENCE = 120.0
"""Seconds that a node may take to get an image and start it."""
_POLL = 0.5
_USER = 65532
_NOTHING_TO_DO: Mapping[str, list[str]] = {
    "gateway": ["/usr/sbin/nginx", "-v"],
    "probe": ["/usr/bin/python3", "-I", "-S", "-c", "pass"],
}
"""What a pod of each image runs: it starts, and ends."""
_REASONS = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerError")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found of one image."""

    reference: str
    ok: bool
    said: Text


def held(declared: Images, references: Mapping[ImageName, str]) -> Iterator[Seen]:
    """Yield for each registry of a cloud and each image whether it is there, as seen from here.

    Raises CloudError where a registry cannot be reached or does not let us in.
    """
    for host, folder in places(declared):
        registry = connect(declared, host)
        for image, reference in references.items():
            digest = reference.partition("@")[2]
            repository = f"{folder}/{image}" if folder else image
            there = registry.holds(repository, digest)
            said = Text("is in the registry", "có trong kho ảnh")
            absent = Text("is not in the registry: `govcloud images push`", "chưa có trong kho: `govcloud images push`")
            yield Seen(f"{host}/{repository}@{digest}", there, said if there else absent)


def inside(api: Api, references: Mapping[ImageName, str], pull_secret: str | None) -> Iterator[Seen]:
    """Yield for each reference whether a node gets and starts it, as the platform's identity `api` sees it.

    Where the cloud names a pull secret, the one that its namespaces have is used. Nothing is left behind.
    """
    with _namespace(api) as (name, refused):
        if refused is None and pull_secret is not None:
            refused = lend(api, name, pull_secret)
        if refused is not None:
            for reference in references.values():
                yield Seen(reference, False, refused)
            return
        for image, reference in references.items():
            request = Request("POST", collection("", "pods", name), _pod(image, reference, pull_secret))
            answer = api.send(request)
            yield Seen(reference, False, answer.to(request)) if not answer.ok else _watched(api, name, image, reference)


@contextmanager
def _namespace(api: Api) -> Iterator[tuple[str, Text | None]]:
    """Make a namespace; give its name, or why there is none. It goes in the end, with all that is in it."""
    name = f"govcloud-images-{secrets.token_hex(4)}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    request = Request("POST", collection("", "namespaces"), body)
    answer = api.send(request)
    try:
        yield name, None if answer.ok else answer.to(request)
    finally:
        if answer.ok:
            path = resource("", "namespaces", name)
            api.send(Request("DELETE", path, {"propagationPolicy": "Foreground"}))
            deadline = time.monotonic() + _PATIENCE
            while api.send(Request("GET", path)).status != 404 and time.monotonic() < deadline:
                time.sleep(_POLL)


def lend(api: Api, namespace: str, name: str) -> Text | None:
    """Copy the pull secret of a namespace of the platform's; return why that cannot be."""
    managed = {"labelSelector": f"{names.label('managed-by')}={names.MANAGED_BY}"}
    listing = Request("GET", collection("", "namespaces"), query=managed)
    answer = api.send(listing)
    if not answer.ok:
        return answer.to(listing)
    for item in answer.json().get("items") or ():
        found = api.send(Request("GET", resource("", "secrets", name, item["metadata"]["name"])))
        if found.ok:
            secret = found.json()
            body = {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": name},
                "type": secret.get("type"),
                "data": secret.get("data"),
            }
            made: Answer = api.send(Request("POST", collection("", "secrets", namespace), body))
            # Its request is not quoted: it holds the password.
            return None if made.ok else Text(f"Secret {name}: {made.message}", f"Secret {name}: {made.described.vi}")
    return Text(
        f"no namespace of the platform's has the Secret {name} (images.pullSecret)",
        f"không namespace nào của nền tảng có Secret {name} (`images.pullSecret`)",
    )


def _pod(image: str, reference: str, pull_secret: str | None) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": image},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 0,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": _USER,
                "runAsGroup": _USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            **({"imagePullSecrets": [{"name": pull_secret}]} if pull_secret else {}),
            "containers": [
                {
                    "name": image,
                    "image": reference,
                    "imagePullPolicy": "IfNotPresent",
                    "command": _NOTHING_TO_DO[image],
                    "resources": {"requests": {"cpu": "5m", "memory": "24Mi"}, "limits": {"memory": "48Mi"}},
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            ],
        },
    }


def _watched(api: Api, namespace: str, pod: str, reference: str) -> Seen:
    deadline = time.monotonic() + _PATIENCE
    request = Request("GET", resource("", "pods", pod, namespace))
    state: dict[str, Any] = {}
    while time.monotonic() < deadline:
        answer = api.send(request)
        if not answer.ok:
            return Seen(reference, False, answer.to(request))
        status = answer.json().get("status") or {}
        containers: list[dict[str, Any]] = status.get("containerStatuses") or [{}]
        state = containers[0].get("state") or {}
        if "running" in state or "terminated" in state:
            return _started(api, namespace, pod, reference, answer.json(), state)
        waiting = state.get("waiting") or {}
        if waiting.get("reason") in _REASONS:
            return Seen(reference, False, _quoted(waiting["reason"], waiting.get("message", "")))
        time.sleep(_POLL)
    return Seen(
        reference,
        False,
        Text(
            f"no node started it within {_PATIENCE:.0f} s: {state or 'not scheduled'}",
            f"không nút nào chạy được trong {_PATIENCE:.0f} giây: {quotation(str(state or 'not scheduled')).vi}",
        ),
    )


def _started(api: Api, namespace: str, pod: str, reference: str, found: dict[str, Any], state: dict[str, Any]) -> Seen:
    code = (state.get("terminated") or {}).get("exitCode", 0)
    if code:
        return Seen(
            reference, False, Text(f"started, and ended with {code}", f"chạy được nhưng kết thúc với mã {code}")
        )
    node = (found.get("spec") or {}).get("nodeName")
    fields = {"fieldSelector": f"involvedObject.name={pod},reason=Pulled"}
    events = api.send(Request("GET", collection("", "events", namespace), query=fields)).json().get("items") or ()
    fetched = any("Successfully pulled" in str(event.get("message")) for event in events)
    if fetched:
        return Seen(reference, True, Text(f"pulled by {node}, and started", f"{node} đã lấy về và chạy được"))
    return Seen(reference, True, Text(f"was on {node} already, and started", f"đã có sẵn ở {node} và chạy được"))


def _quoted(reason: str, message: str) -> Text:
    said = quotation(" ".join(message.split())[:300])
    return Text(f"{reason}: {said.en}", f"{reason}: {said.vi}")
