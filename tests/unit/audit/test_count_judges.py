"""TEN-03's judges of counts: each passes what is bounded, names what is not, and says where it saw nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from probe_image import PROBE

from govcloud.audit import small_objects
from govcloud.audit.checks.counts import judge_disk, judge_ended, judge_kind, judge_silent
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Answer
from govcloud.render.counts import creatable

FAIL, PASS, ERROR = Verdict.FAIL, Verdict.PASS, Verdict.ERROR
MADE = Answer(201, "{}")


def refused(limited: str) -> Answer:
    message = (
        f'pods "x" is forbidden: exceeded quota: zone, requested: {limited}=1, used: {limited}=3, limited: {limited}=3'
    )
    return Answer(403, json.dumps({"message": message}))


NO, OTHERWISE = refused("count/secrets"), refused("requests.storage")
FORBIDDEN = Answer(403, json.dumps({"message": 'secrets is forbidden: User "x" cannot create'}))


def test_there_is_a_small_object_of_every_kind_that_a_tenant_may_create() -> None:
    assert creatable() - {("", "pods")} <= small_objects.kinds()
    for group, plural in creatable() - {("", "pods")}:
        made = small_objects.creation(group, plural, "n", PROBE)
        assert made.body["metadata"]["labels"]["app.kubernetes.io/name"] == small_objects.MARK
        assert made.path.endswith(f"/namespaces/n/{plural}")


@pytest.mark.parametrize(
    ("before", "after", "answers", "verdict"),
    [
        (1, 3, [MADE, MADE, NO, NO], PASS),
        (3, 3, [NO, NO], PASS),  # the tenant itself had filled it
        (1, 5, [MADE, MADE, MADE, MADE], FAIL),
        (1, 4, [MADE, MADE, MADE, NO], FAIL),
        (1, 3, [MADE, MADE, MADE, MADE], ERROR),  # somebody took some away meanwhile
        (1, 1, [NO, NO, NO, NO], ERROR),
        (1, 3, [MADE, MADE, OTHERWISE, OTHERWISE], ERROR),
        (1, 1, [FORBIDDEN] * 4, ERROR),
        (1, 1, [Answer(0, "no answer")] * 4, ERROR),
    ],
)
def test_a_kind_is_bounded_where_the_count_itself_refuses_one_more(
    before: int, after: int, answers: list[Answer], verdict: Verdict
) -> None:
    assert judge_kind("secrets", 3, before, after, answers).verdict is verdict


@pytest.mark.parametrize(
    ("hard", "used", "verdict"),
    [("40", "7", PASS), ("1k", "7", FAIL), (None, None, FAIL), ("40", None, FAIL), ("40", "6", ERROR)],
)
def test_ended_pods_are_counted(hard: str | None, used: str | None, verdict: Verdict) -> None:
    status: dict[str, Any] = {key: {"count/pods": n} for key, n in (("hard", hard), ("used", used)) if n is not None}
    assert judge_ended({"status": status}, 40, 7).verdict is verdict


def test_disk_is_bounded_where_the_quota_refuses_more_and_admits_little() -> None:
    beyond = refused("limits.ephemeral-storage")
    assert judge_disk(beyond, MADE).verdict is PASS
    assert judge_disk(MADE, MADE).verdict is FAIL
    assert judge_disk(beyond, beyond).verdict is ERROR
    assert judge_disk(refused("limits.memory"), MADE).verdict is ERROR


def test_a_silent_pod_is_bounded() -> None:
    def answer(*limits: dict[str, str]) -> Answer:
        return Answer(201, json.dumps({"spec": {"containers": [{"resources": {"limits": each}} for each in limits]}}))

    assert judge_silent(answer({"ephemeral-storage": "64Mi"})).verdict is PASS
    assert judge_silent(answer({"ephemeral-storage": "64Mi"}, {"cpu": "1"})).verdict is FAIL
    assert judge_silent(answer()).verdict is FAIL
    assert judge_silent(FORBIDDEN).verdict is ERROR
    silent = {"message": 'pods "x" is forbidden: failed quota: zone: must specify limits.ephemeral-storage for: c'}
    assert judge_silent(Answer(403, json.dumps(silent))).verdict is PASS
