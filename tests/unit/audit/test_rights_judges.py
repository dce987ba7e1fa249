"""The judges of who may do what: what is declared passes, each further right is named. No cloud is needed."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from made_objects import CONTROLS, named

from govcloud.audit.checks import (
    cluster_rights,
    rights,
    territory,
)
from govcloud.audit.verdict import Verdict
from govcloud.comparison.cluster_rights import holders
from govcloud.render import access as rendered_access

LAW = CONTROLS["TEN-04"]
FAIL, PASS, ERROR = Verdict.FAIL, Verdict.PASS, Verdict.ERROR


class TestRights:
    CLUSTER: ClassVar[dict[str, dict[str, Any]]] = {
        role["metadata"]["name"]: role for role in rendered_access.roles(CONTROLS)
    }

    def judge(self, *bindings: dict[str, Any], roles: list[dict[str, Any]] | None = None) -> Verdict:
        own = ["g09-prod-srv"]
        return rights.judge_namespace("g09", own, "g09-prod-srv", roles or [], bindings, self.CLUSTER, LAW).verdict

    def binding(self, subject: dict[str, str], role: str = "view", kind: str = "Role") -> dict[str, Any]:
        return named("b", roleRef={"kind": kind, "name": role}, subjects=[subject])

    @pytest.mark.parametrize(
        "subject",
        [
            {"kind": "Group", "name": "gov:g09:admin"},
            {"kind": "Group", "name": "gov:platform:auditor"},
            {"kind": "ServiceAccount", "name": "x", "namespace": "g09-prod-srv"},
        ],
    )
    def test_own_subjects_pass(self, subject: dict[str, str]) -> None:
        assert self.judge(self.binding(subject)) is PASS

    @pytest.mark.parametrize(
        "subject",
        [
            {"kind": "Group", "name": "gov:g09-20:admin"},
            {"kind": "Group", "name": "gov:g09:adminx"},
            {"kind": "Group", "name": "system:authenticated"},
            {"kind": "User", "name": "gov:g09:admin"},
            {"kind": "ServiceAccount", "name": "x", "namespace": "g09-20-prod-srv"},
        ],
    )
    def test_others_fail(self, subject: dict[str, str]) -> None:
        assert self.judge(self.binding(subject)) is FAIL

    def test_an_administrators_role_fails(self) -> None:
        own = {"kind": "Group", "name": "gov:g09:admin"}
        assert self.judge(self.binding(own, "cluster-admin", "ClusterRole")) is FAIL

    @pytest.mark.parametrize(
        ("role", "group", "verdict"),
        [
            ("govcloud-tenant-viewer", "gov:g09:viewer", PASS),
            ("govcloud-tenant-admin", "gov:g09:viewer", FAIL),
            ("govcloud-tenant-auditor", "gov:g09:auditor", FAIL),
            ("govcloud-auditor", "gov:g09:viewer", FAIL),
            ("no-such-role", "gov:g09:viewer", FAIL),
        ],
    )
    def test_cluster_roles_go_to_the_group_that_they_are_for(self, role: str, group: str, verdict: Verdict) -> None:
        assert self.judge(self.binding({"kind": "Group", "name": group}, role, "ClusterRole")) is verdict

    def test_a_cluster_role_is_what_was_declared(self) -> None:
        for name, role in self.CLUSTER.items():
            assert rights.judge_role(role, self.CLUSTER).verdict is PASS
            assert rights.judge_role(role, {}).verdict is FAIL
            wider = {**role, "rules": [*role["rules"], {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}]}
            taking = {**role, "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}}
            for live in (wider, taking):
                assert rights.judge_role(role, {name: live}).verdict is FAIL

    WILDCARDS = (
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]},
        {"apiGroups": [""], "resources": ["*"], "verbs": ["get"]},
        {"apiGroups": ["*"], "resources": ["pods"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]},
    )

    @pytest.mark.parametrize("rule", WILDCARDS)
    def test_wildcards_fail(self, rule: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.judge(roles=[named("r", rules=[rule])]) is FAIL
        own = {"kind": "Group", "name": "gov:g09:admin"}
        monkeypatch.setattr(self, "CLUSTER", {"wide": named("wide", rules=[rule])})
        assert self.judge(self.binding(own, "wide", "ClusterRole")) is FAIL

    @pytest.mark.parametrize(
        ("rule", "verdict"),
        [
            ({"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}, FAIL),
            ({"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["update"]}, FAIL),
            ({"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["patch"]}, PASS),
        ],
    )
    def test_a_way_to_secrets_without_the_right_to_read_them(
        self, rule: dict[str, Any], verdict: Verdict, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secrets = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
        some = {**secrets, "resourceNames": ["one"]}
        own = {"kind": "Group", "name": "gov:g09:admin"}
        for rules, expected in (([rule], verdict), ([rule, some], verdict), ([rule, secrets], PASS)):
            assert self.judge(roles=[named("r", rules=rules)]) is expected
            monkeypatch.setattr(self, "CLUSTER", {"way": named("way", rules=rules)})
            assert self.judge(self.binding(own, "way", "ClusterRole")) is expected

    @pytest.mark.parametrize(
        ("subject", "verdict"),
        [
            ({"kind": "Group", "name": "gov:g09:viewer"}, FAIL),
            ({"kind": "Group", "name": "system:serviceaccounts:g09-prod-srv"}, FAIL),
            ({"kind": "ServiceAccount", "name": "x", "namespace": "g09-prod-srv"}, FAIL),
            ({"kind": "Group", "name": "system:authenticated"}, FAIL),
            ({"kind": "Group", "name": "gov:g09-20:viewer"}, PASS),
            ({"kind": "Group", "name": "gov:platform:engineer"}, PASS),
        ],
    )
    def test_across_the_cluster(self, subject: dict[str, str], verdict: Verdict) -> None:
        assert rights.judge_cluster("g09", ["g09-prod-srv"], [self.binding(subject)], LAW).verdict is verdict

    def test_a_tenants_role_is_bound_nowhere_across_the_cluster(self) -> None:
        platform = self.binding({"kind": "Group", "name": "gov:platform:auditor"}, "govcloud-tenant-viewer")
        assert rights.judge_cluster("g09", ["g09-prod-srv"], [platform], LAW).verdict is FAIL

    def test_what_everybody_may_see_of_kubernetes_passes(self) -> None:
        everybody = self.binding({"kind": "Group", "name": "system:authenticated"}, "system:discovery")
        assert rights.judge_cluster("g09", ["g09-prod-srv"], [everybody], LAW).verdict is PASS


class TestClusterRights:
    ROLE = named("govcloud-auditor", kind="ClusterRole", rules=[{"verbs": ["get"], "resources": ["pods"]}])
    MALLORY = named(
        "mallory",
        kind="ClusterRoleBinding",
        roleRef={"kind": "ClusterRole", "name": "cluster-admin"},
        subjects=[{"kind": "User", "name": "mallory"}],
    )

    def failed(self, *bindings: dict[str, Any], role: dict[str, Any] | None = None) -> list[str]:
        live = {"ClusterRole": [role or self.ROLE], "ClusterRoleBinding": bindings}
        found = cluster_rights.judge([self.ROLE], live, {"h41-prod-srv"}, holders(None))
        return [f"{f.name.en}: {f.reason.en}" for f in found if f.verdict is FAIL]

    def test_kubernetes_own(self) -> None:
        own = {**self.MALLORY, "subjects": [{"kind": "Group", "name": "system:masters"}]}
        assert self.failed(own) == []

    def test_a_right_for_a_person(self) -> None:
        wanted = "ClusterRoleBinding mallory: was not declared: cluster-admin → User mallory"
        assert self.failed(self.MALLORY) == [wanted]

    def test_a_role_of_everybody_that_was_widened(self) -> None:
        for resources, verdict in (([], PASS), (["secrets"], FAIL)):
            role = named("system:discovery", kind="ClusterRole", rules=[{"apiGroups": [""], "resources": resources}])
            found = cluster_rights.judge([], {"ClusterRole": [role]}, (), ())
            assert [(f.name.en, f.verdict) for f in found] == [("ClusterRole system:discovery", verdict)]

    def test_a_role_of_the_cluster_that_was_widened(self) -> None:
        wide = {**self.ROLE, "rules": [{"verbs": ["*"], "resources": ["pods"]}]}
        assert "rules[0].verbs[0] is *, declared get" in self.failed(role=wide)[0]


class TestTerritory:
    def space(self, name: str, tenant: str) -> dict[str, Any]:
        return {"metadata": {"name": name, "labels": {"govcloud.gov.vn/tenant": tenant}}}

    def test_each_namespace_is_there_and_no_other_carries_the_label(self) -> None:
        live = [self.space("a", "h41"), self.space("shadow", "h41"), self.space("foreign", "g09")]
        found = {f.name.en: f.verdict for f in territory.judge("h41", ["a", "b"], live, CONTROLS["TEN-01"])}
        assert found == {"Namespace a": PASS, "Namespace b": FAIL, "Namespace shadow": FAIL}
