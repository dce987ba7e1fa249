"""What a level needs and the cloud lacks refuses that tenant there; what is only unknown refuses and passes nobody."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from made_country import agency, cloud, country, tenant

from govcloud.country import Country
from govcloud.examination.before import Looked, problems
from govcloud.examination.finding import Finding, State, absent, found, lacking, unknown
from govcloud.examination.judgement import Judged, judge, refusals, state_of
from govcloud.rules.capability import catalogue, lowest_level
from govcloud_base.errors import Text

SAID, FIX = Text("seen", "đã thấy"), Text("mend it", "hãy sửa")
CLOUD = "cgc"
NOW = datetime.datetime(2026, 11, 22, 8, 0, tzinfo=datetime.UTC)
TRANSITION = {"regime": "nd85-2016", "level": 4, "until": "2027-02-19"}


def _country(level: int = 2, **spec: Any) -> Country:
    return country([cloud(), agency("H41"), agency("G09"), tenant("H41", level=level, **spec), tenant("G09", level=1)])


def _judged(made: Country, *findings: Finding) -> dict[str, Judged]:
    return {one.name: one for one in judge(made, CLOUD, catalogue(), findings)}


@pytest.mark.parametrize(("level", "refused"), [(2, ["g09", "h41"]), (3, ["g09", "h41"])])
def test_what_every_level_needs_refuses_all(level: int, refused: list[str]) -> None:
    judged = _judged(_country(level), lacking("network-ingress", SAID, FIX))
    assert sorted({name for name, _ in refusals(judged.values())}) == refused


@pytest.mark.parametrize(
    ("capability", "level", "spec", "refused"),
    [
        ("network-start", 2, {}, []),
        ("network-start", 3, {}, ["h41"]),
        ("nodes-dedicated", 4, {}, []),
        ("nodes-dedicated", 5, {}, ["h41"]),
        ("nodes-dedicated", 4, {"regime": "nd85-2016"}, ["h41"]),
        ("nodes-dedicated", 3, {"transition": TRANSITION}, ["h41"]),
        ("network-start", 3, {"lifecycle": {"state": "removed", "reviewBy": "2027-01-01"}}, []),
    ],
)
def test_the_level_decides(capability: str, level: int, spec: dict[str, Any], refused: list[str]) -> None:
    judged = _judged(_country(level, **spec), lacking(capability, SAID, FIX))
    assert list(judged[capability].refused) == refused
    assert judged[capability].missed is bool(refused)


def test_who_keeps_no_bucket_needs_no_store() -> None:
    buckets = {"records": {"class": "private", "quota": "1Gi"}}
    judged = _judged(_country(storage={"buckets": buckets}), lacking("store-here", SAID, FIX))
    assert judged["store-here"].refused == ("h41",)


@pytest.mark.parametrize("finding", [unknown("network-ingress", SAID), None])
def test_what_is_not_known_refuses_nobody_and_passes_nobody(finding: Finding | None) -> None:
    judged = _judged(_country(), *([finding] if finding else []))["network-ingress"]
    assert (judged.state, judged.refused, judged.missed) == (State.UNKNOWN, (), True)


@pytest.mark.parametrize("name", ["nodes", "store-pods", "rights-auditor"])
def test_some_lacks_are_told_and_refuse_nobody(name: str) -> None:
    buckets = {"records": {"class": "private", "quota": "1Gi"}}
    judged = _judged(_country(storage={"buckets": buckets}), lacking(name, SAID, FIX))[name]
    assert judged.refused == () and judged.missed


@pytest.mark.parametrize("name", ["default-storage-class", "volume-expansion"])
def test_what_nobody_needs_is_told_alone(name: str) -> None:
    judged = _judged(_country(), lacking(name, SAID, FIX))[name]
    assert judged.refused == () and not judged.missed and judged.state is State.LACKING


def test_the_worst_part_counts_and_what_is_not_there_hides_nothing() -> None:
    parts = [found("clock", SAID), absent("clock", SAID)]
    assert state_of(parts) is State.FOUND
    assert state_of([*parts, unknown("clock", SAID)]) is State.UNKNOWN
    assert state_of([*parts, unknown("clock", SAID), lacking("clock", SAID, FIX)]) is State.LACKING
    assert state_of([absent("clock", SAID)]) is State.ABSENT
    assert state_of([]) is State.UNKNOWN


def test_the_report_names_the_level_of_the_country_s_regime() -> None:
    made = _country()
    assert lowest_level(made, catalogue()["nodes-dedicated"]) == 5
    assert lowest_level(made, catalogue()["network-start"]) == 3


def test_a_refusal_names_tenant_cloud_lack_source_and_day() -> None:
    made = _country(3)
    aspect = Text("pods, IPv4", "pod, IPv4")
    judged = _judged(made, lacking("network-egress", SAID, FIX, aspect), found("network-egress", SAID))
    refused = problems(made, [Looked(CLOUD, tuple(judged.values()), NOW)])
    (problem,) = refused["h41"]
    assert (problem.code, problem.scope) == ("GC-CLOUD-010", "h41")
    assert problem.message.en == (
        "tenant h41 is refused on cloud cgc, which lacks what level 3 needs: Network policies on the way out "
        "(NET-02 (TCVN 14423:2026 x.12.2.2); NET-04 (TCVN 14423:2026 x.4.2.6, QCVN 12:2026 3.13.2.1.8))"
    )
    assert problem.value == Text("pods, IPv4: seen (2026-11-22)", "pod, IPv4: đã thấy (2026-11-22)")
    assert problem.fix.en == f"mend it; then run `govcloud cloud check {CLOUD}`"
    assert set(refused) == {"g09", "h41"}


def test_a_cloud_is_to_be_examined_once_and_again_after_a_month() -> None:
    name = CLOUD
    assert Looked(name, (), NOW).remark(NOW + datetime.timedelta(days=30)) is None
    old = Looked(name, (), NOW).remark(NOW + datetime.timedelta(days=31))
    assert old is not None and old.en == f"Cloud {name} was last examined on 2026-11-22: `govcloud cloud check {name}`"
    never = Looked(name, (), None).remark(NOW)
    assert never is not None and "never examined" in never.en
