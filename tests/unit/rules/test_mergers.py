"""Who goes on after a merger, which code a body may keep, and who is told of its incidents."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from made_country import agency, cloud, country, segment, tenant

from govcloud.report.folding import folded
from govcloud.rules import addresses, agencies
from govcloud_base.errors import Problem, Text

DAY = datetime.date(2026, 11, 22)
ENDED: dict[str, Any] = {"validTo": "2026-06-30"}


def judged(*documents: dict[str, Any]) -> list[Problem]:
    return list(agencies.judge(country([cloud(), *documents]), DAY))


def codes(*documents: dict[str, Any]) -> list[tuple[str, str]]:
    return [(p.code, str(p.place and p.place.file)) for p in judged(*documents)]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_a_circle_of_mergers_is_told_once_at_its_first_body(size: int) -> None:
    ring = [f"H{number}" for number in range(30, 30 + size)]
    made = [agency(code, mergedInto=ring[(n + 1) % size], **ENDED) for n, code in enumerate(ring)]
    outside = agency("H29", mergedInto="H30", **ENDED)  # leads into the circle and is no part of it
    assert codes(*made, outside) == [("GC-AGENCY-014", "agencies/h30.yaml")]


def test_bodies_merged_into_one_that_was_merged_on_are_no_circle() -> None:
    assert codes(*(agency(f"H{n}", mergedInto=f"H{n + 1}", **ENDED) for n in range(30, 34)), agency("H34")) == []


def test_a_code_begins_with_that_of_the_parent() -> None:
    assert codes(agency("H41"), agency("H41.1", "province-unit", "H41")) == []
    found = codes(agency("H41"), agency("H42"), agency("H42.1", "province-unit", "H41"))
    assert found == [("GC-AGENCY-013", "agencies/h42-1.yaml")]


def test_a_level_of_bodies_that_is_not_declared_may_be_passed_over() -> None:
    assert codes(agency("G01", "ministry"), agency("G01.C12.7", "ministry-unit", "G01")) == []


def test_a_code_goes_on_after_its_issuer_was_merged() -> None:
    former = [agency("H41", mergedInto="H42", **ENDED), agency("H42", mergedInto="H43", **ENDED), agency("H43")]
    assert codes(*former, agency("H41.1", "province-unit", "H43")) == []
    assert codes(*former, agency("H44"), agency("H41.1", "province-unit", "H44")) == [
        ("GC-AGENCY-013", "agencies/h41-1.yaml")
    ]


def test_somebody_is_told_of_incidents() -> None:
    nobody: dict[str, Any] = {"contacts": []}
    assert codes(agency("H41", **nobody)) == []  # no system, no incident
    assert codes(agency("H41", **nobody), tenant("H41")) == [("GC-AGENCY-015", "agencies/h41.yaml")]
    below = agency("H41.1", "province-unit", "H41", **nobody)
    assert codes(agency("H41"), below, tenant("H41.1")) == []  # the body above is told
    asked = tenant("H41", lifecycle={"state": "requested", "reviewBy": "2027-01-01"})
    assert codes(agency("H41", **nobody), asked) == []


HA_GIANG: dict[str, Any] = {"administrativeUnit": "02", "validFrom": "2021-06-15"}
TUYEN_QUANG: dict[str, Any] = {"administrativeUnit": "08", "title": {"vi": "Ủy ban nhân dân tỉnh Tuyên Quang"}}
"""Ha Giang (02) went into Tuyen Quang (08) on 1 July 2025 (NQ 202/2025/QH15)."""


def test_a_merger_on_its_day_is_right() -> None:
    former = agency("H22", **HA_GIANG, mergedInto="H60", validTo="2025-06-30")
    assert codes(former, agency("H60", **TUYEN_QUANG)) == []
    assert codes(former, agency("H60", **TUYEN_QUANG | {"validFrom": "2021-06-15"})) == []
    renamed = agency("H59", **TUYEN_QUANG | {"validFrom": "2021-06-15"}, mergedInto="H60", validTo="2025-02-28")
    assert codes(renamed, agency("H60", **TUYEN_QUANG | {"validFrom": "2025-03-01"})) == []  # a new code, no new land


@pytest.mark.parametrize(
    ("former", "heir", "code", "file", "fix"),
    [
        # no day: the law's, else that of the successor, else the writer knows it
        ({**HA_GIANG}, {**TUYEN_QUANG}, "GC-AGENCY-016", "h22", "validTo: 2025-06-30"),
        ({"validFrom": "2021-06-15"}, {"validFrom": "2026-03-01"}, "GC-AGENCY-016", "h22", "validTo: 2026-02-28"),
        ({}, {}, "GC-AGENCY-016", "h22", "validTo: its last day"),
        # another day than the law's
        ({**HA_GIANG, "validTo": "2024-12-31"}, {**TUYEN_QUANG}, "GC-AGENCY-017", "h22", "validTo: 2025-06-30"),
        ({**HA_GIANG, "validTo": "2026-06-30"}, {**TUYEN_QUANG}, "GC-AGENCY-017", "h22", "validTo: 2025-06-30"),
        # another day than the successor's
        ({"validTo": "2026-01-31"}, {"validFrom": "2026-03-01"}, "GC-AGENCY-017", "h22", "validTo: 2026-02-28"),
        (
            {**HA_GIANG, "validTo": "2025-06-30"},
            {**TUYEN_QUANG, "validFrom": "2026-03-01"},
            "GC-AGENCY-017",
            "h60",
            "validFrom: 2025-07-01",
        ),
        ({"validTo": "2026-01-31"}, {"validTo": "2025-12-31"}, "GC-AGENCY-017", "h22", "goes on from 2026-02-01"),
        # another land than the law's
        (
            {**HA_GIANG, "validTo": "2025-06-30"},
            {"administrativeUnit": "01", "title": {"vi": "Thành phố Hà Nội"}},
            "GC-AGENCY-018",
            "h22",
            "08 (Tỉnh Tuyên Quang)",
        ),
    ],
)
def test_the_day_of_a_merger_is_one(
    former: dict[str, Any], heir: dict[str, Any], code: str, file: str, fix: str
) -> None:
    (cause,) = folded(judged(agency("H22", mergedInto="H60", **former), agency("H60", **heir)))
    problem = cause.problem
    assert (problem.code, problem.place and problem.place.file) == (code, f"agencies/{file}.yaml")
    assert fix in problem.fix.en
    field, _, value = fix.partition(": ")
    if value[:1].isdigit():  # the fix is a value: followed, it leaves nothing to say
        assert fix in problem.fix.vi
        (former if file == "h22" else heir)[field] = value
        assert judged(agency("H22", mergedInto="H60", **former), agency("H60", **heir)) == []


def test_a_unit_that_stays_does_not_go_over() -> None:
    stays: dict[str, Any] = {"administrativeUnit": "01", "title": {"vi": "Thành phố Hà Nội"}, "validTo": "2026-06-30"}
    (problem,) = judged(agency("H26", **stays, mergedInto="H60"), agency("H60", **TUYEN_QUANG))
    assert (problem.code, problem.value) == ("GC-AGENCY-017", "2026-06-30")
    assert "unit 01" in problem.fix.en
    heir: dict[str, Any] = {"administrativeUnit": "01", "title": {"vi": "Thành phố Hà Nội"}}
    assert judged(agency("H26", **stays, mergedInto="H60"), agency("H60", **heir)) == []


def test_nobody_stands_below_a_body_that_ended() -> None:
    below = agency("H41.1", "province-unit", "H41")
    assert codes(agency("H41", **ENDED), below) == [("GC-AGENCY-019", "agencies/h41-1.yaml")]
    (problem,) = judged(agency("H41", **ENDED, mergedInto="H42"), agency("H42"), below)
    assert problem.fix.en == "write parent: H42"
    assert problem.fix.vi == "ghi parent: H42"
    moved = agency("H41.1", "province-unit", "H42")
    assert judged(agency("H41", **ENDED, mergedInto="H42"), agency("H42"), moved) == []
    (problem,) = judged(agency("H41", validFrom="2027-01-01"), below)
    assert "correct its days" in problem.fix.en


def test_a_pool_is_inherited_once_its_body_has_ended() -> None:
    def found(last: str) -> list[tuple[str, str | Text | None]]:
        inherited = [{"pool": "10.80.7.0/24", "allocation": "CPQH", "from": "H42"}]
        parts = [agency("H41"), agency("H42", mergedInto="H41", validTo=last), tenant("H41")]
        made = country([cloud(), *parts, segment("H41", "10.80.1.0/24", inherited=inherited)])
        return [(p.code, p.allowed) for p in addresses.judge(made, DAY)]

    assert found(str(DAY - datetime.timedelta(1))) == []
    assert found(str(DAY)) == [("GC-ADDR-007", f">= {DAY + datetime.timedelta(1)}")]
