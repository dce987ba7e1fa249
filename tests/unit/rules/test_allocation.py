"""Giving out addresses: always the next free range; nothing moves, nothing hides, and the end is foreseen."""

from __future__ import annotations

import datetime
import ipaddress
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_country import agency, cloud, country, segment, tenant

from govcloud.country import Country
from govcloud.rules import addresses
from govcloud.rules.allocation import next_free, use
from govcloud.rules.network import Network, overlaps, united
from govcloud_base.errors import GovCloudError, Language, Problem, Severity, told

DAY = datetime.date(2026, 11, 22)


def judged(made: Country) -> list[Problem]:
    return [p for p in addresses.judge(made, DAY) if p.code.startswith("GC-ADDR")]


def codes(problems: list[Problem]) -> list[str]:
    return [p.code for p in problems]


def network_of(*pools: str, extra: list[dict[str, Any]] | None = None, **plan: Any) -> Country:
    """Return a country with a tenant and segment for each pool."""
    documents = [cloud()]
    for number, pool in enumerate(pools, 10):
        documents += [agency(f"H{number}"), tenant(f"H{number}"), segment(f"H{number}", pool)]
    return country([*documents, *(extra or [])], **plan)


def allocate(sizes: list[int], bound: str, **plan: Any) -> list[Network]:
    """Return what each request in turn is given, each recorded before the next is made."""
    given_out: list[Network] = []
    for size in sizes:
        made = network_of(*map(str, given_out), dedicatedNetwork=[bound], **plan)
        given_out.append(next_free(made, size=size).pool)
    return given_out


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(24, 30), min_size=1, max_size=8), st.booleans())
def test_what_is_given_out_is_free_inside_and_clear_of_all_others(sizes: list[int], new_version: bool) -> None:
    bound, shift = ("fd00:80::/96", 96) if new_version else ("10.80.0.0/20", 0)
    pools = allocate([size + shift for size in sizes], bound)
    assert all(pool.prefixlen == size + shift for pool, size in zip(pools, sizes, strict=True))
    assert not any(overlaps(a, b) for n, a in enumerate(pools) for b in pools[:n])
    assert judged(network_of(*map(str, pools), dedicatedNetwork=[bound], addressWarning=100)) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(24, 28), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_adding_a_tenant_never_moves_another(sizes: list[int], random: Any) -> None:
    """The records decide, not the order in which they are read; an addition changes no verdict on the others."""
    pools = allocate(sizes, "10.80.0.0/20")
    shuffled = list(map(str, pools[:-1]))
    random.shuffle(shuffled)
    made = network_of(*shuffled, dedicatedNetwork=["10.80.0.0/20"])
    assert next_free(made, size=sizes[-1]).pool == pools[-1]
    assert [s.spec.pool for s in made.segments.values()] == shuffled
    after = network_of(*shuffled, str(pools[-1]), dedicatedNetwork=["10.80.0.0/20"])
    assert judged(after) == judged(made) == []


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 255), st.integers(25, 32)), max_size=12))
def test_spans_are_disjoint_in_order_and_count_each_address_once(entries: list[tuple[int, int]]) -> None:
    bound = ipaddress.IPv4Network("10.0.0.0/24")
    networks = [ipaddress.IPv4Network((f"10.0.0.{last}", length), strict=False) for last, length in entries]
    spans = united(networks, bound)
    assert all(before[1] + 1 < after[0] for before, after in itertools.pairwise(spans))
    assert sum(b - a + 1 for a, b in spans) == len({int(address) for n in networks for address in n})


def test_the_lowest_gap_is_filled_and_the_reason_is_told() -> None:
    made = network_of(
        "10.80.1.0/24", "10.80.4.0/22", dedicatedNetwork=["10.80.0.0/21"], reservedNetworks=["10.80.0.0/25"]
    )
    found = next_free(made, size=24)
    assert str(found.pool) == "10.80.2.0/24"
    assert found.reason.en == "next free /24 in 10.80.0.0/21, after 10.80.1.255"
    assert found.reason.vi == "dải /24 trống kế tiếp trong 10.80.0.0/21, sau 10.80.1.255"
    assert str(next_free(made, size=25).pool) == "10.80.0.128/25"
    assert str(next_free(made, size=23).pool) == "10.80.2.0/23"
    assert str(next_free(made, "10.80.3.0/24", 26).pool) == "10.80.3.0/26"
    assert next_free(made, "10.80.3.0/24", 26).reason.en.endswith("the first of it")


@pytest.mark.parametrize(
    ("pool", "size", "code"),
    [
        (None, 22, "GC-ADDR-008"),
        ("10.80.4.0/22", 30, "GC-ADDR-008"),
        (None, 20, "GC-ADDR-009"),
        (None, 33, "GC-ADDR-009"),
        ("10.80.4.0/22", 21, "GC-ADDR-009"),
        ("10.90.0.0/24", 28, "GC-ADDR-009"),
        ("10.80.4.1/22", 28, "GC-ADDR-009"),
        ("nonsense", 28, "GC-ADDR-009"),
    ],
)
def test_what_cannot_be_given_out_is_refused(pool: str | None, size: int, code: str) -> None:
    made = network_of("10.80.1.0/24", "10.80.4.0/22", dedicatedNetwork=["10.80.0.0/21"])
    with pytest.raises(GovCloudError) as caught:
        next_free(made, pool, size)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert code == "GC-ADDR-009" or problem.value is None or " / " in str(told(problem.value, Language.EN))


@pytest.mark.parametrize(
    "disguise",
    [
        "::ffff:10.80.1.0/120",
        "::10.80.1.0/120",
        "64:ff9b::a50:100/120",
        "2002:a50:100::/48",
        "::/64",
        "::/0",
        "2000::/3",
        "fe80::1%eth0/128",
        "10.80.1.7/24",
        "010.80.1.0/24",
    ],
)
def test_no_disguise_hides_an_overlap(disguise: str) -> None:
    made = network_of("10.80.1.0/24", disguise, dedicatedNetwork=["10.80.0.0/13", "fd00:80::/32"])
    assert codes(judged(made)) == ["GC-ADDR-001"]


def test_both_versions_are_judged_side_by_side() -> None:
    plan: dict[str, Any] = {"dedicatedNetwork": ["10.80.0.0/13", "fd00:80::/32"]}
    assert judged(network_of("10.80.1.0/24", "fd00:80:1::/48", **plan)) == []
    assert codes(judged(network_of("FD00:0080:0001::/48", "fd00:80:1:2::/64", **plan))) == ["GC-ADDR-004"]
    assert codes(judged(network_of("fd00:81::/48", **plan))) == ["GC-ADDR-002"]
    assert codes(judged(network_of("fd00:80:1::/48", reservedNetworks=["fd00:80:1:1::/64"], **plan))) == ["GC-ADDR-003"]
    assert str(next_free(network_of("fd00:80::/48", **plan), "fd00:80::/32", 48).pool) == "fd00:80:1::/48"


def test_ranges_of_the_plan_do_not_overlap() -> None:
    made = network_of(dedicatedNetwork=["10.80.0.0/13", "10.81.0.0/16"])
    assert codes(judged(made)) == ["GC-ADDR-006"]


def merged(**old: Any) -> list[dict[str, Any]]:
    """Return an agency that ended, merged into H10, and an inherited pool in a further province's segment."""
    gone = agency("H98", validFrom="2020-01-01", validTo="2025-06-30", **old)
    inherited = [{"pool": "10.80.9.0/24", "allocation": "CPQH 98", "from": "H98"}]
    return [gone, agency("H50"), tenant("H50"), segment("H50", "10.80.50.0/24", inherited=inherited)]


def test_a_merged_agencys_addresses_stay_where_they_are() -> None:
    made = network_of("10.80.10.0/24", extra=merged(mergedInto="H50"))
    assert judged(made) == []
    assert str(next_free(made, "10.80.8.0/23", 24).pool) == "10.80.8.0/24"
    clash = network_of("10.80.9.128/25", extra=merged(mergedInto="H50"))
    assert codes(judged(clash)) == ["GC-ADDR-004"]
    (problem,) = judged(network_of("10.80.10.0/24", extra=merged(mergedInto="H10")))
    assert (problem.code, problem.value) == ("GC-ADDR-007", "10.80.9.0/24")


@pytest.mark.parametrize(("pools", "warned"), [(2, False), (4, True)])
def test_a_range_that_fills_up_is_reported_with_numbers(pools: int, warned: bool) -> None:
    made = network_of(*(f"10.80.{n}.0/24" for n in range(pools)), dedicatedNetwork=["10.80.0.0/22"], addressWarning=60)
    found = judged(made)
    assert [(p.code, p.severity) for p in found] == [("GC-ADDR-005", Severity.WARNING)] * warned
    if warned:
        assert "1024 of 1024 addresses are taken (100 %), 0 are left" in found[0].message.en
        assert "còn 0" in found[0].message.vi


def test_the_day_on_which_the_last_address_is_given_out_is_forecast() -> None:
    lately = [agency("H10"), tenant("H10"), segment("H10", "10.80.0.0/24", allocated="2026-05-22")]
    made = country([cloud(), *lately], dedicatedNetwork=["10.80.0.0/23"])
    (used,) = use(made, DAY)
    assert (used.taken, used.free, used.pace) == (256, 256, 256)
    assert used.full_on == DAY + datetime.timedelta(365)
    (problem,) = judged(made)
    assert (problem.code, problem.severity) == ("GC-ADDR-005", Severity.WARNING)
    assert "at the pace of the last year (256) none is left on 2027-11-22" in problem.message.en
    assert judged(country([cloud(), *lately], dedicatedNetwork=["10.80.0.0/16"])) == []
    (long_ago,) = use(made, datetime.date(2028, 1, 1))
    assert long_ago.full_on is None
