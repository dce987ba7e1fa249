"""The judges of what was read: each passes what is declared and names each deviation. No cloud is needed."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import pytest

from govcloud.audit.access import DeclaredFlow, DeclaredHost, DeclaredService
from govcloud.audit.check import BlindError
from govcloud.audit.checks import (
    admission,
    cluster_rights,
    default_deny,
    flows,
    guards,
    hosts,
    published,
    quota,
    rights,
    services,
    territory,
    versioning,
)
from govcloud.audit.checks.exposure import judge_listing
from govcloud.audit.request import Answer
from govcloud.audit.store_attempt import Call, StoreAttempt
from govcloud.audit.store_attempt import judge as judge_store
from govcloud.audit.verdict import Verdict
from govcloud.errors import Text
from govcloud.render import access as rendered_access
from govcloud.render import admission as rendered

FAIL, PASS, ERROR = Verdict.FAIL, Verdict.PASS, Verdict.ERROR


def named(name: str, **fields: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, **fields}


class TestRights:
    CLUSTER: ClassVar[dict[str, dict[str, Any]]] = {role["metadata"]["name"]: role for role in rendered_access.roles()}

    def judge(self, *bindings: dict[str, Any], roles: list[dict[str, Any]] | None = None) -> Verdict:
        own = ["g09-prod-srv"]
        return rights.judge_namespace("g09", own, "g09-prod-srv", roles or [], bindings, self.CLUSTER).verdict

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
        assert rights.judge_cluster("g09", ["g09-prod-srv"], [self.binding(subject)]).verdict is verdict

    def test_a_tenants_role_is_bound_nowhere_across_the_cluster(self) -> None:
        platform = self.binding({"kind": "Group", "name": "gov:platform:auditor"}, "govcloud-tenant-viewer")
        assert rights.judge_cluster("g09", ["g09-prod-srv"], [platform]).verdict is FAIL

    def test_what_everybody_may_see_of_kubernetes_passes(self) -> None:
        everybody = self.binding({"kind": "Group", "name": "system:authenticated"}, "system:discovery")
        assert rights.judge_cluster("g09", ["g09-prod-srv"], [everybody]).verdict is PASS


class TestGuards:
    declared = named("zone", kind="ResourceQuota", spec={"hard": {"pods": "10", "requests.memory": "1024Mi"}})

    def live(self, spec: dict[str, str], status: dict[str, str] | None) -> list[dict[str, Any]]:
        return [named("zone", spec={"hard": spec}, status={"hard": status} if status else {})]

    def test_the_same_amount_written_otherwise_passes(self) -> None:
        hard = {"pods": "10", "requests.memory": "1Gi"}
        assert guards.judge_quota("ns", self.declared, self.live(hard, hard)).verdict is PASS

    @pytest.mark.parametrize(
        "hard", [{"pods": "11", "requests.memory": "1Gi"}, {"pods": "10"}, {"pods": "ten", "requests.memory": "1Gi"}]
    )
    def test_other_amounts_fail(self, hard: dict[str, str]) -> None:
        assert guards.judge_quota("ns", self.declared, self.live(hard, hard)).verdict is FAIL

    def test_a_quota_that_counts_some_pods_only_fails(self) -> None:
        hard = {"pods": "10", "requests.memory": "1Gi"}
        (live,) = self.live(hard, hard)
        live["spec"]["scopes"] = ["BestEffort"]
        assert "spec.scopes" in guards.judge_quota("ns", self.declared, [live]).reason.en

    def test_a_quota_that_nobody_counts_fails(self) -> None:
        hard = {"pods": "10", "requests.memory": "1Gi"}
        assert guards.judge_quota("ns", self.declared, self.live(hard, None)).verdict is FAIL
        assert guards.judge_quota("ns", self.declared, []).verdict is FAIL

    def test_limits(self) -> None:
        limit = {"type": "Container", "max": {"cpu": "1"}}
        declared = named("zone", kind="LimitRange", spec={"limits": [limit]})
        assert guards.judge_limits("ns", declared, [declared]).verdict is PASS
        for other in ([], [{**limit, "max": {"cpu": "2"}}], [{"type": "Pod", "max": {"cpu": "1"}}]):
            assert guards.judge_limits("ns", declared, [named("zone", spec={"limits": other})]).verdict is FAIL

    def test_labels(self) -> None:
        labels = {"govcloud.gov.vn/tenant": "g09", "pod-security.kubernetes.io/enforce": "restricted"}
        declared = {"kind": "Namespace", "metadata": {"name": "ns", "labels": labels}}
        live = {"metadata": {"name": "ns", "labels": {**labels, "kubernetes.io/metadata.name": "ns"}}}
        assert guards.judge_namespace("ns", declared, live).verdict is PASS
        for key, value in (("govcloud.gov.vn/tenant", "h41"), ("pod-security.kubernetes.io/exempt", "yes")):
            changed = {"metadata": {"name": "ns", "labels": {**labels, key: value}}}
            assert key in guards.judge_namespace("ns", declared, changed).reason.en


class TestQuotaRace:
    ADMITTED = Answer(201, "{}")
    REFUSED = Answer(403, '{"message": "pods is forbidden: exceeded quota: zone"}')

    def verdicts(self, expected: int, *answers: Answer) -> list[Verdict]:
        return [finding.verdict for finding in quota.judge(expected, answers)]

    def test_exactly_the_room(self) -> None:
        assert self.verdicts(1, self.REFUSED, self.ADMITTED) == [PASS, PASS]

    def test_one_too_many(self) -> None:
        assert self.verdicts(1, self.ADMITTED, self.ADMITTED) == [PASS, FAIL]

    def test_too_few_or_another_refusal_proves_nothing(self) -> None:
        assert ERROR in self.verdicts(1, self.REFUSED, self.REFUSED)
        assert ERROR in self.verdicts(1, self.ADMITTED, Answer(403, "no such thing"))
        assert ERROR in self.verdicts(1, self.ADMITTED, Answer(0, ""))

    def test_room_is_bounded_by_the_scarcer_resource(self) -> None:
        hard = {"pods": "10", "requests.memory": "600Mi", "limits.memory": "300Mi"}
        used = {"pods": "8", "requests.memory": "0", "limits.memory": "0"}
        found = quota.room({"status": {"hard": hard, "used": used}})
        assert (found.pods, found.memory) == (2, 150 << 20)

    def test_a_zone_that_is_full_of_anything_else_has_no_room(self) -> None:
        hard = {"pods": "10", "requests.memory": "600Mi", "limits.memory": "600Mi", "requests.cpu": "100m"}
        used = {"pods": "2", "requests.memory": "0", "limits.memory": "0", "requests.cpu": "98m"}
        assert quota.room({"status": {"hard": hard, "used": used}}).pods == 2
        with pytest.raises(BlindError):
            quota.room({"status": {"hard": hard, "used": used | {"requests.cpu": "100m"}}})

    @pytest.mark.parametrize(
        "status", [{}, {"hard": {"pods": "1"}, "used": {"pods": "1"}}, {"hard": {"pods": "x"}, "used": {"pods": "0"}}]
    )
    def test_no_room_or_no_count_is_blindness(self, status: dict[str, Any]) -> None:
        with pytest.raises(BlindError):
            quota.room({"status": status})


class TestDefaultDeny:
    DENY = named("zone", kind="NetworkPolicy", spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
    FLOWS = named(
        "zone",
        kind="NetworkPolicy",
        spec={**DENY["spec"], "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"a": "b"}}}]}]},
    )

    def worst(self, *live: dict[str, Any]) -> set[Verdict]:
        return {finding.verdict for finding in default_deny.judge("ns", [self.DENY], live)}

    def test_declared_and_nothing_else(self) -> None:
        assert self.worst(self.DENY) == {PASS}

    def test_declared_flows_are_as_declared_and_deny_the_rest(self) -> None:
        findings = default_deny.judge("ns", [self.FLOWS], [self.FLOWS])
        assert [finding.verdict for finding in findings] == [PASS, PASS]

    @pytest.mark.parametrize("more", [{}, {"from": []}, {"from": [{"namespaceSelector": {}}]}])
    def test_a_rule_for_everybody_beside_declared_flows(self, more: dict[str, Any]) -> None:
        wide = copy.deepcopy(self.FLOWS)
        wide["spec"]["ingress"].append(more)
        assert [f.verdict for f in default_deny.judge("ns", [self.FLOWS], [wide])] == [FAIL, FAIL]

    def test_a_peer_of_one_namespace_that_became_one_of_all(self) -> None:
        """An empty selector selects everything, though it looks empty."""
        declared = named(
            "zone", kind="NetworkPolicy", spec={**self.DENY["spec"], "ingress": [{"from": [{"podSelector": {}}]}]}
        )
        wide = copy.deepcopy(declared)
        wide["spec"]["ingress"][0]["from"][0]["namespaceSelector"] = {}
        assert FAIL in {finding.verdict for finding in default_deny.judge("ns", [declared], [wide])}

    def test_a_tenants_own_policy_inside_its_namespace(self) -> None:
        own = named("own", spec={"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}]})
        assert self.worst(self.DENY, own) == {PASS}

    @pytest.mark.parametrize(
        "spec",
        [
            {"ingress": [{}]},
            {"egress": [{}]},
            {"ingress": [{"from": [{"namespaceSelector": {}}]}]},
            {"egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]},
        ],
    )
    def test_an_undeclared_opening(self, spec: dict[str, Any]) -> None:
        assert self.worst(self.DENY, named("x", spec={"podSelector": {}, **spec})) == {PASS, FAIL}

    @pytest.mark.parametrize(
        "change",
        [
            {"podSelector": {"matchLabels": {"a": "b"}}},
            {"policyTypes": ["Ingress"]},
            # one empty rule turns "nothing" into "everything", though it looks empty
            {"ingress": [{}]},
        ],
    )
    def test_a_weakened_deny(self, change: dict[str, Any]) -> None:
        weak = copy.deepcopy(self.DENY)
        weak["spec"].update(change)
        assert self.worst(weak) == {FAIL}

    def test_none_at_all(self) -> None:
        assert self.worst() == {FAIL}


class TestAdmission:
    declared = rendered.policies()

    def live(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for manifest in copy.deepcopy(self.declared):
            if manifest["kind"] == "ValidatingAdmissionPolicy":
                manifest["spec"]["matchConstraints"] |= {"namespaceSelector": {}, "objectSelector": {}}
            found.setdefault(manifest["kind"], []).append(manifest)
        return found

    def failed(self, live: dict[str, list[dict[str, Any]]]) -> list[str]:
        return [f.name.en for f in admission.judge(self.declared, live) if f.verdict is FAIL]

    def test_as_stored_by_the_api_server(self) -> None:
        assert self.failed(self.live()) == []

    def test_each_kind_of_weakening_is_named(self) -> None:
        live = self.live()
        policies, bindings = live["ValidatingAdmissionPolicy"], live["ValidatingAdmissionPolicyBinding"]
        policies[0]["spec"]["failurePolicy"] = "Ignore"
        policies[1]["spec"]["validations"].pop()
        policies[2]["spec"]["matchConstraints"]["excludeResourceRules"] = [{"resources": ["*"]}]
        bindings[3]["spec"]["validationActions"] = ["Warn"]
        bindings[4]["spec"]["matchResources"] = {"namespaceSelector": {"matchLabels": {"no": "where"}}}
        gone = bindings.pop(5)
        assert len(self.failed(live)) == 6
        assert any(gone["metadata"]["name"] in name for name in self.failed(live))


class TestFlows:
    NAMES = ("a", "b")
    DECLARED = frozenset({DeclaredFlow("a", "b", 80)})

    def judge(self, **measured: bool) -> dict[str, Verdict]:
        found = {(key[0], key[1], int(key[2:])): value for key, value in measured.items()}
        return {f.name.en: f.verdict for f in flows.judge(flows.relation(self.NAMES, (80, 81)), self.DECLARED, found)}

    def test_as_declared(self) -> None:
        assert self.judge(ab80=True, ab81=False, ba80=False, ba81=False) == {"a > b": PASS, "b > a": PASS}

    def test_open_that_should_be_closed_and_closed_that_should_be_open(self) -> None:
        assert self.judge(ab80=False, ab81=False, ba80=False, ba81=True) == {"a > b": FAIL, "b > a": FAIL}

    def test_a_witness_is_named(self) -> None:
        measured = {("a", "b", 80): True, ("a", "b", 81): True, ("b", "a", 80): False, ("b", "a", 81): False}
        finding = flows.judge(flows.relation(self.NAMES, (80, 81)), self.DECLARED, measured)[0]
        assert finding.reason.en == "a > b:81 declared closed, measured open"

    def test_what_was_not_measured_is_no_pass(self) -> None:
        assert self.judge(ab80=True, ab81=False, ba80=False)["b > a"] is ERROR

    def test_a_dead_listener_makes_closed_worthless(self) -> None:
        reached = {("a", "a", 80): True, ("b", "b", 80): False}
        assert {n: f.verdict for n, f in flows.listeners(self.NAMES, (80,), reached).items()} == {
            "a": PASS,
            "b": ERROR,
        }


class TestHosts:
    STORE = ("10.0.0.9", 443)
    DECLARED = frozenset({DeclaredHost("keys", *STORE)})

    def judge(self, keys: bool, other: bool, alive: bool = True) -> list[Verdict]:
        measured = {("keys", self.STORE): keys, ("other", self.STORE): other}
        return [f.verdict for f in hosts.judge({"keys": True, "other": alive}, self.DECLARED, measured)]

    def test_as_declared(self) -> None:
        assert self.judge(keys=True, other=False) == [PASS, PASS]

    def test_a_zone_without_keys_gets_through(self) -> None:
        assert self.judge(keys=True, other=True) == [PASS, FAIL]
        assert self.judge(keys=False, other=True) == [FAIL, FAIL]

    def test_a_store_that_answers_nobody_makes_closed_worthless(self) -> None:
        assert self.judge(keys=False, other=False) == [ERROR, ERROR]

    def test_a_zone_that_reaches_nothing_at_all_proves_nothing(self) -> None:
        assert self.judge(keys=True, other=False, alive=False) == [PASS, ERROR]


class TestServices:
    LINK = DeclaredService("a", "gateway.a-tsl.svc", 9041, "/identity", "H41")

    def verdicts(self, address: str | None, answer: str | None) -> list[Verdict]:
        return [f.verdict for f in services.judge({"a": address}, {self.LINK: answer})]

    def test_the_declared_end_must_answer(self) -> None:
        assert self.verdicts("10.0.0.1", "H41") == [PASS, PASS]
        assert self.verdicts(None, "G09") == [FAIL, FAIL]
        assert self.verdicts("10.0.0.1", None) == [PASS, FAIL]


class TestStore:
    ATTEMPT = StoreAttempt(Text("try", "thử"), Call("get_object"), Call("get_object"))
    DENIED, FINE = Answer(403, "AccessDenied: Access Denied"), Answer(200, "")

    @pytest.mark.parametrize(
        ("attack", "twin", "verdict"),
        [
            (DENIED, FINE, PASS),
            (FINE, FINE, FAIL),
            (DENIED, DENIED, ERROR),
            (Answer(403, "SignatureDoesNotMatch: x"), FINE, ERROR),
            (Answer(404, "NoSuchKey: x"), FINE, ERROR),
            (Answer(0, "no answer"), FINE, ERROR),
        ],
    )
    def test_only_access_denied_counts(self, attack: Answer, twin: Answer, verdict: Verdict) -> None:
        assert judge_store(self.ATTEMPT, attack, twin).verdict is verdict

    def test_a_listing(self) -> None:
        assert judge_listing(["a"], ["a", "b"]).verdict is PASS
        assert "c" in judge_listing(["a", "c"], ["a"]).reason.en

    def test_versioning(self) -> None:
        assert versioning.judge_state("b", self.FINE, "Enabled").verdict is PASS
        assert versioning.judge_state("b", self.FINE, "Suspended").verdict is FAIL
        assert versioning.judge_state("b", self.FINE, None).verdict is FAIL
        assert versioning.judge_state("b", self.DENIED, None).verdict is ERROR

    def test_recovery(self) -> None:
        assert versioning.judge_recovery("b", "v1", self.FINE, b"first version").verdict is PASS
        assert versioning.judge_recovery("b", "v1", self.FINE, b"other").verdict is FAIL
        assert versioning.judge_recovery("b", None, self.FINE, b"first version").verdict is FAIL
        assert versioning.judge_recovery("b", "v1", Answer(404, "NoSuchVersion: x"), None).verdict is FAIL
        assert versioning.judge_recovery("b", "v1", Answer(0, ""), None).verdict is ERROR


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
        found = cluster_rights.judge([self.ROLE], live, {"h41-prod-srv"})
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
            found = cluster_rights.judge([], {"ClusterRole": [role]}, ())
            assert [(f.name.en, f.verdict) for f in found] == [("ClusterRole system:discovery", verdict)]

    def test_a_role_of_the_cluster_that_was_widened(self) -> None:
        wide = {**self.ROLE, "rules": [{"verbs": ["*"], "resources": ["pods"]}]}
        assert "rules[0].verbs[0] is *, declared get" in self.failed(role=wide)[0]


class TestTerritory:
    def space(self, name: str, tenant: str) -> dict[str, Any]:
        return {"metadata": {"name": name, "labels": {"govcloud.gov.vn/tenant": tenant}}}

    def test_each_namespace_is_there_and_no_other_carries_the_label(self) -> None:
        live = [self.space("a", "h41"), self.space("shadow", "h41"), self.space("foreign", "g09")]
        found = {f.name.en: f.verdict for f in territory.judge("h41", ["a", "b"], live)}
        assert found == {"Namespace a": PASS, "Namespace b": FAIL, "Namespace shadow": FAIL}


class TestPublished:
    def test_a_service_that_leads_outside(self) -> None:
        inside = named("s", spec={"type": "ClusterIP"})
        assert [f.verdict for f in published.judge("ns", [inside])] == [PASS]
        other = named("x", spec={"type": "ExternalName", "externalName": "example.org"})
        (finding,) = published.judge("ns", [inside, other])
        assert (finding.name.en, finding.verdict) == ("Service ns/x", FAIL)
        assert "example.org" in finding.reason.en
