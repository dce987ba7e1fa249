"""TEN-01, TEN-04 and NET-04: shown what nobody declared and yet opens something, each check says FAIL; blinded, ERROR.

A check that cannot fail proves nothing, and the commonest way to pass is not to have looked.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from planting import Dead, changed, planted, restored
from verdicts import OTHER, TENANT, fails, fails_in, passes

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks import cluster_rights, published, territory, undeclared
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import MERGE_PATCH, Api, Request, collection, resource
from govcloud.model import names

pytestmark = pytest.mark.cloud

RBAC = "rbac.authorization.k8s.io"


def _binding(subject: dict[str, str], role: str = "cluster-admin") -> dict[str, Any]:
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "planted"},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [subject],
    }


class TestClusterRights:
    check = cluster_rights.CHECK

    @pytest.mark.parametrize(
        "subject",
        [
            {"kind": "User", "name": "mallory"},
            {"kind": "Group", "name": "system:authenticated"},
            {"kind": "Group", "name": "system:nodes"},
            {"kind": "ServiceAccount", "name": "default", "namespace": "default"},
        ],
    )
    def test_a_right_that_nobody_declared(self, subject: dict[str, str], access: Access, platform: Api) -> None:
        with planted(platform, collection(RBAC, "clusterrolebindings"), _binding(subject)):
            reason = fails(self.check, "cloud", access).reason.en
        assert "ClusterRoleBinding planted" in reason
        assert subject["name"] in reason
        passes(self.check, "cloud", access)

    def test_a_role_of_everybody_that_was_widened(self, access: Access, platform: Api) -> None:
        path = resource(RBAC, "clusterroles", "system:discovery")
        rules = platform.send(Request("GET", path)).json()["rules"]
        wider = [*rules, {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]
        with changed(platform, path, {"rules": wider}, {"rules": rules}):
            assert "ClusterRole system:discovery" in fails(self.check, "cloud", access).reason.en
        passes(self.check, "cloud", access)

    def test_the_auditors_role_that_was_widened(self, access: Access, platform: Api) -> None:
        path = resource(RBAC, "clusterroles", "govcloud-auditor")
        rules = platform.send(Request("GET", path)).json()["rules"]
        wider = [*rules, {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]
        with restored(platform, path):
            assert platform.send(Request("PATCH", path, {"rules": wider}, MERGE_PATCH)).ok
            assert "ClusterRole govcloud-auditor" in fails(self.check, "cloud", access).reason.en
        passes(self.check, "cloud", access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        assert self.check("cloud", dataclasses.replace(access, auditor=Dead())).verdict is Verdict.ERROR
        assert self.check("cloud", dataclasses.replace(access, auditor=tenant.api)).verdict is Verdict.ERROR
        assert self.check("cloud", dataclasses.replace(access, cluster=())).verdict is Verdict.ERROR


class TestTerritory:
    check = territory.CHECK

    def test_a_foreign_namespace_with_a_tenants_labels(self, access: Access, platform: Api) -> None:
        labels = names.labels(tenant=TENANT, agency="H41", tier="province", environment="prod", zone="srv", level=3)
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "govcloud-planted", "labels": labels}}
        with planted(platform, collection("", "namespaces"), space):
            reason = fails(self.check, TENANT, access).reason.en
            passes(self.check, OTHER, access)
        assert "Namespace govcloud-planted" in reason
        assert f"{names.label('tenant')}={TENANT}" in reason
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        assert self.check(TENANT, dataclasses.replace(access, auditor=Dead())).verdict is Verdict.ERROR
        assert self.check(TENANT, dataclasses.replace(access, auditor=tenant.api)).verdict is Verdict.ERROR


class TestUndeclared:
    check = undeclared.CHECK

    def test_what_says_that_it_is_the_platforms(self, access: Access, platform: Api) -> None:
        ours = {names.label("managed-by"): names.MANAGED_BY}
        role = {
            "apiVersion": f"{RBAC}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": "planted", "labels": ours},
            "rules": [],
        }
        labels = names.labels(tenant="h99", agency="H99", tier="province", environment="prod", zone="srv", level=3)
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "govcloud-planted", "labels": labels}}
        with (
            planted(platform, collection(RBAC, "clusterroles"), role),
            planted(platform, collection("", "namespaces"), space),
        ):
            names_of_both = ("cluster/ClusterRole/planted", "cluster/Namespace/govcloud-planted")
            fails_in(names_of_both, self.check, "cloud", access)
            passes(self.check, TENANT, access)
        passes(self.check, "cloud", access)

    def test_accounts_and_work_in_the_platforms_namespaces(
        self, access: Access, platform: Api, tenant: TenantAccess
    ) -> None:
        gateway = next(name for name in tenant.namespaces if name not in tenant.zones)
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "planted", "namespace": gateway}}
        found = platform.send(Request("GET", collection("apps", "deployments", gateway))).json()["items"][0]
        copied = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "planted", "namespace": gateway},
            "spec": found["spec"] | {"replicas": 0},
        }
        with (
            planted(platform, collection("", "serviceaccounts", gateway), account),
            planted(platform, collection("apps", "deployments", gateway), copied),
        ):
            names_of_both = (f"{gateway}/ServiceAccount/planted", f"{gateway}/Deployment/planted")
            fails_in(names_of_both, self.check, TENANT, access)
            passes(self.check, OTHER, access)
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        for subject, eyes in (("cloud", tenant.api), (TENANT, access.tenants[OTHER].api)):
            assert self.check(subject, dataclasses.replace(access, auditor=Dead())).verdict is Verdict.ERROR
            assert self.check(subject, dataclasses.replace(access, auditor=eyes)).verdict is Verdict.ERROR


class TestPublished:
    check = published.CHECK

    @pytest.mark.parametrize(
        "spec",
        [
            {"type": "ExternalName", "externalName": "example.org"},
            {"ports": [{"port": 80}], "externalIPs": ["203.0.113.7"]},
        ],
    )
    def test_a_service_that_leads_outside(
        self, spec: dict[str, Any], access: Access, platform: Api, tenant: TenantAccess
    ) -> None:
        service = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "planted", "namespace": tenant.home},
            "spec": spec,
        }
        with planted(platform, collection("", "services", tenant.home), service):
            assert f"Service {tenant.home}/planted" in fails(self.check, TENANT, access).reason.en
            passes(self.check, OTHER, access)
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access) -> None:
        assert self.check(TENANT, dataclasses.replace(access, auditor=Dead())).verdict is Verdict.ERROR
        stranger = access.tenants[OTHER].api
        assert self.check(TENANT, dataclasses.replace(access, auditor=stranger)).verdict is Verdict.ERROR
