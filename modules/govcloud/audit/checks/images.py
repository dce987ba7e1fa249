"""SUP-01 live: what comes from elsewhere, or is named by a tag, is refused to its author, and nothing such runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from govcloud.audit import workload
from govcloud.audit.access import Access
from govcloud.audit.attempt import Attempt, perform, policy
from govcloud.audit.check import Check, Examination, read_all
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.country.controls import Control
from govcloud.model.image_reference import unadmitted
from govcloud.render.image import Image
from govcloud_base.errors import Text

__all__ = ["CHECK", "attempts", "judge"]

_CONTROL = "SUP-01"
_NAME = "govcloud-audit-images"
_POLICIES = {"Pod": "pods", "CronJob": "pod-schedules"}


def attempts(namespace: str, image: Image) -> Iterator[Attempt]:
    """Return attempts to run what no declared registry holds, or what its author may change later; all dry runs.

    `image` is the audit's own, from a declared registry and by digest.
    """
    named, _, digest = image.reference.partition("@")
    alike = f"{named.partition('/')[0]}.example"
    wrong = {
        Text("from another registry", "từ kho ảnh khác"): f"registry.elsewhere.example/probe@{digest}",
        # A prefix without its end would let it in.
        Text("from a registry called alike", "từ kho ảnh tên na ná"): f"{alike}/probe@{digest}",
        Text("of Docker's registry, unsaid", "từ kho của Docker, không nêu tên"): f"probe@{digest}",
        Text("by a tag", "nêu bằng thẻ"): f"{named}:1",
        Text("by nothing at all", "không nêu gì"): named,
    }
    for kind in workload.KINDS.keys() - {"ReplicationController"}:  # no tenant may make those
        twin = workload.create(kind, _NAME, namespace, workload.hardened_pod(image)).dry_run()
        for name, reference in wrong.items():
            for place in ("containers", "initContainers"):
                pod = workload.hardened_pod(image)
                pod[place] = [{**pod["containers"][0], "name": "other", "image": reference}]
                yield Attempt(
                    name=Text(f"{kind}: image {name.en} in {place}", f"{kind}: ảnh {name.vi} ở {place}"),
                    attack=workload.create(kind, _NAME, namespace, pod).dry_run(),
                    refusals=(policy(_POLICIES.get(kind, "pod-templates"), _CONTROL),),
                    twin=twin,
                )


def judge(namespace: str, pods: Iterable[Mapping[str, Any]], registries: Iterable[str], control: Control) -> Finding:
    """Return whether all images that run in a namespace are from `registries` and by digest."""
    form, known = control.string("digest_form"), tuple(registries)
    wrong = [
        f"{pod['metadata']['name']}: {why}"
        for pod in pods
        for group in ("initContainers", "containers", "ephemeralContainers")
        for container in pod["spec"].get(group) or ()
        if (why := unadmitted(str(container.get("image") or ""), known, form)) is not None
    ]
    name = Text(f"images in {namespace}", f"ảnh trong {namespace}")
    if wrong:
        return Finding(name, Verdict.FAIL, Text.quoted("; ".join(sorted(wrong)[:5])))
    return Finding(
        name,
        Verdict.PASS,
        Text("from declared registries, by digest", "từ kho ảnh đã khai báo, theo mã băm"),
    )


def _subjects(access: Access) -> tuple[str, ...]:
    return tuple(tenant.name for tenant in access.tenants.values() if tenant.level >= access.catalogue[_CONTROL].level)


def _examine(subject: str, access: Access) -> Examination:
    tenant, control = access.tenants[subject], access.catalogue[_CONTROL]
    planned = list(attempts(tenant.home, tenant.probe))
    findings = perform(tenant.api, planned)
    label = control.string("level_label")
    concerned = [
        manifest["metadata"]["name"]
        for manifest in tenant.manifests.values()
        if manifest["kind"] == "Namespace" and int(manifest["metadata"]["labels"][label]) >= control.level
    ]
    running = [
        judge(name, read_all(access.auditor, "", "pods", name), access.registries, control)
        for name in sorted(concerned)
    ]
    return Examination(len(planned) + len(concerned), (*findings, *running))


CHECK = Check("SUP-01.images", (_CONTROL,), _subjects, _examine)
