"""The judges of who may reach whom: what is declared passes, each opening is named. No cloud is needed."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from made_objects import CONTROLS, named

from govcloud.audit.access import DeclaredFlow, DeclaredHost, DeclaredService
from govcloud.audit.checks import (
    default_deny,
    flows,
    hosts,
    published,
    services,
)
from govcloud.audit.verdict import Verdict

FAIL, PASS, ERROR = Verdict.FAIL, Verdict.PASS, Verdict.ERROR


class TestDefaultDeny:
    DENY = named("zone", kind="NetworkPolicy", spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
    FLOWS = named(
        "zone",
        kind="NetworkPolicy",
        spec={**DENY["spec"], "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"a": "b"}}}]}]},
    )

    def worst(self, *live: dict[str, Any]) -> set[Verdict]:
        return {finding.verdict for finding in default_deny.judge("ns", [self.DENY], live, CONTROLS["NET-02"])}

    def test_declared_and_nothing_else(self) -> None:
        assert self.worst(self.DENY) == {PASS}

    def test_declared_flows_are_as_declared_and_deny_the_rest(self) -> None:
        findings = default_deny.judge("ns", [self.FLOWS], [self.FLOWS], CONTROLS["NET-02"])
        assert [finding.verdict for finding in findings] == [PASS, PASS]

    @pytest.mark.parametrize("more", [{}, {"from": []}, {"from": [{"namespaceSelector": {}}]}])
    def test_a_rule_for_everybody_beside_declared_flows(self, more: dict[str, Any]) -> None:
        wide = copy.deepcopy(self.FLOWS)
        wide["spec"]["ingress"].append(more)
        assert [f.verdict for f in default_deny.judge("ns", [self.FLOWS], [wide], CONTROLS["NET-02"])] == [FAIL, FAIL]

    def test_a_peer_of_one_namespace_that_became_one_of_all(self) -> None:
        """An empty selector selects everything, though it looks empty."""
        declared = named(
            "zone", kind="NetworkPolicy", spec={**self.DENY["spec"], "ingress": [{"from": [{"podSelector": {}}]}]}
        )
        wide = copy.deepcopy(declared)
        wide["spec"]["ingress"][0]["from"][0]["namespaceSelector"] = {}
        assert FAIL in {finding.verdict for finding in default_deny.judge("ns", [declared], [wide], CONTROLS["NET-02"])}

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


class TestPublished:
    def test_a_service_that_leads_outside(self) -> None:
        inside = named("s", spec={"type": "ClusterIP"})
        assert [f.verdict for f in published.judge("ns", [inside], CONTROLS)] == [PASS]
        other = named("x", spec={"type": "ExternalName", "externalName": "example.org"})
        (finding,) = published.judge("ns", [inside, other], CONTROLS)
        assert (finding.name.en, finding.verdict) == ("Service ns/x", FAIL)
        assert "example.org" in finding.reason.en
