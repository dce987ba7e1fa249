"""The registry of images: it holds the project's own as seen from here, and a node gets one from there."""

from __future__ import annotations

from collections.abc import Iterator

from govcloud.audit.check import BlindError
from govcloud.country.image import references
from govcloud.examination.finding import Finding, found, lacking, unknown
from govcloud.examination.ground import OPEN
from govcloud.examination.site import Site
from govcloud.images.check import held
from govcloud.model.cloud import Images
from govcloud_base.errors import GovCloudError, Text

__all__ = ["CAPABILITIES", "examine"]

HERE, NODE = "registry-here", "registry-node"
CAPABILITIES = (HERE, NODE)

_NAME = "pulled"
_REFUSED = ("ErrImagePull", "ImagePullBackOff")
_REACH = Text(
    "let nodes reach the registry, trust its certificate, and have the declared Secret of images.pullSecret",
    "cho nút tới được kho ảnh, tin chứng thư của kho, và có Secret của `images.pullSecret` đã khai báo",
)
_UNDECLARED = Text("the cloud declares no registry of images", "đám mây chưa khai báo kho ảnh")
_DECLARE = Text(
    "declare images.registry in the cloud's file, then run `govcloud images push`",
    "khai báo `images.registry` trong tệp của đám mây, rồi chạy `govcloud images push`",
)


def examine(site: Site) -> Iterator[Finding]:
    """Ask every registry of the cloud for the images, and let a node get the one that probe pods run."""
    declared = site.cloud.spec.images
    if declared is None:
        yield lacking(HERE, _UNDECLARED, _DECLARE)
        yield lacking(NODE, _UNDECLARED, _DECLARE)
        return
    yield from _here(site, declared)
    try:
        yield _from_node(site)
    except BlindError as error:
        refused = any(reason in error.reason.en for reason in _REFUSED)
        yield lacking(NODE, error.reason, _REACH) if refused else unknown(NODE, error.reason)


def _here(site: Site, declared: Images) -> Iterator[Finding]:
    push = Text(f"run `govcloud images push {site.cloud.name}`", f"chạy `govcloud images push {site.cloud.name}`")
    try:
        for seen in held(declared, references(site.country, site.cloud.name)):
            name = Text.quoted(seen.reference.partition("@")[0])
            yield found(HERE, seen.said, name) if seen.ok else lacking(HERE, seen.said, push, name)
    except GovCloudError as error:
        problem = error.problems[0]
        yield unknown(HERE, problem.message, fix=problem.fix)


def _from_node(site: Site) -> Finding:
    """Return whether a node gets the image, each time anew: one that it has already proves nothing of the registry."""
    site.pods.standing()
    site.pods.listen(OPEN, _NAME, anew=True)
    pod = site.pods.running(OPEN, _NAME)
    node = str((pod.get("spec") or {}).get("nodeName"))
    return found(NODE, Text(f"{node} asked the registry and runs it", f"{node} đã hỏi kho ảnh và chạy được"))
