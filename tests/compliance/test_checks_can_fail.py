"""Every check is shown a violation and must say FAIL, and is blinded and must say ERROR.

A check that cannot fail proves nothing, and the commonest way to pass is not to have looked.
"""

from __future__ import annotations

import dataclasses
import json
import os
from contextlib import ExitStack
from typing import Any

import pytest
from planting import Dead, Denied, changed, eventually, planted, removed, restored

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.check import Check
from govcloud.audit.checks import (
    admission,
    default_deny,
    escalation,
    exposure,
    flows,
    guards,
    hardening,
    isolation,
    openings,
    quota,
    rights,
    services,
    versioning,
)
from govcloud.audit.object_store import Key, ObjectStore, StoreSession
from govcloud.audit.request import Answer, Api, Request, collection, resource
from govcloud.audit.result import CheckResult
from govcloud.audit.suite import SUITE
from govcloud.audit.tenant_store import PREFIX
from govcloud.audit.verdict import Verdict

pytestmark = pytest.mark.cloud

RBAC = "rbac.authorization.k8s.io"
BINDINGS = collection("admissionregistration.k8s.io", "validatingadmissionpolicybindings")
TENANT, OTHER = "h41", "g09"


def with_tenant(access: Access, name: str, **changes: Any) -> Access:
    """Return the access with something of one tenant replaced."""
    tenant = dataclasses.replace(access.tenants[name], **changes)
    return dataclasses.replace(access, tenants={**access.tenants, name: tenant})


def fails(check: Check, subject: str, access: Access) -> CheckResult:
    return eventually(check, lambda: check(subject, access), Verdict.FAIL)


def passes(check: Check, subject: str, access: Access) -> CheckResult:
    return eventually(check, lambda: check(subject, access), Verdict.PASS)


def errs(check: Check, subject: str, access: Access) -> CheckResult:
    result = check(subject, access)
    assert result.verdict is Verdict.ERROR, str(result)
    return result


def binding(namespace: str, role: str, group: str, kind: str = "Role") -> dict[str, Any]:
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "planted", "namespace": namespace},
        "roleRef": {"apiGroup": RBAC, "kind": kind, "name": role},
        "subjects": [{"apiGroup": RBAC, "kind": "Group", "name": group}],
    }


def network_policy(namespace: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "planted", "namespace": namespace},
        "spec": {"podSelector": {}, **spec},
    }


@pytest.fixture
def tenant(access: Access) -> TenantAccess:
    return access.tenants[TENANT]


@pytest.fixture
def other(access: Access) -> TenantAccess:
    return access.tenants[OTHER]


class TestAdmissionInForce:
    check = admission.CHECK

    def test_a_binding_that_was_removed(self, access: Access, platform: Api) -> None:
        with removed(platform, f"{BINDINGS}/govcloud-services"):
            assert "govcloud-services" in fails(self.check, "cloud", access).reason

    def test_a_binding_that_only_warns(self, access: Access, platform: Api) -> None:
        patch, back = ({"spec": {"validationActions": [action]}} for action in ("Warn", "Deny"))
        with changed(platform, f"{BINDINGS}/govcloud-pods", patch, back):
            assert "validationActions" in fails(self.check, "cloud", access).reason

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        errs(self.check, "cloud", dataclasses.replace(access, auditor=Dead()))
        errs(self.check, "cloud", dataclasses.replace(access, auditor=tenant.api))
        errs(self.check, "cloud", dataclasses.replace(access, admission=()))


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


class TestGuards:
    check = guards.CHECK

    def test_a_quota_that_was_raised(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        path = resource("", "resourcequotas", "zone", tenant.home)
        hard = platform.send(Request("GET", path)).json()["spec"]["hard"]["pods"]
        patch, back = ({"spec": {"hard": {"pods": pods}}} for pods in ("999", hard))
        with changed(platform, path, patch, back):
            assert "999" in fails(self.check, TENANT, access).reason
        passes(self.check, TENANT, access)

    def test_a_quota_that_was_removed(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        with removed(platform, resource("", "resourcequotas", "zone", tenant.home)):
            fails(self.check, TENANT, access)
        passes(self.check, TENANT, access)

    def test_limits_that_were_removed(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        with removed(platform, resource("", "limitranges", "zone", tenant.home)):
            fails(self.check, TENANT, access)

    def test_pod_security_that_was_relaxed(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        label = "pod-security.kubernetes.io/enforce"
        patch, back = ({"metadata": {"labels": {label: level}}} for level in ("baseline", "restricted"))
        with changed(platform, resource("", "namespaces", tenant.home), patch, back):
            assert label in fails(self.check, TENANT, access).reason

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        errs(self.check, TENANT, dataclasses.replace(access, auditor=Dead()))
        errs(self.check, TENANT, dataclasses.replace(access, auditor=tenant.api))
        errs(self.check, TENANT, with_tenant(access, TENANT, manifests={}))


class Saboteur:
    """A tenant during whose creations the quota vanishes."""

    def __init__(self, api: Api, platform: Api, quota: str) -> None:
        self.api, self.platform, self.quota, self.pending = api, platform, quota, True

    def send(self, request: Request) -> Answer:
        if request.method == "POST" and request.path.endswith("/pods") and self.pending:
            self.pending = False
            self.platform.send(Request("DELETE", self.quota))
        answer = self.api.send(request)
        for _ in range(100):
            if request.method != "POST" or "exceeded quota" not in answer.message:
                break
            answer = self.api.send(request)
        return answer

    def execute(self, namespace: str, pod: str, command: Any, seconds: float) -> Answer:
        return self.api.execute(namespace, pod, command, seconds)


class TestQuotaRace:
    check = quota.CHECK

    def test_more_than_the_room_is_admitted(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        path = resource("", "resourcequotas", "zone", tenant.home)
        saboteur = Saboteur(tenant.api, platform, path)
        with restored(platform, path):
            result = self.check(TENANT, with_tenant(access, TENANT, api=saboteur))
            assert result.verdict is Verdict.FAIL, str(result)
        passes(guards.CHECK, TENANT, access)

    def test_blinded(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        errs(self.check, TENANT, with_tenant(access, TENANT, api=Dead()))
        errs(self.check, TENANT, with_tenant(access, TENANT, api=Denied(tenant.api, ("POST",))))
        with removed(platform, resource("", "resourcequotas", "zone", tenant.home)):
            errs(self.check, TENANT, access)
        passes(guards.CHECK, TENANT, access)


class TestEscalationAndOpenings:
    def test_either_wall_holds_and_without_both_it_fails(
        self, access: Access, platform: Api, tenant: TenantAccess
    ) -> None:
        path = collection(RBAC, "rolebindings", tenant.home)
        too_much = binding(tenant.home, "cluster-admin", f"gov:{TENANT}:admin", "ClusterRole")
        with ExitStack() as stack:
            stack.enter_context(planted(platform, path, too_much))
            # authorisation has fallen in this namespace; admission alone must hold
            passes(escalation.CHECK, TENANT, access)
            passes(openings.CHECK, TENANT, access)
            for name in ("platform-objects", "access", "network-policies", "namespaces"):
                stack.enter_context(removed(platform, f"{BINDINGS}/govcloud-{name}"))
            result = fails(escalation.CHECK, TENANT, access)
            assert sum(f.verdict is Verdict.FAIL for f in result.findings) > 10
            fails(openings.CHECK, TENANT, access)
        passes(escalation.CHECK, TENANT, access)

    @pytest.mark.parametrize("check", [escalation.CHECK, openings.CHECK], ids=lambda check: check.id)
    def test_blinded(self, check: Check, access: Access, tenant: TenantAccess) -> None:
        errs(check, TENANT, with_tenant(access, TENANT, api=Dead()))
        errs(check, TENANT, with_tenant(access, TENANT, api=Denied(tenant.api, ("PATCH", "POST", "PUT"))))


class TestHardening:
    check = hardening.CHECK

    def test_templates_that_nobody_judges(self, access: Access, platform: Api) -> None:
        with removed(platform, f"{BINDINGS}/govcloud-pod-templates"):
            assert "was allowed" in fails(self.check, TENANT, access).reason
        passes(self.check, TENANT, access)

    def test_pods_that_nobody_judges(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        label = "pod-security.kubernetes.io/enforce"
        patch, back = ({"metadata": {"labels": {label: level}}} for level in ("privileged", "restricted"))
        with changed(platform, resource("", "namespaces", tenant.home), patch, back):
            # Pod Security has fallen; the policy alone must hold
            passes(self.check, TENANT, access)
            with removed(platform, f"{BINDINGS}/govcloud-pods"):
                fails(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        errs(self.check, TENANT, with_tenant(access, TENANT, api=Dead()))
        errs(self.check, TENANT, with_tenant(access, TENANT, api=Denied(tenant.api, ("POST",))))


class TestDefaultDeny:
    check = default_deny.CHECK

    def test_a_policy_that_allows_all(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        path = collection("networking.k8s.io", "networkpolicies", tenant.home)
        with planted(platform, path, network_policy(tenant.home, ingress=[{}])):
            assert "everybody" in fails(self.check, TENANT, access).reason

    def test_no_default_deny(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        with removed(platform, resource("networking.k8s.io", "networkpolicies", "default-deny", tenant.home)):
            fails(self.check, TENANT, access)
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        errs(self.check, TENANT, dataclasses.replace(access, auditor=Dead()))
        errs(self.check, TENANT, dataclasses.replace(access, auditor=access.tenants[OTHER].api))


@pytest.mark.node
class TestFlows:
    check = flows.CHECK

    def test_an_open_door_has_witnesses(
        self, access: Access, platform: Api, tenant: TenantAccess, other: TenantAccess
    ) -> None:
        path = "networking.k8s.io", "networkpolicies"
        inwards = network_policy(tenant.home, ingress=[{}])
        outwards = network_policy(other.home, egress=[{}], policyTypes=["Egress"])
        with (
            planted(platform, collection(*path, tenant.home), inwards),
            planted(platform, collection(*path, other.home), outwards),
        ):
            result = fails(self.check, "cloud", access)
        witness = f"{other.home} > {tenant.home}:8080 declared closed, measured open"
        assert any(witness in f.reason for f in result.findings), str(result)

    def test_blinded(self, access: Access) -> None:
        assert access.prober is not None
        errs(self.check, "cloud", dataclasses.replace(access, prober=None))
        errs(self.check, "cloud", dataclasses.replace(access, prober=Dead()))
        errs(self.check, "cloud", dataclasses.replace(access, prober=Denied(access.prober, ())))
        errs(self.check, "cloud", dataclasses.replace(access, flows=frozenset()))


@pytest.mark.node
class TestServices:
    check = services.CHECK

    def test_names_that_no_longer_resolve(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        with removed(platform, resource("networking.k8s.io", "networkpolicies", "allow-dns", tenant.home)):
            assert f"names in {tenant.home}" in fails(self.check, "cloud", access).reason

    def test_another_end_answers(self, access: Access) -> None:
        swapped = frozenset(dataclasses.replace(service, answer="X99") for service in access.services)
        fails(self.check, "cloud", dataclasses.replace(access, services=swapped))

    def test_blinded(self, access: Access) -> None:
        errs(self.check, "cloud", dataclasses.replace(access, prober=None))
        errs(self.check, "cloud", dataclasses.replace(access, prober=Dead()))


@pytest.fixture
def store_admin(access: Access) -> StoreSession:
    return access.store.signed(Key(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]))


def policy_for(principal: Any, bucket: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class TestExposure:
    check = exposure.CHECK

    def test_a_public_bucket(self, access: Access, tenant: TenantAccess, store_admin: StoreSession) -> None:
        bucket = tenant.buckets[0].name
        answer, _ = store_admin.call("put_bucket_policy", Bucket=bucket, Policy=policy_for("*", bucket))
        assert answer.ok, answer.text
        try:
            fails(self.check, TENANT, access)
        finally:
            store_admin.call("delete_bucket_policy", Bucket=bucket)
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        nowhere = ObjectStore("https://127.0.0.1:9", access.store.region, access.store.authority)
        errs(self.check, TENANT, dataclasses.replace(access, store=nowhere))
        errs(self.check, TENANT, with_tenant(access, TENANT, api=Denied(tenant.api, ("GET",))))
        errs(self.check, TENANT, with_tenant(access, TENANT, credentials=None))


class TestStoreIsolation:
    check = exposure.CROSS_TENANT

    def test_a_bucket_policy_for_another_tenant(
        self, access: Access, other: TenantAccess, store_admin: StoreSession
    ) -> None:
        bucket = other.buckets[0].name
        principal = {"AWS": f"arn:aws:iam::000000000000:user/{TENANT}-prod"}
        answer, _ = store_admin.call("put_bucket_policy", Bucket=bucket, Policy=policy_for(principal, bucket))
        assert answer.ok, answer.text
        try:
            fails(self.check, f"{TENANT} > {OTHER}", access)
        finally:
            store_admin.call("delete_bucket_policy", Bucket=bucket)
        passes(self.check, f"{TENANT} > {OTHER}", access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        subject = f"{TENANT} > {OTHER}"
        nowhere = ObjectStore("https://127.0.0.1:9", access.store.region, access.store.authority)
        errs(self.check, subject, dataclasses.replace(access, store=nowhere))
        errs(self.check, subject, with_tenant(access, TENANT, api=Dead()))


class TestVersioning:
    check = versioning.CHECK

    def test_suspended(self, access: Access, tenant: TenantAccess, store_admin: StoreSession) -> None:
        bucket = tenant.buckets[0].name
        states = ({"Status": status} for status in ("Suspended", "Enabled"))
        suspended, enabled = states
        store_admin.call("put_bucket_versioning", Bucket=bucket, VersioningConfiguration=suspended)
        try:
            assert "Suspended" in fails(self.check, TENANT, access).reason
        finally:
            # the store cannot remove the marker of a deletion while versioning was off, unless an object covers it
            left = {"Bucket": bucket, "Key": f"{PREFIX}versions"}
            store_admin.call("put_object", **left, Body=b"x")
            store_admin.call("delete_object", **left, VersionId="null")
            store_admin.call("put_bucket_versioning", Bucket=bucket, VersioningConfiguration=enabled)
        _, listing = store_admin.call("list_object_versions", Bucket=bucket)
        assert not listing.get("Versions") and not listing.get("DeleteMarkers"), (
            "an off-boarding would find it not empty"
        )
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        nowhere = ObjectStore("https://127.0.0.1:9", access.store.region, access.store.authority)
        errs(self.check, TENANT, dataclasses.replace(access, store=nowhere))
        errs(self.check, TENANT, with_tenant(access, TENANT, api=Dead()))


def test_no_check_is_left_out() -> None:
    """Every check of the suite has a planted violation and a blinding in this file."""
    shown = {value.check.id for value in globals().values() if isinstance(value, type) and hasattr(value, "check")}
    shown |= {escalation.CHECK.id, openings.CHECK.id}
    assert shown == {check.id for check in SUITE}
