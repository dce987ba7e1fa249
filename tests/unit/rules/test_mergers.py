"""Who goes on after a merger, which code a body may keep, and who is told of its incidents."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from made_country import agency, cloud, country, tenant

from govcloud.rules import agencies

DAY = datetime.date(2026, 11, 22)
ENDED = {"validTo": "2026-06-30"}


def codes(*documents: dict[str, Any]) -> list[tuple[str, str]]:
    made = country([cloud(), *documents])
    return [(p.code, str(p.place and p.place.file)) for p in agencies.judge(made, DAY)]


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
    nobody = {"contacts": []}
    assert codes(agency("H41", **nobody)) == []  # no system, no incident
    assert codes(agency("H41", **nobody), tenant("H41")) == [("GC-AGENCY-015", "agencies/h41.yaml")]
    below = agency("H41.1", "province-unit", "H41", **nobody)
    assert codes(agency("H41"), below, tenant("H41.1")) == []  # the body above is told
    asked = tenant("H41", lifecycle={"state": "requested", "reviewBy": "2027-01-01"})
    assert codes(agency("H41", **nobody), asked) == []
