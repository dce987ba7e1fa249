"""What no plan names is found by the auditor's eyes where it says that it is the platform's, or stands in its rooms."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks import undeclared
from govcloud.audit.run import LABEL, Run
from govcloud.audit.verdict import Verdict
from govcloud.clouds.object_store import ObjectStore
from govcloud.clouds.request import Answer, Api, Request
from govcloud.model import names
from govcloud.render.image import Image

GROUPS = {
    "/api/v1": {"Namespace": "namespaces", "ServiceAccount": "serviceaccounts", "Pod": "pods"}
    | {"ReplicationController": "replicationcontrollers"},
    "/apis/apps/v1": {"DaemonSet": "daemonsets", "Deployment": "deployments", "ReplicaSet": "replicasets"}
    | {"StatefulSet": "statefulsets"},
    "/apis/batch/v1": {"CronJob": "cronjobs", "Job": "jobs"},
    "/apis/rbac.authorization.k8s.io/v1": {"ClusterRole": "clusterroles"},
    "/apis/scheduling.k8s.io/v1": {"PriorityClass": "priorityclasses"},
    "/apis/admissionregistration.k8s.io/v1": {
        "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
        "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
    },
}
LABELS = names.labels(tenant="h41", agency="H41", tier="province", environment="prod", zone="srv", level=3)
NOBODYS = LABELS | {names.label("tenant"): "h99"}
"""Of a tenant that the country does not have."""


class Auditor:
    """An API server that holds some objects, by the path of their list, and refuses to list others."""

    def __init__(self, held: dict[str, list[dict[str, Any]]], refused: str = "-") -> None:
        self.held, self.refused = held, refused

    def send(self, request: Request) -> Answer:
        if request.path in GROUPS:
            rows = [
                {"name": n, "kind": k, "namespaced": k not in ("Namespace", "ClusterRole", "PriorityClass")}
                for k, n in GROUPS[request.path].items()
            ]
            return Answer(200, json.dumps({"resources": rows}))
        if request.path.endswith(self.refused):
            return Answer(403, "{}")
        items = self.held.get(request.path, [])
        return Answer(200, json.dumps({"items": [{"metadata": item} for item in items]}))


def verdict(subject: str, held: dict[str, list[dict[str, Any]]], refused: str = "-") -> tuple[Verdict, str]:
    tenant = TenantAccess(
        name="h41",
        api=cast(Api, None),
        home="h41-prod-srv",
        namespaces=("h41-prod-srv", "h41-prod-tsl"),
        zones=("h41-prod-srv",),
        probe=cast(Image, None),
        manifests={"h41-prod-tsl/Deployment/gateway": {}, "h41-prod-tsl/ServiceAccount/default": {}}
        | {"h41-prod-srv/ServiceAccount/default": {}},
    )
    role = {"kind": "ClusterRole", "metadata": {"name": "govcloud-auditor"}}
    access = Access(
        tenants={"h41": tenant},
        auditor=cast(Api, Auditor(held, refused)),
        store=cast(ObjectStore, None),
        run=Run(cast(Image, None), mark="ours"),
        cluster=(role,),
        owners=frozenset({"h41", "h42"}),
    )
    assert undeclared.CHECK.subjects(access) == ("cloud", "h41")
    found = undeclared.CHECK(subject, access)
    return found.verdict, found.reason.en


def test_what_is_declared_passes() -> None:
    spaces = [{"name": f"{name}-prod-srv", "labels": LABELS | {names.label("tenant"): name}} for name in ("h41", "h42")]
    held: dict[str, list[dict[str, Any]]] = {
        "/api/v1/namespaces": [{"name": "default"}, *spaces],
        "/apis/rbac.authorization.k8s.io/v1/clusterroles": [{"name": "govcloud-auditor"}],
    }
    assert verdict("cloud", held)[0] is Verdict.PASS
    owner = {"controller": True, "kind": "Deployment", "name": "gateway", "uid": "1"}
    made = {"name": "gateway-1", "ownerReferences": [owner]}
    own: dict[str, list[dict[str, Any]]] = {
        "/api/v1/namespaces/h41-prod-tsl/serviceaccounts": [{"name": "default"}],
        "/apis/apps/v1/namespaces/h41-prod-tsl/deployments": [{"name": "gateway", "uid": "1"}],
        "/apis/apps/v1/namespaces/h41-prod-tsl/replicasets": [made],
        "/api/v1/namespaces/h41-prod-srv/pods": [{"name": "its-own-business"}],
    }
    assert verdict("h41", own)[0] is Verdict.PASS


def test_what_the_audit_itself_keeps_standing_is_no_finding_and_another_runs_is() -> None:
    pods = "/api/v1/namespaces/h41-prod-tsl/pods"
    for mark, expected in (("ours", Verdict.PASS), ("another", Verdict.FAIL)):
        assert verdict("h41", {pods: [{"name": "govcloud-probe", "labels": {LABEL: mark}}]})[0] is expected


@pytest.mark.parametrize(
    ("subject", "path", "item", "told"),
    [
        ("cloud", "/api/v1/namespaces", {"labels": NOBODYS}, "cluster/Namespace/planted"),
        ("cloud", "/apis/scheduling.k8s.io/v1/priorityclasses", {}, "cluster/PriorityClass/planted"),
        ("h41", "/api/v1/namespaces/h41-prod-srv/serviceaccounts", {}, "h41-prod-srv/ServiceAccount/planted"),
        ("h41", "/apis/batch/v1/namespaces/h41-prod-tsl/cronjobs", {}, "h41-prod-tsl/CronJob/planted"),
    ],
)
def test_what_no_plan_names_fails(subject: str, path: str, item: dict[str, Any], told: str) -> None:
    found, reason = verdict(subject, {path: [{"name": "planted", **item}]})
    assert found is Verdict.FAIL and told in reason


@pytest.mark.parametrize(("subject", "refused"), [("cloud", "namespaces"), ("h41", "pods"), ("h41", "serviceaccounts")])
def test_what_may_not_be_listed_is_blindness(subject: str, refused: str) -> None:
    assert verdict(subject, {}, refused)[0] is Verdict.ERROR
