"""Shared platforms: who may use them, what they rest on, and where their data lives."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_country import agency, cloud, country, link, platform, segment, tenant

from govcloud.country import Country
from govcloud.rules import agencies, links, platforms, references
from govcloud_base.errors import Problem

DAY = datetime.date(2026, 11, 22)
EXPORT = {"reference": "BB 12", "date": "2026-11-01"}


def made(*documents: dict[str, Any]) -> Country:
    bodies = [
        agency("G09", "ministry"),
        agency("G15", "ministry"),
        agency("H41"),
        agency("H41.5", "province-unit", "H41"),
        agency("H41.101", "commune", "H41"),
    ]
    codes_of = [body["spec"]["code"] for body in bodies]
    parts = [tenant(code) for code in codes_of] + [segment(c, f"10.80.{n}.0/24") for n, c in enumerate(codes_of)]
    return country([cloud(), *bodies, *parts, *documents])


def judged(found: Country) -> list[Problem]:
    return list(platforms.judge(found, DAY))


def codes(problems: list[Problem]) -> list[str]:
    return [p.code for p in problems]


@pytest.mark.parametrize(
    ("consumers", "found"),
    [
        ("linked", []),
        ({"tiers": ["commune", "ministry"]}, []),
        ({"agencies": ["G09"]}, []),
        ({"agencies": ["G15"]}, ["GC-PLATFORM-003"]),
        ({}, ["GC-PLATFORM-003"]),
    ],
)
def test_only_the_entitled_use_a_platform(consumers: Any, found: list[str]) -> None:
    exchange = platform("lgsp-h41", "H41", consumers=consumers)
    assert codes(judged(made(exchange, link("G09", "H41", "lgsp", platform="lgsp-h41")))) == found
    assert codes(judged(made(exchange, tenant("G09", platforms=["lgsp-h41"])))) == found
    assert judged(made(exchange, tenant("H41.101", platforms=["lgsp-h41"]))) == []


def test_every_platform_on_a_national_way_must_be_open_to_both_ends() -> None:
    own = platform("lgsp-h41", "H41", consumers={})
    way = [
        platform("lgsp-g09", "G09"),
        platform("ndxp", "G15", "ndxp"),
        own,
        link("G09", "H41", "ndxp", platform="ndxp"),
    ]
    (problem,) = judged(made(*way))
    assert (problem.code, problem.value) == ("GC-PLATFORM-003", "G09")


def test_what_is_used_cannot_be_taken_away() -> None:
    gone = made(tenant("G09", platforms=["portal-h41"]), platform("soc-h41", "H41", "soc", dependsOn=["portal-h41"]))
    found = list(references.judge(gone, DAY))
    assert codes(found) == ["GC-REF-004", "GC-REF-004"]
    assert [p.place.file for p in found if p.place] == ["tenants/g09/g09.yaml", "platforms/soc-h41.yaml"]
    halted = {"state": "halted", "since": "2026-11-01", "reviewBy": "2027-01-01"}
    exchange = [platform("lgsp-h41", "H41"), tenant("H41", lifecycle=halted)]
    assert judged(made(*exchange)) == []
    assert codes(judged(made(*exchange, tenant("G09", platforms=["lgsp-h41"])))) == ["GC-PLATFORM-008"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=10))
def test_a_circle_is_found_exactly_where_there_is_one(edges: list[tuple[int, int]]) -> None:
    kinds = ("portal", "analytics", "soc", "reporting", "open-data", "identity")
    documents = [
        platform(f"p{n}", "H41", kinds[n], dependsOn=sorted({f"p{b}" for a, b in edges if a == n})) for n in range(6)
    ]
    reach = {a: {b for x, b in edges if x == a} for a in range(6)}
    for _ in range(6):
        reach = {a: bs | {c for b in bs for c in reach[b]} for a, bs in reach.items()}
    assert ("GC-PLATFORM-004" in codes(judged(made(*documents)))) == any(a in bs for a, bs in reach.items())


def test_a_circle_is_told_once_with_its_way() -> None:
    circle = [
        platform("a", "H41", "portal", dependsOn=["b"]),
        platform("b", "H41", "soc", dependsOn=["c"]),
        platform("c", "H41", "reporting", dependsOn=["a"]),
    ]
    (problem,) = judged(made(*circle))
    assert (problem.code, problem.value) == ("GC-PLATFORM-004", "a > b > c > a")


def test_a_dataset_has_one_master() -> None:
    first = platform("dan-cu", "G09", "database", masterOf=["dan-cu"])
    assert judged(made(first, tenant("H41", datasets={"dan-cu": {}}))) == []
    (problem,) = judged(made(first, tenant("H41", datasets={"dan-cu": {"master": True}})))
    assert problem.code == "GC-PLATFORM-005"
    assert "is Platform dan-cu" in problem.message.en


def test_a_body_has_one_lgsp() -> None:
    both = [platform("lgsp-h41", "H41"), platform("lgsp-h41-5", "H41.5")]
    assert codes(judged(made(*both))) == ["GC-PLATFORM-006"]
    assert judged(made(both[0], platform("lgsp-g09", "G09"))) == []


def test_national_databases_live_at_the_national_data_centre() -> None:
    database = platform("dan-cu", "G09", "database", nationalDatabase=True)
    assert codes(judged(made(database))) == ["GC-PLATFORM-007"]
    assert judged(made(database, cloud(nationalDataCentre=True))) == []


def linked(found: Country, date: datetime.date = DAY) -> list[Problem]:
    return list(links.judge(found, date))


def test_ndxp_is_reached_through_an_lgsp_at_both_ends() -> None:
    way = [platform("lgsp-g09", "G09"), platform("ndxp", "G15", "ndxp"), link("G09", "H41", "ndxp", platform="ndxp")]
    (problem,) = linked(made(*way))
    assert (problem.code, problem.value) == ("GC-LINK-012", "H41")
    assert linked(made(*way, platform("lgsp-h41", "H41"))) == []


def test_obligatory_sharing_goes_through_ndop_and_nowhere_else() -> None:
    ndop = platform("ndop", "G15", "ndop")
    obligatory = {"kind": "mandatory-sharing"}
    assert linked(made(ndop, link("G09", "H41", "ndop", platform="ndop", **obligatory))) == []
    (problem,) = linked(
        made(platform("lgsp-h41", "H41"), link("G09", "H41", "lgsp", platform="lgsp-h41", **obligatory))
    )
    assert (problem.code, problem.allowed) == ("GC-LINK-003", "ndop")


def test_a_commune_may_use_a_ministrys_system_since_the_decree_of_2026() -> None:
    direct = made(link("G09", "H41.101", validFrom="2026-01-02"))
    assert linked(direct) == []
    assert codes(linked(direct, datetime.date(2026, 6, 30))) == ["GC-LINK-002"]


def test_bodies_outside_the_state_are_linked_without_a_gateway() -> None:
    outside = agency("Z01", "external")
    assert linked(made(outside, link("H41", "Z01", kind="external"))) == []
    assert codes(linked(made(outside, link("H41", "Z01", kind="administrative")))) == ["GC-LINK-002"]
    assert codes(list(agencies.judge(made(agency("Z02", "province")), DAY))) == ["GC-AGENCY-008"]
    assert codes(list(agencies.judge(made(agency("H77", "external")), DAY))) == ["GC-AGENCY-008"]
