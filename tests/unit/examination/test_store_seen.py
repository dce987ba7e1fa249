"""What an examination concludes from what the object store answers the platform, anybody, and pods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from answering_cluster import AnsweringCluster
from made_country import cloud, country
from probe_image import PROBE

from govcloud.clouds.object_store import ObjectStore
from govcloud.clouds.request import Answer
from govcloud.examination.finding import Finding, State
from govcloud.examination.ground import Ground
from govcloud.examination.judgement import state_of
from govcloud.examination.patience import Patience
from govcloud.examination.pods import Pods
from govcloud.examination.site import Site, StoreView
from govcloud.examination.subjects import clock, store
from govcloud_base.errors import Problem, Text

PART = Text("part", "phần")
REFUSED, NOBODY = Answer(403, "AccessDenied: no"), Answer.none(PART)


def _site(api: AnsweringCluster, **spec: Any) -> Site:
    made = country([cloud(**spec)])
    pods = Pods(Ground(api, Patience()), PROBE)
    return Site(made, made.clouds["cgc"], "https://api", api, pods)


def states(found: Iterable[Finding]) -> dict[str, str]:
    return {finding.capability: finding.state.value for finding in found}


@pytest.mark.parametrize(
    ("status", "trouble", "state"),
    [
        (403, "", "found"),
        (401, "", "found"),
        (200, "", "lacking"),
        (404, "", "unknown"),
        (502, "", "unknown"),
        (None, "SSLCertVerificationError: unknown authority", "lacking"),
        (None, "TimeoutError: timed out", "lacking"),
    ],
)
def test_a_store_answers_pods_by_a_trusted_certificate(status: int | None, trouble: str, state: str) -> None:
    assert store.greeted("10.1.2.3", "https://s3", status, trouble).state == state


@dataclass(frozen=True)
class _Store(ObjectStore):
    """A store that answers the platform, and everybody else, as it is told."""

    anybody: Answer = NOBODY

    def unsigned(self) -> Any:
        return _Session(self.anybody)


@dataclass(frozen=True)
class _Session:
    answer: Answer

    def call(self, _operation: str, **_arguments: Any) -> tuple[Answer, dict[str, Any]]:
        return self.answer, {}


@pytest.mark.parametrize(
    ("platform", "anybody", "state"),
    [
        (Answer(200, ""), REFUSED, State.FOUND),
        (Answer(200, ""), Answer(200, ""), State.LACKING),
        (REFUSED, REFUSED, State.UNKNOWN),
        (NOBODY, NOBODY, State.UNKNOWN),
        (None, REFUSED, State.UNKNOWN),
        (Answer(200, ""), Answer(500, "InternalError: x"), State.UNKNOWN),
    ],
    ids=["as it must be", "open to anybody", "another's key", "nobody answers", "no key here", "broken"],
)
def test_a_store_answers_the_platform_and_nobody_else(platform: Answer | None, anybody: Answer, state: State) -> None:
    session: Any = platform and _Session(platform)
    view = StoreView(_Store("https://s3", "vn-1", None, anybody), session, None)
    assert state_of(store.here(view)) is state


def test_what_this_shell_lacks_for_the_store_is_told_beside_the_rest() -> None:
    problem = Problem("GC-STORE-022", Text("its address is not known", "không biết địa chỉ"), Text("set it", "hãy đặt"))
    site = replace(_site(AnsweringCluster()), store=problem)
    assert [(f.state, f.said.en, f.fix) for f in store.examine(site)] == [
        (State.UNKNOWN, "its address is not known", Text("set it", "hãy đặt"))
    ] * 2
    assert states(clock.examine(site)) == {"clock": "unknown"}
