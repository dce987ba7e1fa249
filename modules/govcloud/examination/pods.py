"""Pods of an examination: one that stands in each namespace, behind a service, and those that run a moment."""

from __future__ import annotations

import ipaddress
import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from govcloud.audit import workload
from govcloud.audit.check import BlindError
from govcloud.clouds.request import Answer, Request, collection, resource
from govcloud.examination.ground import IN, OPEN, OUT, Ground
from govcloud.examination.pod_state import ENDED, addresses, begun, ready, until
from govcloud.render.image import Image
from govcloud_base.errors import Text

__all__ = ["PORT", "Pods", "Standing", "by_family", "willing"]

PORT = 8080
_NAME = "probe"
_ENTER_SECONDS = 60.0
_WORN = "app.kubernetes.io/name"

_NO_IMAGE = Text("the cloud declares no images, so no pod can run", "đám mây chưa khai báo ảnh nên không chạy được pod")

Object = Mapping[str, Any]


def willing(node: Object) -> bool:
    """Return whether a node is ready and takes pods that tolerate nothing."""
    spec, status = node.get("spec") or {}, node.get("status") or {}
    ready = any(c.get("type") == "Ready" and c.get("status") == "True" for c in status.get("conditions") or ())
    kept_off = any(t.get("effect") in ("NoSchedule", "NoExecute") for t in spec.get("taints") or ())
    return ready and not spec.get("unschedulable") and not kept_off


def by_family(addresses: Iterable[str]) -> dict[int, str]:
    """Return the first address of each protocol, by 4 and 6."""
    found: dict[int, str] = {}
    for address in addresses:
        found.setdefault(ipaddress.ip_address(address).version, address)
    return found


@dataclass(frozen=True)
class Standing:
    """A pod that listens, and the service before it."""

    banner: str
    """What it answers to whoever connects."""
    pod: Mapping[int, str]
    """Its addresses by protocol, 4 or 6."""
    service: Mapping[int, str]
    """Those of its service."""


class Pods:
    """The pods of one examination; they are made once, and whoever needs them waits."""

    def __init__(self, ground: Ground, image: Image | None, lend: Callable[[str], None] = lambda role: None) -> None:
        """Make pods on `ground` that run `image`; none where the cloud declares no images.

        `lend` puts into a namespace what nodes need to get the image; it raises BlindError where that cannot be had.
        """
        self.ground = ground
        self._image = image
        self._lend = lend
        self._lock = threading.Lock()
        self._standing: dict[str, Standing] | Text | None = None

    @property
    def image(self) -> Image:
        """What pods run; raises BlindError where the cloud declares no images."""
        if self._image is None:
            raise BlindError(_NO_IMAGE)
        return self._image

    def standing(self) -> dict[str, Standing]:
        """Return the pods in the namespaces `open`, `in` and `out`, once all are ready.

        Raises BlindError where no node takes pods, or one does not come up.
        """
        with self._lock:
            if self._standing is None:
                try:
                    self._standing = self._stand()
                except BlindError as error:
                    self._standing = error.reason
        if isinstance(self._standing, Text):
            raise BlindError(self._standing)
        return self._standing

    def execute(self, role: str, program: str, arguments: Sequence[str], seconds: float) -> Any:
        """Run a program in the standing pod of a namespace and return the JSON that it prints; raises BlindError."""
        namespace = self.ground.namespace(role)
        answer = self.ground.api.execute(
            namespace, _NAME, ["python3", "-I", "-S", "-c", _text(program), *arguments], seconds + _ENTER_SECONDS
        )
        return _printed(answer, f"{program} ({namespace})")

    def start(self, role: str, name: str, program: str, arguments: Sequence[str]) -> None:
        """Make a pod that runs a program once; raises BlindError where that is refused."""
        self._pod(role, name, _text(program), arguments)

    def listen(self, role: str, name: str, *, anew: bool = False) -> None:
        """Make a pod that listens; raises BlindError where that is refused.

        With `anew` the node asks the registry for the image, also where it has it already.
        """
        self._pod(role, name, _text("listen.py"), [self._banner(role), str(PORT)], "Always" if anew else "IfNotPresent")

    def serve(self, role: str, name: str, *, early: bool = False) -> dict[int, str]:
        """Make the service of a pod that listens, and return its addresses; with `early` before the pod is ready."""
        namespace = self.ground.namespace(role)
        spec = {
            "selector": {_WORN: name},
            "ports": [{"port": PORT, "targetPort": PORT}],
            "ipFamilyPolicy": "PreferDualStack",
            "publishNotReadyAddresses": early,
        }
        body = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": self.ground.metadata(name, namespace),
            "spec": spec,
        }
        made = self.ground.create(Request("POST", collection("", "services", namespace), body))
        return by_family(made["spec"].get("clusterIPs") or [made["spec"]["clusterIP"]])

    def running(self, role: str, name: str) -> Object:
        """Return the pod once its container has started; raises BlindError where it does not."""
        return until(self.ground, role, name, begun)

    def outcome(self, role: str, name: str) -> Any:
        """Return the JSON that a program printed, once it has ended; raises BlindError where it does not, or failed."""
        until(self.ground, role, name, lambda status: status.get("phase") in ENDED)
        namespace = self.ground.namespace(role)
        path = resource("", "pods", name, namespace, "log")
        return _printed(self.ground.api.send(Request("GET", path)), f"{name} ({namespace})")

    def _banner(self, role: str) -> str:
        return f"{role} {self.ground.mark}"

    def _stand(self) -> dict[str, Standing]:
        request = Request("GET", collection("", "nodes"))
        answer = self.ground.api.send(request)
        if not answer.ok:
            raise BlindError(answer.to(request))
        if not any(willing(node) for node in answer.json().get("items") or ()):
            raise BlindError(Text("no node takes pods, so none can run", "không nút nào nhận pod nên không chạy được"))
        if self._image is None:
            raise BlindError(_NO_IMAGE)
        services = {}
        for role in (OPEN, IN, OUT):
            self._lend(role)
            services[role] = self.serve(role, _NAME)
            self.listen(role, _NAME)
        standing = {}
        for role, service in services.items():
            pod = until(self.ground, role, _NAME, ready)
            standing[role] = Standing(f"{self._banner(role)} {PORT}", by_family(addresses(pod)), service)
        return standing

    def _pod(self, role: str, name: str, program: str, arguments: Sequence[str], pull: str = "IfNotPresent") -> None:
        namespace = self.ground.namespace(role)
        container = workload.container(
            self.image,
            imagePullPolicy=pull,
            command=["python3", "-I", "-S", "-c", program, *arguments],
            resources={"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "500m", "memory": "64Mi"}},
        )
        pod = {**workload.hardened_pod(self.image, container), "restartPolicy": "Never"}
        body = workload.workload("Pod", name, namespace, pod)
        body["metadata"] = self.ground.metadata(name, namespace, **{_WORN: name})
        self.ground.create(Request("POST", collection("", "pods", namespace), body), seconds=10.0)


def _text(program: str) -> str:
    """Return the text of a program: an examination's own, or one that the audit has as well."""
    own = files("govcloud.examination.programs").joinpath(program)
    return (own if own.is_file() else files("govcloud.audit.probes").joinpath(program)).read_text(encoding="utf-8")


def _printed(answer: Answer, what: str) -> Any:
    if not answer.ok:
        raise BlindError(answer.to(what))
    try:
        return json.loads(answer.text.strip().splitlines()[-1])
    except (ValueError, IndexError):
        raise BlindError(
            Text(f"{what} answered {answer.text[:200]!r}", f"{what} trả lời {answer.text[:200]!r}")
        ) from None
