"""A refusal counts only when it names the expected authority, and beside a twin that succeeded."""

from __future__ import annotations

import json

import pytest

from govcloud.audit.attempt import RBAC, Attempt, Authority, Refusal, judge, perform, policy
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Answer, Request
from govcloud_base.errors import Text

ATTACK, TWIN = Request("POST", "/attack"), Request("GET", "/twin")
FINE = Answer(200, "{}")
BY_POLICY = (
    "pods \"x\" is forbidden: ValidatingAdmissionPolicy 'govcloud-pods' with binding 'govcloud-pods' denied request: "
    "TEN-05: privileged containers are refused / từ chối container đặc quyền"
)
BY_RBAC = 'secrets is forbidden: User "a" cannot list resource "secrets" in API group "" in the namespace "b"'


def refused(message: str, status: int = 403) -> Answer:
    return Answer(status, json.dumps({"kind": "Status", "message": message}))


def attempt(*refusals: Refusal) -> Attempt:
    return Attempt(Text("try", "thử"), ATTACK, refusals, TWIN)


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        (RBAC, BY_RBAC),
        (policy("pods", "TEN-05"), BY_POLICY),
        (Refusal(Authority.POD_SECURITY), 'pods "x" is forbidden: violates PodSecurity "restricted:v1.36": privileged'),
        (Refusal(Authority.QUOTA), 'pods "x" is forbidden: exceeded quota: zone, requested: pods=1'),
        (
            Refusal(Authority.ESCALATION),
            'roles "x" is forbidden: user "a" is attempting to grant RBAC permissions not currently held:',
        ),
    ],
)
def test_the_expected_reason_passes_and_no_other(refusal: Refusal, message: str) -> None:
    assert judge(attempt(refusal), refused(message), FINE).verdict is Verdict.PASS
    assert judge(attempt(refusal), refused("admission webhook is down"), FINE).verdict is Verdict.ERROR


def test_another_policy_or_control_is_not_the_expected_reason() -> None:
    assert judge(attempt(policy("services", "TEN-05")), refused(BY_POLICY), FINE).verdict is Verdict.ERROR
    assert judge(attempt(policy("pods", "NET-04")), refused(BY_POLICY), FINE).verdict is Verdict.ERROR


def test_a_refusal_by_policy_is_not_one_by_authorisation() -> None:
    quoting = BY_POLICY + " (cannot be done)"
    assert judge(attempt(RBAC), refused(quoting), FINE).verdict is Verdict.ERROR


@pytest.mark.parametrize("answer", [Answer(0, "no answer"), Answer(401, ""), Answer(404, ""), Answer(500, "")])
def test_what_is_no_refusal_proves_nothing(answer: Answer) -> None:
    assert judge(attempt(RBAC), answer, FINE).verdict is Verdict.ERROR


def test_a_twin_that_fails_makes_the_refusal_worthless() -> None:
    finding = judge(attempt(RBAC), refused(BY_RBAC), refused(BY_RBAC))
    assert finding.verdict is Verdict.ERROR
    assert "twin" in finding.reason.en


def test_success_of_the_attack_is_a_violation_whatever_the_twin_does() -> None:
    assert judge(attempt(RBAC), FINE, FINE).verdict is Verdict.FAIL
    assert judge(attempt(RBAC), Answer(201, "{}"), Answer(0, "")).verdict is Verdict.FAIL


class Recorder:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def send(self, request: Request) -> Answer:
        self.seen.append(request.path)
        return FINE if request.path == "/twin" else refused(BY_RBAC)

    def execute(self, namespace: str, pod: str, command: object, seconds: float) -> Answer:
        raise AssertionError("nothing is executed")


def test_a_shared_twin_is_sent_once() -> None:
    api = Recorder()
    assert [f.verdict for f in perform(api, [attempt(RBAC), attempt(RBAC)])] == [Verdict.PASS, Verdict.PASS]
    assert api.seen == ["/twin", "/attack", "/attack"]


def test_a_dry_run_keeps_everything_else() -> None:
    request = Request("PATCH", "/x", {"a": 1}, "application/merge-patch+json", {"force": "true"}, {"H": "v"})
    dry = request.dry_run()
    assert dry.url() == "/x?force=true&dryRun=All"
    assert (dry.method, dry.body, dry.content_type, dry.headers) == (
        request.method,
        request.body,
        request.content_type,
        request.headers,
    )
