"""TEN-01 and TEN-04: shown a hole between tenants, each check says FAIL; blinded, it says ERROR.

A check that cannot fail proves nothing, and the commonest way to pass is not to have looked.
"""

from __future__ import annotations

import dataclasses

import pytest
from planting import Dead, Denied, binding, planted
from verdicts import OTHER, TENANT, errs, fails, with_tenant

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks import isolation, rights
from govcloud.audit.request import Api, collection
from govcloud.audit.verdict import Verdict

pytestmark = pytest.mark.cloud

RBAC = "rbac.authorization.k8s.io"


class TestIsolation:
    check = isolation.CHECK

    def test_a_right_in_another_tenants_namespace(self, access: Access, platform: Api, other: TenantAccess) -> None:
        path = collection(RBAC, "rolebindings", other.home)
        with planted(platform, path, binding(other.home, "tenant-viewer", f"gov:{TENANT}:admin")):
            result = fails(self.check, f"{TENANT} > {OTHER}", access)
        assert any(f"list pods in {other.home}" == f.name for f in result.findings if f.verdict is Verdict.FAIL)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        subject = f"{TENANT} > {OTHER}"
        errs(self.check, subject, with_tenant(access, TENANT, api=Dead()))
        errs(self.check, subject, with_tenant(access, TENANT, api=Denied(tenant.api, ("POST",))))
        # whoever may not look cannot tell whether the other tenant's namespaces are there at all
        errs(self.check, subject, dataclasses.replace(access, auditor=tenant.api))
        errs(self.check, subject, with_tenant(access, OTHER, namespaces=("g09-prod-none",)))


class TestRights:
    check = rights.CHECK

    def test_a_subject_of_another_tenant(self, access: Access, platform: Api, other: TenantAccess) -> None:
        path = collection(RBAC, "rolebindings", other.home)
        with planted(platform, path, binding(other.home, "tenant-viewer", f"gov:{TENANT}:admin")):
            assert f"gov:{TENANT}:admin" in fails(self.check, OTHER, access).reason

    def test_a_wildcard(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        role = {
            "apiVersion": f"{RBAC}/v1",
            "kind": "Role",
            "metadata": {"name": "planted", "namespace": tenant.home},
            "rules": [{"apiGroups": [""], "resources": ["*"], "verbs": ["get"]}],
        }
        with planted(platform, collection(RBAC, "roles", tenant.home), role):
            fails(self.check, TENANT, access)

    def test_a_right_across_the_cluster(self, access: Access, platform: Api) -> None:
        everywhere = {**binding("", "view", f"gov:{TENANT}:viewer", "ClusterRole"), "kind": "ClusterRoleBinding"}
        everywhere["metadata"] = {"name": "planted"}
        with planted(platform, collection(RBAC, "clusterrolebindings"), everywhere):
            fails(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        errs(self.check, TENANT, dataclasses.replace(access, auditor=Dead()))
        errs(self.check, TENANT, dataclasses.replace(access, auditor=tenant.api))
