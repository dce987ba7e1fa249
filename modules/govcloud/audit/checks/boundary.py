"""TEN-01 live: a tenant wears no mark of the platform, on any kind of object, and chooses no volume."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.attempt import Attempt, perform, policy
from govcloud.audit.check import Check, Examination, by_tenant
from govcloud.audit.own_objects import claim, own_objects
from govcloud.audit.run import LABEL
from govcloud.clouds.request import Request
from govcloud.country.controls import Control
from govcloud.render.image import Image
from govcloud_base.errors import Text

__all__ = ["CHECK", "claim_attempts", "mark_attempts"]

_MARKED = policy("platform-objects", "TEN-01")

Path = tuple[str, ...]

_TEMPLATES: tuple[Path, ...] = (
    ("spec", "template"),
    ("spec", "jobTemplate"),
    ("spec", "jobTemplate", "spec", "template"),
)
"""Where kinds hold what controllers copy labels from."""


def _with(ordinary: Request, path: Path, value: Any) -> Request:
    """Return the request with `value` at `path` of its body."""
    body = copy.deepcopy(ordinary.body)
    place = body
    for part in path[:-1]:
        place = place.setdefault(part, {})
    place[path[-1]] = value
    return dataclasses.replace(ordinary, body=body)


def _of(kind: str, what: Text) -> Text:
    return Text(f"{kind}: {what.en}", f"{kind}: {what.vi}")


def _at(body: Any, path: Path) -> Any:
    for part in path:
        body = (body or {}).get(part)
    return body


def mark_attempts(namespace: str, other: str, control: Control, image: Image) -> Iterator[Attempt]:
    """Return attempts to pass for the platform's or another tenant's: by label, on every kind and on what controllers
    make of it, by annotation and by name."""
    tenant, managed = control.string("tenant_label"), control.string("managed_label")
    ordinary = own_objects(namespace, image)
    for kind, request in ordinary.items():
        for what, label, value in (
            (Text("labelled as the platform's", "mang nhãn của nền tảng"), managed, control.string("managed_value")),
            (Text("labelled as another tenant's", "mang nhãn của đơn vị thuê khác"), tenant, other),
        ):
            attack = _with(request, ("metadata", "labels", label), value)
            yield Attempt(_of(kind, what), attack, (_MARKED,), request)
        for path in _TEMPLATES:
            if _at(request.body, path) is not None:
                attack = _with(request, (*path, "metadata", "labels", tenant), other)
                yield Attempt(
                    _of(kind, Text(f"label in {'.'.join(path)}", f"nhãn trong {'.'.join(path)}")),
                    attack,
                    (_MARKED,),
                    request,
                )
    prefix = control.string("probe_prefix")
    others: tuple[tuple[str, Text, Path, Any], ...] = (
        ("ConfigMap", Text("the audit's label", "nhãn của kiểm toán"), ("metadata", "labels", LABEL), "x"),
        (
            "ConfigMap",
            Text("a label that the platform has not used yet", "một nhãn nền tảng chưa dùng"),
            ("metadata", "labels", f"{LABEL}-new"),
            "x",
        ),
        (
            "ConfigMap",
            Text("an annotation of the platform's", "một chú thích của nền tảng"),
            ("metadata", "annotations", managed),
            "x",
        ),
        (
            "ConfigMap",
            Text("a name of the audit's probes", "tên của Pod dò kiểm toán"),
            ("metadata", "name"),
            f"{prefix}x",
        ),
        (
            "ConfigMap",
            Text("a generated name of the audit's probes", "tên tự sinh của Pod dò kiểm toán"),
            ("metadata",),
            {"generateName": prefix},
        ),
        ("Pod", Text("a name of the audit's probes", "tên của Pod dò kiểm toán"), ("metadata", "name"), f"{prefix}x"),
        (
            "Deployment",
            Text("a name of the audit's probes", "tên của Pod dò kiểm toán"),
            ("metadata", "name"),
            f"{prefix}x",
        ),
    )
    for kind, what, path, value in others:
        yield Attempt(_of(kind, what), _with(ordinary[kind], path, value), (_MARKED,), ordinary[kind])


def claim_attempts(namespace: str, image: Image) -> Iterator[Attempt]:
    """Return attempts to be given a volume that was made for somebody else, by one's own claim or a controller's."""
    ordinary = own_objects(namespace, image)
    plain = {"metadata": {"name": "data"}, "spec": claim()}
    bound = {"pv.kubernetes.io/bind-completed": "yes"}
    placed = {"volume.kubernetes.io/selected-node": "govcloud-node"}
    ways: dict[Text, dict[str, Any]] = {
        Text("by name", "theo tên"): {**plain, "spec": {**claim(), "volumeName": "pvc-of-another"}},
        Text("by label", "theo nhãn"): {**plain, "spec": {**claim(), "selector": {"matchLabels": {"a": "b"}}}},
        Text("as bound already", "như đã gắn sẵn"): {**plain, "metadata": {"name": "data", "annotations": bound}},
        Text("on a node of its choice", "trên nút tự chọn"): {
            **plain,
            "metadata": {"name": "data", "annotations": placed},
        },
    }
    for name, made in ways.items():
        own = ordinary["PersistentVolumeClaim"]
        attack = dataclasses.replace(own, body={**own.body, **made})
        yield Attempt(_of("PersistentVolumeClaim", name), attack, (policy("volume-claims", "TEN-01"),), own)
    # Of a claim itself a server without the feature drops such a source before anybody judges it; templates keep it.
    copied = {"apiGroup": "", "kind": "PersistentVolumeClaim", "name": "data", "namespace": "kube-system"}
    ways[Text("copied from another namespace", "sao chép từ không gian tên khác")] = {
        **plain,
        "spec": {**claim(), "dataSourceRef": copied},
    }
    for name, made in ways.items():
        path: Path = ("spec", "volumeClaimTemplates")
        yield Attempt(
            _of("StatefulSet", Text(f"claims {name.en}", f"yêu cầu ổ đĩa {name.vi}")),
            _with(ordinary["StatefulSet"], path, [made]),
            (policy("volume-claim-templates", "TEN-01"),),
            _with(ordinary["StatefulSet"], path, [plain]),
        )
        for kind, path in (("Pod", ("spec", "volumes")), ("Deployment", ("spec", "template", "spec", "volumes"))):
            yield Attempt(
                _of(kind, Text(f"ephemeral volume {name.en}", f"ổ đĩa tạm {name.vi}")),
                _with(ordinary[kind], path, [_ephemeral(made)]),
                (policy("volume-claims-of-pods", "TEN-01"),),
                _with(ordinary[kind], path, [_ephemeral(plain)]),
            )


def _ephemeral(made: dict[str, Any]) -> dict[str, Any]:
    annotations = made["metadata"].get("annotations", {})
    template = {"metadata": {"annotations": annotations}, "spec": made["spec"]}
    return {"name": "data", "ephemeral": {"volumeClaimTemplate": template}}


def _examine(subject: str, access: Access) -> Examination:
    tenant = access.tenants[subject]
    other = next((name for name in access.tenants if name != subject), "another")
    planned = [
        *mark_attempts(tenant.home, other, access.catalogue["TEN-01"], tenant.probe),
        *claim_attempts(tenant.home, tenant.probe),
    ]
    return Examination(len(planned), tuple(perform(tenant.api, planned)))


CHECK = Check("TEN-01.boundary", ("TEN-01",), by_tenant, _examine)
