"""The judges of what was read: each passes what is declared and names each deviation. No cloud is needed."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from made_objects import CONTROLS, named

from govcloud.audit.check import BlindError
from govcloud.audit.checks import (
    admission,
    guards,
    quota,
    versioning,
)
from govcloud.audit.checks.exposure import judge_listing
from govcloud.audit.store_attempt import Call, StoreAttempt
from govcloud.audit.store_attempt import judge as judge_store
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Answer
from govcloud.render import admission as rendered
from govcloud_base.errors import Text

FAIL, PASS, ERROR = Verdict.FAIL, Verdict.PASS, Verdict.ERROR


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
        assert versioning.judge_state("b", self.FINE, "Enabled", CONTROLS["STO-04"]).verdict is PASS
        assert versioning.judge_state("b", self.FINE, "Suspended", CONTROLS["STO-04"]).verdict is FAIL
        assert versioning.judge_state("b", self.FINE, None, CONTROLS["STO-04"]).verdict is FAIL
        assert versioning.judge_state("b", self.DENIED, None, CONTROLS["STO-04"]).verdict is ERROR

    def test_recovery(self) -> None:
        assert versioning.judge_recovery("b", "v1", self.FINE, b"first version").verdict is PASS
        assert versioning.judge_recovery("b", "v1", self.FINE, b"other").verdict is FAIL
        assert versioning.judge_recovery("b", None, self.FINE, b"first version").verdict is FAIL
        assert versioning.judge_recovery("b", "v1", Answer(404, "NoSuchVersion: x"), None).verdict is FAIL
        assert versioning.judge_recovery("b", "v1", Answer(0, ""), None).verdict is ERROR
