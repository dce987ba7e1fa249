"""The connection tables as the sources give them, on both sides of the reform; what no row covers is denied."""

from __future__ import annotations

import datetime
import itertools
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_country import agency, cloud, country, link, platform, segment, tenant, the_law

from govcloud.model.link import Kind
from govcloud.model.platform_kind import Via
from govcloud.rules import links

BEFORE, AFTER, LATER = datetime.date(2024, 1, 1), datetime.date(2025, 7, 1), datetime.date(2026, 11, 22)
DATES = st.sampled_from([BEFORE, AFTER, LATER])
KINDS = get_args(Kind)


def ways(date: datetime.date, first: str, second: str, *, same: bool, kind: str = "administrative") -> set[str]:
    rows = the_law().connections(date)
    return {via for row in rows if row.covers((first, second), same_body=same, kind=kind) for via in row.via}


@pytest.mark.parametrize(
    ("first", "second", "same", "expected"),
    [
        ("government", "ministry", False, {"portal"}),
        ("government", "province", False, {"portal"}),
        ("ministry-unit", "province-unit", False, {"direct", "lgsp", "ngsp", "ndxp"}),
        ("ministry-unit", "ministry-unit", True, {"direct", "lgsp", "ngsp"}),
        ("ministry-unit", "ministry-unit", False, set()),
        ("province-unit", "commune", True, {"direct", "lgsp"}),
        ("province-unit", "commune", False, set()),
        ("ministry", "ministry", False, {"direct", "lgsp", "ngsp", "ndxp"}),
        ("province", "province", False, {"lgsp", "ngsp", "ndxp"}),
        ("province-unit", "province-unit", True, {"direct", "lgsp"}),
        ("province-unit", "province-unit", False, set()),
        ("commune", "commune", True, set()),
        ("province", "commune", False, set()),
    ],
)
@pytest.mark.parametrize("date", [BEFORE, AFTER, LATER])
def test_both_models_allow_what_the_strategy_allows(
    date: datetime.date, first: str, second: str, same: bool, expected: set[str]
) -> None:
    assert ways(date, first, second, same=same) == expected


def test_what_the_reform_and_the_decrees_changed() -> None:
    assert ways(BEFORE, "district", "province-unit", same=True) == {"direct", "lgsp"}
    assert ways(AFTER, "district", "province-unit", same=True) == set()
    assert ways(BEFORE, "province", "commune", same=True) == set()
    assert ways(AFTER, "province", "commune", same=True) == {"direct", "lgsp"}
    for pair in (("ministry", "ministry"), ("ministry", "province"), ("province", "province")):
        assert ways(AFTER, *pair, same=False, kind="mandatory-sharing") == {"ndop"}
        assert "ndop" not in ways(BEFORE, *pair, same=False, kind="mandatory-sharing")
    assert ways(AFTER, "ministry", "commune", same=False) == set()
    assert ways(LATER, "ministry", "commune", same=False) == {"direct", "lgsp", "ndxp"}
    assert {the_law().through_lgsp(date) for date in (BEFORE, LATER)} == {frozenset({"ndxp"})}


@pytest.mark.parametrize("date", [BEFORE, AFTER])
def test_every_tier_may_be_linked_with_bodies_outside_and_only_so(date: datetime.date) -> None:
    tiers = [name for name, tier in the_law().tiers(date).items() if not tier.external]
    assert all("direct" in ways(date, tier, "external", same=False, kind="external") for tier in tiers)
    assert not any(ways(date, tier, "external", same=False, kind=k) for tier in tiers for k in KINDS if k != "external")


@pytest.mark.parametrize("date", [BEFORE, AFTER, LATER])
def test_every_row_names_tiers_of_its_day_and_its_source(date: datetime.date) -> None:
    tiers = set(the_law().tiers(date))
    for row in the_law().connections(date):
        assert set(row.between) <= tiers
        assert row.source
        assert row.provisional or "NĐ 278" not in row.source, "read in a summary only"


PAIRS = list(
    itertools.combinations_with_replacement(("ministry", "ministry-unit", "province", "province-unit", "commune"), 2)
)
CODES = {
    "ministry": ("G09", "G12"),
    "ministry-unit": ("G09.1", "G12.1"),
    "province": ("H41", "H29"),
    "province-unit": ("H41.1", "H29.1"),
    "commune": ("H41.101", "H29.101"),
}
PARENTS = {"ministry-unit": "ministry", "province-unit": "province", "commune": "province"}


@given(st.sampled_from(PAIRS), st.sampled_from(KINDS), st.sampled_from(get_args(Via)))
def test_a_link_passes_exactly_when_a_row_covers_it(pair: tuple[str, str], kind: str, via: str) -> None:
    """Between agencies of two bodies, which never are the same one."""
    first, second = CODES[pair[0]][0], CODES[pair[1]][1]
    documents = [cloud()]
    for tier, codes in CODES.items():
        for code in codes:
            parent = code.partition(".")[0] if tier in PARENTS else None
            documents.append(agency(code, tier, parent, validFrom="2020-01-01"))
    documents += [tenant(first), tenant(second), segment(first, "10.80.1.0/24"), segment(second, "10.80.2.0/24")]
    documents += [platform("a", first.partition(".")[0], "lgsp"), platform("b", second.partition(".")[0], "lgsp")]
    if via not in ("direct", "lgsp"):
        documents.append(platform("hub", "G09", via))
    named = {} if via == "direct" else {"platform": "a" if via == "lgsp" else "hub"}
    made = country([*documents, link(first, second, via, kind=kind, **named)])
    allowed = via in ways(LATER, *pair, same=False, kind=kind)
    assert bool(list(links.judge(made, LATER))) != allowed
