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
from govcloud.audit.request import Request
from govcloud.audit.run import LABEL
from govcloud.rules import controls

__all__ = ["CHECK", "claim_attempts", "mark_attempts"]

_BOUNDARY = controls.by_id("TEN-01")
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


def _at(body: Any, path: Path) -> Any:
    for part in path:
        body = (body or {}).get(part)
    return body


def mark_attempts(namespace: str, other: str) -> Iterator[Attempt]:
    """Return attempts to pass for the platform's or another tenant's: by label, on every kind and on what controllers
    make of it, by annotation and by name."""
    tenant, managed = _BOUNDARY.string("tenant_label"), _BOUNDARY.string("managed_label")
    ordinary = own_objects(namespace)
    for kind, request in ordinary.items():
        for what, label, value in (
            ("labelled as the platform's", managed, _BOUNDARY.string("managed_value")),
            ("labelled as another tenant's", tenant, other),
        ):
            attack = _with(request, ("metadata", "labels", label), value)
            yield Attempt(f"{kind}: {what}", attack, (_MARKED,), request)
        for path in _TEMPLATES:
            if _at(request.body, path) is not None:
                attack = _with(request, (*path, "metadata", "labels", tenant), other)
                yield Attempt(f"{kind}: label in {'.'.join(path)}", attack, (_MARKED,), request)
    prefix = _BOUNDARY.string("probe_prefix")
    others: tuple[tuple[str, str, Path, Any], ...] = (
        ("ConfigMap", "the audit's label", ("metadata", "labels", LABEL), "x"),
        ("ConfigMap", "a label that the platform has not used yet", ("metadata", "labels", f"{LABEL}-new"), "x"),
        ("ConfigMap", "an annotation of the platform's", ("metadata", "annotations", managed), "x"),
        ("ConfigMap", "a name of the audit's probes", ("metadata", "name"), f"{prefix}x"),
        ("ConfigMap", "a generated name of the audit's probes", ("metadata",), {"generateName": prefix}),
        ("Pod", "a name of the audit's probes", ("metadata", "name"), f"{prefix}x"),
        ("Deployment", "a name of the audit's probes", ("metadata", "name"), f"{prefix}x"),
    )
    for kind, what, path, value in others:
        yield Attempt(f"{kind}: {what}", _with(ordinary[kind], path, value), (_MARKED,), ordinary[kind])


def claim_attempts(namespace: str) -> Iterator[Attempt]:
    """Return attempts to be given a volume that was made for somebody else, by one's own claim or a controller's."""
    ordinary = own_objects(namespace)
    plain = {"metadata": {"name": "data"}, "spec": claim()}
    bound = {"pv.kubernetes.io/bind-completed": "yes"}
    placed = {"volume.kubernetes.io/selected-node": "govcloud-node"}
    ways: dict[str, dict[str, Any]] = {
        "by name": {**plain, "spec": {**claim(), "volumeName": "pvc-of-another"}},
        "by label": {**plain, "spec": {**claim(), "selector": {"matchLabels": {"a": "b"}}}},
        "as bound already": {**plain, "metadata": {"name": "data", "annotations": bound}},
        "on a node of its choice": {**plain, "metadata": {"name": "data", "annotations": placed}},
    }
    for name, made in ways.items():
        own = ordinary["PersistentVolumeClaim"]
        attack = dataclasses.replace(own, body={**own.body, **made})
        yield Attempt(f"PersistentVolumeClaim: {name}", attack, (policy("volume-claims", "TEN-01"),), own)
        path: Path = ("spec", "volumeClaimTemplates")
        yield Attempt(
            f"StatefulSet: claims {name}",
            _with(ordinary["StatefulSet"], path, [made]),
            (policy("volume-claim-templates", "TEN-01"),),
            _with(ordinary["StatefulSet"], path, [plain]),
        )
        for kind, path in (("Pod", ("spec", "volumes")), ("Deployment", ("spec", "template", "spec", "volumes"))):
            yield Attempt(
                f"{kind}: ephemeral volume {name}",
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
    planned = [*mark_attempts(tenant.home, other), *claim_attempts(tenant.home)]
    return Examination(len(planned), tuple(perform(tenant.api, planned)))


CHECK = Check("TEN-01.boundary", ("TEN-01",), by_tenant, _examine)
