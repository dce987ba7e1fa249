"""TEN-04, TEN-05: with a wall of admission taken away, each check says FAIL; blinded, it says ERROR.

A check that cannot fail proves nothing, and the commonest way to pass is not to have looked.
"""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from typing import Any

import pytest
from planting import Dead, Denied, binding, changed, planted, removed
from verdicts import TENANT, fails, fails_in, passes, with_tenant

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.check import Check
from govcloud.audit.checks import admission, boundary, escalation, hardening, openings
from govcloud.audit.own_objects import own_objects
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Api, Request, collection, resource

pytestmark = pytest.mark.cloud

RBAC = "rbac.authorization.k8s.io"
POLICIES = collection("admissionregistration.k8s.io", "validatingadmissionpolicies")
BINDINGS = collection("admissionregistration.k8s.io", "validatingadmissionpolicybindings")


class TestAdmissionInForce:
    check = admission.CHECK

    def test_a_binding_that_was_removed(self, access: Access, platform: Api) -> None:
        with removed(platform, f"{BINDINGS}/govcloud-services"):
            assert "govcloud-services" in fails(self.check, "cloud", access).reason.en

    def test_a_binding_that_only_warns(self, access: Access, platform: Api) -> None:
        patch, back = ({"spec": {"validationActions": [action]}} for action in ("Warn", "Deny"))
        with changed(platform, f"{BINDINGS}/govcloud-pods", patch, back):
            assert "validationActions" in fails(self.check, "cloud", access).reason.en

    @pytest.mark.parametrize(
        ("field", "added"),
        [
            (
                "matchConstraints",
                {
                    "excludeResourceRules": [
                        {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"]}
                    ]
                },
            ),
            ("matchConstraints", {"objectSelector": {"matchLabels": {"no": "such"}}}),
            ("matchConditions", [{"name": "never", "expression": "false"}]),
        ],
    )
    def test_something_added_that_lets_everything_pass(
        self, field: str, added: Any, access: Access, platform: Api
    ) -> None:
        path = f"{POLICIES}/govcloud-pods"
        spec = platform.send(Request("GET", path)).json()["spec"]
        back = dict.fromkeys(added) if isinstance(added, dict) else spec.get(field)
        with changed(platform, path, {"spec": {field: added}}, {"spec": {field: back}}):
            assert f"spec.{field}" in fails(self.check, "cloud", access).reason.en
        passes(self.check, "cloud", access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        assert self.check("cloud", dataclasses.replace(access, auditor=Dead())).verdict is Verdict.ERROR
        assert self.check("cloud", dataclasses.replace(access, auditor=tenant.api)).verdict is Verdict.ERROR
        assert self.check("cloud", dataclasses.replace(access, admission=())).verdict is Verdict.ERROR


class TestEscalationAndOpenings:
    checks = (escalation.CHECK, openings.CHECK)

    def test_either_wall_holds_and_without_both_it_fails(
        self, access: Access, platform: Api, tenant: TenantAccess
    ) -> None:
        path = collection(RBAC, "rolebindings", tenant.home)
        too_much = binding(tenant.home, "cluster-admin", f"gov:{TENANT}:admin")
        with ExitStack() as stack:
            stack.enter_context(planted(platform, path, too_much))
            # authorisation has fallen in this namespace; admission alone must hold
            passes(escalation.CHECK, TENANT, access)
            passes(openings.CHECK, TENANT, access)
            for name in ("platform-objects", "access", "network-policies", "namespaces", "secrets"):
                stack.enter_context(removed(platform, f"{BINDINGS}/govcloud-{name}"))
            names = (
                "ConfigMap with a finalizer",
                "Deployment whose pods have a finalizer",
                "Secret that mints a token",
            )
            result = fails_in(names, escalation.CHECK, TENANT, access)
            assert sum(f.verdict is Verdict.FAIL for f in result.findings) > 10
            fails(openings.CHECK, TENANT, access)
        passes(escalation.CHECK, TENANT, access)

    @pytest.mark.parametrize("check", [escalation.CHECK, openings.CHECK], ids=lambda check: check.id)
    def test_blinded(self, check: Check, access: Access, tenant: TenantAccess) -> None:
        assert check(TENANT, with_tenant(access, TENANT, api=Dead())).verdict is Verdict.ERROR
        denied = Denied(tenant.api, ("PATCH", "POST", "PUT"))
        assert check(TENANT, with_tenant(access, TENANT, api=denied)).verdict is Verdict.ERROR


class TestBoundary:
    check = boundary.CHECK

    def test_marks_that_nobody_keeps(self, access: Access, platform: Api) -> None:
        with removed(platform, f"{BINDINGS}/govcloud-platform-objects"):
            kinds = ("ConfigMap", "Deployment", "PersistentVolumeClaim", "Pod", "Service", "StatefulSet")
            names = [
                *(f"{kind}: labelled as another tenant's" for kind in kinds),
                "CronJob: label in spec.jobTemplate.spec.template",
                "Pod: a name of the audit's probes",
            ]
            fails_in(names, self.check, TENANT, access)
        passes(self.check, TENANT, access)

    @pytest.mark.parametrize(
        ("policy", "way"),
        [
            ("volume-claims", "PersistentVolumeClaim: by name"),
            ("volume-claim-templates", "StatefulSet: claims by label"),
            ("volume-claims-of-pods", "Deployment: ephemeral volume as bound already"),
            ("volume-claim-templates", "StatefulSet: claims copied from another namespace"),
            ("volume-claims-of-pods", "Pod: ephemeral volume copied from another namespace"),
        ],
    )
    def test_claims_that_nobody_judges(self, access: Access, platform: Api, policy: str, way: str) -> None:
        with removed(platform, f"{BINDINGS}/govcloud-{policy}"):
            fails_in([way], self.check, TENANT, access)

    def test_a_claim_s_own_source_in_another_namespace_is_dropped(self, tenant: TenantAccess) -> None:
        """Kubernetes has this behind a feature that is off (CrossNamespaceVolumeDataSource): the server drops such a
        source from a claim before admission sees it, so the claim is made, empty, and nothing is to be refused. A
        source in the claim's own namespace stays, and so does the other one in templates, where admission refuses it
        (the attempts above). Where the feature is on, the policy `volume-claims` judges the claim too.
        """
        own = own_objects(tenant.home, tenant.probe)["PersistentVolumeClaim"]

        def kept(**where: str) -> Any:
            source = {"apiGroup": "", "kind": "PersistentVolumeClaim", "name": "data", **where}
            spec = {**own.body["spec"], "dataSourceRef": source}
            answer = tenant.api.send(dataclasses.replace(own, body={**own.body, "spec": spec}))
            assert answer.ok, answer
            return answer.json()["spec"].get("dataSourceRef")

        assert kept(namespace="kube-system") is None
        assert kept()["name"] == "data"

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        assert self.check(TENANT, with_tenant(access, TENANT, api=Dead())).verdict is Verdict.ERROR
        denied = Denied(tenant.api, ("POST",))
        assert self.check(TENANT, with_tenant(access, TENANT, api=denied)).verdict is Verdict.ERROR


class TestHardening:
    check = hardening.CHECK

    def test_an_image_that_changes_under_a_running_pod(self, access: Access, platform: Api) -> None:
        with removed(platform, f"{BINDINGS}/govcloud-running-pods"):
            fails_in(["Pod: another image while it runs"], self.check, TENANT, access)

    def test_templates_that_nobody_judges(self, access: Access, platform: Api) -> None:
        with removed(platform, f"{BINDINGS}/govcloud-pod-templates"):
            assert "was allowed" in fails(self.check, TENANT, access).reason.en
        passes(self.check, TENANT, access)

    def test_pods_that_nobody_judges(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        label = "pod-security.kubernetes.io/enforce"
        patch, back = ({"metadata": {"labels": {label: level}}} for level in ("privileged", "restricted"))
        with changed(platform, resource("", "namespaces", tenant.home), patch, back):
            # Pod Security has fallen; the policy alone must hold
            passes(self.check, TENANT, access)
            with removed(platform, f"{BINDINGS}/govcloud-pods"):
                assert "was allowed" in fails(self.check, TENANT, access).reason.en

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        assert self.check(TENANT, with_tenant(access, TENANT, api=Dead())).verdict is Verdict.ERROR
        denied = Denied(tenant.api, ("POST",))
        assert self.check(TENANT, with_tenant(access, TENANT, api=denied)).verdict is Verdict.ERROR
