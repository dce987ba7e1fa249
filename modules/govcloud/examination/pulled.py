"""Whether a node of a cluster gets each of the project's images, and starts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from govcloud.audit import workload
from govcloud.audit.check import BlindError
from govcloud.clouds.request import Request, collection
from govcloud.country import Country
from govcloud.examination.ground import OPEN, Ground
from govcloud.examination.pod_state import begun, state, until
from govcloud.examination.pull_secret import lend
from govcloud.images.check import Seen
from govcloud.model.cloud import Images
from govcloud.model.image_lock import ImageName
from govcloud.render.image import Image
from govcloud_base.errors import Text

__all__ = ["pulled"]

_SECONDS = 120.0
"""How long a node may take to get an image and start it."""
_NOTHING_TO_DO: Mapping[ImageName, list[str]] = {
    "gateway": ["/usr/sbin/nginx", "-v"],
    "probe": ["/usr/bin/python3", "-I", "-S", "-c", "pass"],
}
"""What a pod of each image runs: it starts, and ends."""


def pulled(ground: Ground, images: Images, country: Country, references: Mapping[ImageName, str]) -> Iterator[Seen]:
    """Yield for each reference whether a node gets and starts it, asking the registry anew.

    It is done in the namespace `open` of `ground`, which the caller removes.
    """
    try:
        ground.make()
        lend(ground, images, country, OPEN)
    except BlindError as error:
        yield from (Seen(reference, False, error.reason) for reference in references.values())
        return
    for name, reference in references.items():
        try:
            _begin(ground, images, name, reference)
            yield _started(reference, until(ground, OPEN, name, begun, _SECONDS))
        except BlindError as error:
            yield Seen(reference, False, _with_secret(images, error.reason))


def _begin(ground: Ground, images: Images, name: ImageName, reference: str) -> None:
    image, namespace = Image(reference, images.pull_secret), ground.namespace(OPEN)
    container = workload.container(image, imagePullPolicy="Always", command=_NOTHING_TO_DO[name])
    pod = {**workload.hardened_pod(image, container), "restartPolicy": "Never"}
    body = workload.workload("Pod", name, namespace, pod)
    body["metadata"] = ground.metadata(name, namespace)
    ground.create(Request("POST", collection("", "pods", namespace), body), seconds=10.0)


def _started(reference: str, pod: Mapping[str, Any]) -> Seen:
    code = (state(pod["status"]).get("terminated") or {}).get("exitCode", 0)
    node = (pod.get("spec") or {}).get("nodeName")
    if code:
        said = Text(f"started on {node}, and ended with {code}", f"chạy được ở {node} nhưng kết thúc với mã {code}")
    else:
        said = Text(f"{node} asked the registry and runs it", f"{node} đã hỏi kho ảnh và chạy được")
    return Seen(reference, not code, said)


def _with_secret(images: Images, reason: Text) -> Text:
    """Return why an image was not got, with the Secret by which it was asked for."""
    if images.pull_secret is None:
        return reason
    secret = f"{images.pull_secret_namespace}/{images.pull_secret}"
    return Text(
        f"{reason.en} (with the Secret {secret}, images.pullSecret)",
        f"{reason.vi} (bằng Secret {secret}, `images.pullSecret`)",
    )
