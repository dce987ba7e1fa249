"""What the audit tries as a tenant: on every kind that a tenant makes, each beside a twin that differs in one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from made_objects import CONTROLS
from probe_image import PROBE

from govcloud.audit.attempt import Attempt
from govcloud.audit.checks import boundary, escalation, hardening, images
from govcloud.audit.own_objects import own_objects
from govcloud.audit.run import Run
from govcloud.render import access

NAMESPACE = "h41-prod-srv"
ATTEMPTS: dict[str, Callable[[], Iterator[Attempt]]] = {
    "marks": lambda: boundary.mark_attempts(NAMESPACE, "g09", CONTROLS["TEN-01"], PROBE),
    "claims": lambda: boundary.claim_attempts(NAMESPACE, PROBE),
    "lasting": lambda: escalation.lasting_attempts(NAMESPACE, PROBE),
    "hardening": lambda: hardening.attempts(NAMESPACE, PROBE),
    "images": lambda: images.attempts(NAMESPACE, PROBE),
    "running": lambda: hardening.running_attempts(NAMESPACE, "own", PROBE),
}


def test_every_kind_that_an_administrator_makes_is_tried() -> None:
    admin = next(role for role in access.roles(CONTROLS) if role["metadata"]["name"].endswith("-admin"))
    made = {resource for rule in admin["rules"] if "create" in rule["verbs"] for resource in rule["resources"]}
    tried = {request.path.rpartition("/")[2] for request in own_objects(NAMESPACE, PROBE).values()}
    assert tried == {resource for resource in made if "/" not in resource}


@pytest.mark.parametrize("attempts", ATTEMPTS.values(), ids=ATTEMPTS)
def test_each_attempt_has_a_name_of_its_own_and_a_twin_that_is_none(attempts: Callable[[], Iterator[Attempt]]) -> None:
    planned = list(attempts())
    assert len({attempt.name.en for attempt in planned}) == len(planned) > 0
    for attempt in planned:
        assert (attempt.attack.path, attempt.attack.body) != (attempt.twin.path, attempt.twin.body)
        assert attempt.attack.query.get("dryRun") == attempt.twin.query.get("dryRun") == "All"


@pytest.mark.parametrize("kind", sorted(own_objects(NAMESPACE, PROBE)))
def test_marks_and_finalizers_are_tried_on_each_kind(kind: str) -> None:
    marks = {attempt.name.en for attempt in ATTEMPTS["marks"]()}
    assert {f"{kind}: labelled as the platform's", f"{kind}: labelled as another tenant's"} <= marks
    assert f"{kind} with a finalizer" in {attempt.name.en for attempt in ATTEMPTS["lasting"]()}


def test_templates_are_tried_wherever_controllers_copy_from() -> None:
    marks = {attempt.name.en for attempt in ATTEMPTS["marks"]()}
    for kind in ("DaemonSet", "Deployment", "Job", "ReplicaSet", "StatefulSet"):
        assert f"{kind}: label in spec.template" in marks
    assert "CronJob: label in spec.jobTemplate" in marks
    assert "CronJob: label in spec.jobTemplate.spec.template" in marks


def test_what_the_audit_makes_as_a_tenant_never_wears_what_is_reserved() -> None:
    """Otherwise a twin would be refused, and every refusal beside it would prove nothing."""
    label, prefix = (CONTROLS["TEN-01"].string(fact) for fact in ("label_prefix", "probe_prefix"))
    for request in own_objects(NAMESPACE, PROBE).values():
        assert label not in str(request.body["metadata"])
        assert not request.body["metadata"]["name"].startswith(prefix)
    assert Run(PROBE).probe.startswith(prefix)
    assert not Run(PROBE).named("govcloud-audit-escalation").startswith(prefix)
