"""A fleet run: order, isolation of failures, and what is reported."""

from __future__ import annotations

import pytest

from govcloud.fleet.pulumi import Outcome, Step
from govcloud.fleet.runner import run, waves
from govcloud.stack import StackKind, StackName
from govcloud_base.errors import CloudError, Language, Problem, Text, UsageError, told

NAMES = ["platform.lgsp-h41", "tenant.h41", "segment.tsl-h41", "cluster.cgc-hn1", "tenant.g09"]
STACKS = [StackName.parse(name) for name in NAMES]


class Silent:
    """An observer that only remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def started(self, stack: StackName) -> None:
        self.said.append(f"started {stack}")

    def stepped(self, stack: StackName, step: Step) -> None:
        self.said.append(f"{step.operation} in {stack}")

    def ended(self, outcome: Outcome) -> None:
        self.said.append(f"ended {outcome.stack} {outcome.succeeded}")


@pytest.mark.parametrize("name", ["tenant", "tenant.", ".h41", "network.h41", "", "Tenant.h41"])
def test_a_name_of_the_wrong_shape_is_refused_with_what_is_allowed(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        StackName.parse(name)
    problem = caught.value.problems[0]
    assert problem.code == "GC-STACK-001"
    assert problem.value == name
    assert "tenant.<id>" in (told(problem.allowed, Language.EN) or "")


def test_a_name_survives_reading_and_writing() -> None:
    assert str(StackName.parse("tenant.g09-20")) == "tenant.g09-20"
    assert StackName.parse("segment.tsl-h41").kind is StackKind.SEGMENT


def test_what_others_need_comes_first() -> None:
    kinds = [{s.kind for s in wave} for wave in waves(STACKS)]
    assert kinds == [{StackKind.CLUSTER}, {StackKind.TENANT}, {StackKind.SEGMENT}, {StackKind.PLATFORM}]


def test_a_failed_cluster_stops_its_own_cloud_and_no_other() -> None:
    """Tenants lie on the cloud of their own name's last letter; no cloud waits for the other."""
    stacks = [StackName.parse(name) for name in ("cluster.a", "cluster.b", "tenant.xa", "tenant.xb", "platform.yb")]
    seen = Silent()

    def action(stack: StackName, follow: object) -> Outcome:
        return Outcome(stack, succeeded=str(stack) != "cluster.a")

    outcomes = run(stacks, action, seen, parallel=2, cloud_of=lambda stack: stack[-1])
    assert [str(o.stack) for o in outcomes] == ["cluster.a", "cluster.b", "tenant.xb", "platform.yb"]
    assert "started tenant.xa" not in seen.said


def test_one_failing_tenant_stops_no_other_stack() -> None:
    def action(stack: StackName, follow: object) -> Outcome:
        if stack.id == "g09":
            raise CloudError(Problem(code="GC-TEST-001", message=Text("refused", "từ chối"), fix=Text("x", "x")))
        return Outcome(stack, succeeded=True)

    outcomes = run(STACKS, action, Silent())
    assert {str(o.stack): o.succeeded for o in outcomes} == {name: name != "tenant.g09" for name in NAMES}
    failed = next(o for o in outcomes if not o.succeeded)
    assert "GC-TEST-001" in failed.messages[0]


def test_nothing_runs_on_a_cluster_without_its_policies() -> None:
    outcomes = run(STACKS, lambda s, f: Outcome(s, succeeded=s.kind is not StackKind.CLUSTER), Silent())
    assert [str(o.stack) for o in outcomes] == ["cluster.cgc-hn1"]


def test_the_observer_hears_every_step() -> None:
    observer = Silent()

    def action(stack: StackName, follow: object) -> Outcome:
        assert callable(follow)
        follow(Step("create", "urn::a::b"))
        return Outcome(stack, succeeded=True)

    run([STACKS[1]], action, observer)
    assert observer.said == ["started tenant.h41", "create in tenant.h41", "ended tenant.h41 True"]


def test_tenants_that_need_each_other_are_both_made_before_one_is_called_failed() -> None:
    stacks = [StackName.parse(name) for name in ("tenant.a", "tenant.b", "tenant.c")]
    seen, made = Silent(), set[str]()

    def action(stack: StackName, follow: object) -> Outcome:
        made.add(stack.id)
        needed = {"a": {"b"}, "b": {"a"}, "c": {"nobody"}}[stack.id]
        if needed <= made:
            return Outcome(stack, succeeded=True)
        return Outcome(stack, succeeded=False, messages=("GC-STORE-037: the store has nobody of this name",))

    outcomes = run(stacks, action, seen, parallel=1)

    assert {str(o.stack): o.succeeded for o in outcomes} == {"tenant.a": True, "tenant.b": True, "tenant.c": False}
    ended = [line for line in seen.said if line.startswith("ended")]
    assert sorted(ended) == ["ended tenant.a True", "ended tenant.b True", "ended tenant.c False"]


def test_another_failure_is_not_tried_again() -> None:
    tries: list[str] = []

    def action(stack: StackName, follow: object) -> Outcome:
        tries.append(str(stack))
        return Outcome(stack, succeeded=False, messages=("GC-STORE-003: nothing answers",))

    run([StackName.parse("tenant.a")], action, Silent())
    assert tries == ["tenant.a"]
