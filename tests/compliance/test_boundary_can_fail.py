"""TEN-01 and TEN-04: shown a hole between tenants, each check says FAIL; blinded, it says ERROR.

A check that cannot fail proves nothing, and the commonest way to pass is not to have looked.
"""

from __future__ import annotations

import dataclasses

import pytest
from planting import Dead, Denied, binding, planted, removed, restored
from verdicts import OTHER, TENANT, fails, with_tenant

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks import isolation, rights
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import MERGE_PATCH, Api, Request, collection, resource

pytestmark = pytest.mark.cloud

RBAC = "rbac.authorization.k8s.io"
VIEWER = "govcloud-tenant-viewer"


class TestIsolation:
    check = isolation.CHECK

    def test_a_right_in_another_tenants_namespace(self, access: Access, platform: Api, other: TenantAccess) -> None:
        path = collection(RBAC, "rolebindings", other.home)
        with planted(platform, path, binding(other.home, VIEWER, f"gov:{TENANT}:admin")):
            result = fails(self.check, f"{TENANT} > {OTHER}", access)
        assert any(f"list pods in {other.home}" == f.name.en for f in result.findings if f.verdict is Verdict.FAIL)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        subject = f"{TENANT} > {OTHER}"
        assert self.check(subject, with_tenant(access, TENANT, api=Dead())).verdict is Verdict.ERROR
        denied = Denied(tenant.api, ("POST",))
        assert self.check(subject, with_tenant(access, TENANT, api=denied)).verdict is Verdict.ERROR
        # whoever may not look cannot tell whether the other tenant's namespaces are there at all
        assert self.check(subject, dataclasses.replace(access, auditor=tenant.api)).verdict is Verdict.ERROR
        assert self.check(subject, with_tenant(access, OTHER, namespaces=("g09-prod-none",))).verdict is Verdict.ERROR


class TestRights:
    check = rights.CHECK

    def test_a_subject_of_another_tenant(self, access: Access, platform: Api, other: TenantAccess) -> None:
        path = collection(RBAC, "rolebindings", other.home)
        with planted(platform, path, binding(other.home, VIEWER, f"gov:{TENANT}:admin")):
            assert f"gov:{TENANT}:admin" in fails(self.check, OTHER, access).reason.en

    def test_a_wildcard(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        role = {
            "apiVersion": f"{RBAC}/v1",
            "kind": "Role",
            "metadata": {"name": "planted", "namespace": tenant.home},
            "rules": [{"apiGroups": [""], "resources": ["*"], "verbs": ["get"]}],
        }
        with planted(platform, collection(RBAC, "roles", tenant.home), role):
            assert "role planted grants *" in fails(self.check, TENANT, access).reason.en

    def test_a_right_across_the_cluster(self, access: Access, platform: Api) -> None:
        everywhere = {**binding("", "view", f"gov:{TENANT}:viewer"), "kind": "ClusterRoleBinding"}
        everywhere["metadata"] = {"name": "planted"}
        with planted(platform, collection(RBAC, "clusterrolebindings"), everywhere):
            assert f"planted gives view to gov:{TENANT}:viewer" in fails(self.check, TENANT, access).reason.en

    def test_a_tenants_role_in_every_namespace(self, access: Access, platform: Api) -> None:
        everywhere = {**binding("", VIEWER, "gov:platform:auditor"), "kind": "ClusterRoleBinding"}
        everywhere["metadata"] = {"name": "planted"}
        with planted(platform, collection(RBAC, "clusterrolebindings"), everywhere):
            assert "in every namespace" in fails(self.check, TENANT, access).reason.en

    def test_the_administrators_role_for_those_who_look(
        self, access: Access, platform: Api, tenant: TenantAccess
    ) -> None:
        too_much = binding(tenant.home, "govcloud-tenant-admin", f"gov:{TENANT}:viewer")
        with planted(platform, collection(RBAC, "rolebindings", tenant.home), too_much):
            assert f"to gov:{TENANT}:viewer" in fails(self.check, TENANT, access).reason.en

    def test_a_role_that_was_widened(self, access: Access, platform: Api) -> None:
        path = resource(RBAC, "clusterroles", VIEWER)
        wider = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]
        with restored(platform, path):
            assert platform.send(Request("PATCH", path, {"rules": wider}, MERGE_PATCH)).ok
            assert "differs" in fails(self.check, TENANT, access).reason.en

    def test_a_role_that_is_gone(self, access: Access, platform: Api) -> None:
        with removed(platform, resource(RBAC, "clusterroles", VIEWER)):
            assert "not there" in fails(self.check, TENANT, access).reason.en

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        assert self.check(TENANT, dataclasses.replace(access, auditor=Dead())).verdict is Verdict.ERROR
        assert self.check(TENANT, dataclasses.replace(access, auditor=tenant.api)).verdict is Verdict.ERROR
