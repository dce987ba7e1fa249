"""Where two declarations collide, the one in the wrong is named, whatever comes first by name."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_country import agency, cloud, country, link, platform, segment, tenant

from govcloud.country import Country
from govcloud.rules import addresses, agencies, links, ownership, platforms, zones
from govcloud_base.errors import Problem

DAY = datetime.date(2026, 11, 22)
KEPT = {"class": "private", "quota": "1Gi"}
NAMES = pytest.mark.parametrize(("right", "wrong"), [("aa", "zz"), ("zz", "aa")])


def made(*documents: dict[str, Any]) -> Country:
    bodies = [agency("G09", "ministry"), agency("H41"), agency("H41.5", "province-unit", "H41"), agency("H42")]
    return country([cloud(), *bodies, *(tenant(body["spec"]["code"]) for body in bodies), *documents])


def named(name: str, document: dict[str, Any]) -> dict[str, Any]:
    document["metadata"]["name"] = name
    return document


def blamed(found: Iterable[Problem], code: str) -> str:
    """Return the name of the file at which the only problem of a code stands."""
    (problem,) = (p for p in found if p.code == code)
    assert problem.place is not None
    return problem.place.file.rpartition("/")[2].removesuffix(".yaml")


@NAMES
def test_the_national_database_is_the_master(right: str, wrong: str) -> None:
    national = platform(right, "G09", "database", masterOf=["dan-cu"], nationalDatabase=True)
    local = platform(wrong, "H41", "database", masterOf=["dan-cu"])
    assert blamed(platforms.judge(made(national, local), DAY), "GC-PLATFORM-005") == wrong
    ministry = platform(wrong, "G09", "analytics", masterOf=["dan-cu"])
    assert blamed(platforms.judge(made(national, ministry), DAY), "GC-PLATFORM-005") == wrong


@NAMES
def test_a_ministry_is_master_before_a_province_and_a_province_before_its_units(right: str, wrong: str) -> None:
    ministry, province, unit = (
        platform(name, owner, kind, masterOf=["dan-cu"])
        for name, owner, kind in ((right, "G09", "database"), (wrong, "H41", "database"), (wrong, "H41.5", "database"))
    )
    assert blamed(platforms.judge(made(ministry, province), DAY), "GC-PLATFORM-005") == wrong
    upper = platform(right, "H41", "database", masterOf=["dan-cu"])
    assert blamed(platforms.judge(made(upper, unit), DAY), "GC-PLATFORM-005") == wrong


@pytest.mark.parametrize(("national", "local"), [("G09", "H41"), ("H41", "H41.5")])
def test_of_tenants_the_higher_body_is_the_master(national: str, local: str) -> None:
    both = [tenant(code, datasets={"dan-cu": {"master": True}}) for code in (national, local)]
    assert blamed(platforms.judge(made(*both), DAY), "GC-PLATFORM-005") == local.lower().replace(".", "-")


def test_a_tenant_that_comes_first_by_name_is_not_the_master_for_that() -> None:
    both = [tenant("H41", datasets={"x": {"master": True}}), platform("zz", "G09", "database", masterOf=["x"])]
    assert blamed(platforms.judge(made(*both), DAY), "GC-PLATFORM-005") == "h41"
    both = [tenant("A01", datasets={"x": {"master": True}}), platform("zz", "G09", "database", masterOf=["x"])]
    found = made(agency("A01", "province"), *both)
    assert blamed(platforms.judge(found, DAY), "GC-PLATFORM-005") == "a01"


@NAMES
def test_the_platform_that_runs_is_right(right: str, wrong: str) -> None:
    both = [platform(right, "H41"), platform(wrong, "H41", state="planned")]
    assert blamed(platforms.judge(made(*both), DAY), "GC-PLATFORM-002") == wrong


@NAMES
def test_the_provinces_own_lgsp_is_right(right: str, wrong: str) -> None:
    both = [platform(right, "H41", state="planned"), platform(wrong, "H41.5")]
    assert blamed(platforms.judge(made(*both), DAY), "GC-PLATFORM-006") == wrong


@NAMES
def test_an_agency_called_by_its_code_keeps_it(right: str, wrong: str) -> None:
    del right
    assert blamed(agencies.judge(made(named(wrong, agency("H41"))), DAY), "GC-AGENCY-002") == wrong


@NAMES
def test_of_agencies_with_one_code_the_older_one_keeps_it(right: str, wrong: str) -> None:
    old, new = named(right, agency("H55", validFrom="2020-01-01")), named(wrong, agency("H55", validFrom="2026-01-01"))
    assert blamed(agencies.judge(made(old, new), DAY), "GC-AGENCY-002") == wrong


@pytest.mark.parametrize("code", ["A01", "H99"])
def test_the_folder_is_of_whose_name_it_bears(code: str) -> None:
    found = ownership.judge(made(agency(code, path="tenants/h41")), DAY)
    assert blamed(found, "GC-OWNER-004") == code.lower()


@NAMES
def test_a_port_is_of_the_link_that_was_there_first(right: str, wrong: str) -> None:
    both = [named(right, link("H41", "G09")), named(wrong, link("H41", "H42", validFrom="2026-03-01"))]
    assert blamed(links.judge(made(*both), DAY), "GC-LINK-009") == wrong


@NAMES
def test_a_segment_is_the_one_allocated_first(right: str, wrong: str) -> None:
    first = named(right, segment("H41", "10.80.1.0/24", allocated="2026-01-05"))
    for allocated in ("2026-02-05", None):
        second = named(wrong, segment("H41", "10.80.2.0/24", **({"allocated": allocated} if allocated else {})))
        assert blamed(addresses.judge(made(first, second), DAY), "GC-SEGMENT-001") == wrong


def pools(*written: tuple[str, str, str | None]) -> list[Problem]:
    codes = ["G09", "H41", "H41.5", "H42", "H43", "H44"]
    parts = [
        named(name, segment(code, pool, **({"allocated": day} if day else {})))
        for code, (name, pool, day) in zip(codes, written, strict=False)
    ]
    found = addresses.judge(made(agency("H43"), agency("H44"), tenant("H43"), tenant("H44"), *parts), DAY)
    return [p for p in found if p.code in ("GC-ADDR-002", "GC-ADDR-004")]


@NAMES
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("10.80.1.0/24", "2026-01-05"), ("10.80.1.0/24", "2026-02-05")),
        (("10.80.1.0/24", "2026-01-05"), ("10.80.0.0/23", "2026-02-05")),
        (("10.80.0.0/23", "2026-01-05"), ("10.80.1.0/24", "2026-02-05")),
        (("10.80.1.0/24", "2026-01-05"), ("10.80.0.0/16", None)),
        (("10.80.1.0/24", None), ("10.80.0.0/16", None)),
    ],
)
def test_a_pool_is_of_whom_it_was_allocated_to_first(
    right: str, wrong: str, first: tuple[str, str | None], second: tuple[str, str | None]
) -> None:
    assert blamed(pools((right, *first), (wrong, *second)), "GC-ADDR-004") == wrong


def test_a_pool_over_many_others_is_one_mistake() -> None:
    others = [(f"s{n}", f"10.80.{n}.0/24", "2026-05-05") for n in range(1, 6)]
    (problem,) = pools(("zz", "10.80.0.0/16", "2026-01-05"), *others)
    assert (problem.code, problem.value) == ("GC-ADDR-004", "10.80.0.0/16")
    assert problem.message.en == ("overlaps 10.80.1.0/24 of s1, 10.80.2.0/24 of s2, 10.80.3.0/24 of s3 and 2 more")
    everything = pools(("aa", "0.0.0.0/0", "2026-01-05"), *others)
    assert {p.place for p in everything} == {everything[0].place}
    assert [p.code for p in everything] == ["GC-ADDR-002", "GC-ADDR-004"]


def test_what_lies_below_a_refused_pool_is_still_compared() -> None:
    found = pools(
        ("wide", "10.80.0.0/16", None),
        ("s1", "10.80.1.0/24", "2026-01-05"),
        ("s2", "10.80.1.128/25", "2026-02-05"),
    )
    assert [p.place.file for p in found if p.place] == ["segments/s2.yaml", "segments/wide.yaml"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 4)), max_size=6))
def test_what_is_left_without_the_refused_shares_no_address(ranges: list[tuple[int, int]]) -> None:
    written = [
        (f"s{n}", f"10.80.{(place >> bits) << bits}.0/{24 - bits}", None) for n, (place, bits) in enumerate(ranges)
    ]
    refused = {p.place.file for p in pools(*written) if p.place}
    kept = [entry for entry in written if f"segments/{entry[0]}.yaml" not in refused]
    assert pools(*kept) == []
    assert bool(refused) == any(_shared(a[1], b[1]) for n, a in enumerate(written) for b in written[:n])


def _shared(one: str, other: str) -> bool:
    return ip_network(one).overlaps(ip_network(other))


@pytest.mark.parametrize("state", ["active", "trial"])
def test_of_buckets_that_meet_the_one_that_runs_keeps_its_name(state: str) -> None:
    spec = {"reviewBy": "2027-11-22", "state": state, **({"expires": "2027-01-01"} if state == "trial" else {})}
    quota = {"cpu": "1", "memory": "1Gi", "pods": 1}
    upper = tenant("H41", environments={"a1": {"quota": quota}}, storage={"buckets": {"prod-x": KEPT}})
    lower = tenant("H41.A1", lifecycle=spec, storage={"buckets": {"x": KEPT}})
    found = made(agency("H41.A1", "commune", "H41"), upper, lower)
    # With both running, the dash in the bucket's own name is what makes them meet.
    assert blamed(zones.judge(found, DAY), "GC-NAME-002") == ("h41" if state == "active" else "h41-a1")
