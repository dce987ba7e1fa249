"""Security levels: more at stake never gives a lower one, two regimes stand side by side, cutting up does not help."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_country import agency, cloud, country, link, segment, tenant, the_law

from govcloud.country import Country
from govcloud.model.tenant import Criteria, DataSubjects
from govcloud.rules import levels, splitting
from govcloud_base.errors import Problem, Severity

DAY = datetime.date(2026, 11, 22)
REGIMES = ("nd85-2016", "nd331-2026")
INFORMATION = ("public", "private", "state-secret")
INFRASTRUCTURE = ("none", "body", "ministry-or-province", "nationwide")
CRITERIA = st.builds(
    Criteria,
    information=st.sampled_from(INFORMATION),
    infrastructure=st.sampled_from(INFRASTRUCTURE),
    administrative_procedures=st.booleans(),
    nonstop=st.booleans(),
    critical=st.booleans(),
    data_subjects=st.builds(
        DataSubjects,
        basic=st.sampled_from([0, 1, 9_999, 10_000, 99_999, 100_000]),
        sensitive=st.sampled_from([0, 1, 9_999, 10_000]),
    ),
)
EMPTY = country([])


def codes(problems: list[Problem]) -> list[str]:
    return [p.code for p in problems]


def judged(made: Country, date: datetime.date = DAY) -> list[Problem]:
    return [*levels.judge(made, date), *splitting.judge(made, date)]


def level(regime: str, criteria: Criteria) -> int:
    return levels.computed_in(EMPTY, regime, criteria)[0]


@given(st.sampled_from(REGIMES), st.lists(CRITERIA, min_size=1, max_size=4))
def test_a_whole_is_never_below_its_parts(regime: str, parts: list[Criteria]) -> None:
    whole = splitting.together(parts)
    assert level(regime, whole) >= max(level(regime, part) for part in parts)
    assert splitting.together([whole]) == whole
    assert splitting.together(reversed(parts)) == whole


@given(st.sampled_from(REGIMES), CRITERIA, CRITERIA)
def test_more_at_stake_never_gives_a_lower_level(regime: str, one: Criteria, other: Criteria) -> None:
    assert level(regime, splitting.together([one, other])) >= level(regime, one)


@given(st.sampled_from(REGIMES), CRITERIA)
def test_the_reasons_are_those_of_the_highest_level(regime: str, criteria: Criteria) -> None:
    found, reasons = levels.computed_in(EMPTY, regime, criteria)
    assert all(reason.level == found and reason.applies(criteria) for reason in reasons)
    assert reasons or found == 1


@pytest.mark.parametrize(
    ("facts", "old", "new"),
    [
        ({}, 1, 1),
        ({"information": "private"}, 2, 2),
        ({"data_subjects": DataSubjects(basic=9_999)}, 2, 2),
        ({"data_subjects": DataSubjects(basic=10_000)}, 3, 2),
        ({"data_subjects": DataSubjects(basic=100_000)}, 3, 3),
        ({"data_subjects": DataSubjects(sensitive=10_000)}, 3, 3),
        ({"administrative_procedures": True}, 3, 3),
        ({"infrastructure": "ministry-or-province"}, 3, 3),
        ({"infrastructure": "nationwide"}, 3, 3),
        ({"infrastructure": "nationwide", "nonstop": True}, 4, 4),
        ({"critical": True}, 5, 5),
    ],
)
def test_both_regimes_give_the_levels_of_their_articles(facts: dict[str, Any], old: int, new: int) -> None:
    criteria = Criteria(**{"information": "public"} | facts)
    assert (level("nd85-2016", criteria), level("nd331-2026", criteria)) == (old, new)


def test_both_regimes_have_zones_and_the_old_one_ends() -> None:
    old, new = (the_law().levels(name) for name in REGIMES)
    assert old is not None
    assert new is not None
    assert set(new.minimum(1)) < set(old.minimum(1))
    assert old.minimum(5) == new.minimum(5) == ("edge", "dmz", "srv", "db", "int", "mgt", "dev")
    assert (old.spec.physical_separation_from, new.spec.physical_separation_from) == (4, 5)
    assert new.spec.quantities["log-retention"].levels == (12,) * 5
    assert old.spec.valid_to == datetime.date(2027, 6, 30)
    criteria = [c for r in the_law().regimes if r.name == "nd85-2016" for c in r.spec.criteria]
    assert all(c.provisional for c in criteria)


def commune(**spec: Any) -> Country:
    return country([cloud(), agency("H41"), agency("H41.1", "commune", "H41"), tenant("H41.1", **spec)])


PEOPLE = {"information": "private", "dataSubjects": {"basic": 20_000}}
"""Level 2 by the new regime, level 3 by the old one."""


def test_a_tenant_in_transition_meets_both_regimes() -> None:
    def made(**transition: Any) -> Country:
        second = {"regime": "nd85-2016", "level": 3, "until": "2027-02-19"} | transition
        return commune(criteria=PEOPLE, transition=second)

    assert judged(made()) == []
    assert EMPTY.zones(made().tenants["h41-1"], "prod") == ("edge", "dmz", "srv", "int", "db", "mgt")
    (low,) = judged(made(level=2))
    assert (low.code, low.value, low.allowed) == ("GC-LEVEL-001", "2", ">= 3")
    assert "nd85-2016 Điều 9" in low.message.en
    assert codes(judged(made(regime="nd331-2026"))) == ["GC-LEVEL-009"]
    assert codes(judged(made(until="2027-07-01"))) == ["GC-LEVEL-010"]
    (over,) = judged(made(until="2026-11-21"))
    assert (over.code, over.severity) == ("GC-LEVEL-010", Severity.WARNING)


def test_the_date_decides_which_regime_may_be_followed() -> None:
    only_old = commune(criteria=PEOPLE, regime="nd85-2016", level=3)
    assert judged(only_old) == []
    assert judged(only_old, datetime.date(2020, 1, 1)) == []
    assert codes(judged(only_old, datetime.date(2027, 7, 1))) == ["GC-LEVEL-005"]
    assert codes(judged(commune(), datetime.date(2026, 8, 18))) == ["GC-LEVEL-005"]


@pytest.mark.parametrize(
    ("declared", "approver", "found"),
    [
        (2, "specialised-unit", []),
        (2, "owner", ["GC-LEVEL-007"]),
        (3, "owner", []),
        (3, "specialised-unit", ["GC-LEVEL-007"]),
        (4, "appraised", []),
        (4, "owner", ["GC-LEVEL-007"]),
        (4, None, ["GC-LEVEL-007"]),
        (3, None, []),
        (2, "minister", ["GC-LEVEL-007"]),
    ],
)
def test_the_approver_fits_the_level(declared: int, approver: str | None, found: list[str]) -> None:
    stated = {"levelApprover": approver} if approver else {}
    problems = judged(commune(level=declared, **stated))
    assert codes(problems) == found
    assert all(p.severity is (Severity.ERROR if approver else Severity.WARNING) for p in problems)


def halves(first: dict[str, Any], second: dict[str, Any], *documents: dict[str, Any], parent: str = "H41") -> Country:
    """Return two departments of a province with these fields in their tenants."""
    bodies = [agency("H41"), agency("H42"), agency("H41.1", "province-unit", "H41")]
    bodies.append(agency(f"{parent}.2", "province-unit", parent))
    parts = [tenant("H41.1", **first), tenant(f"{parent}.2", **second)]
    segments = [segment("H41.1", "10.80.1.0/24", zones=["db"]), segment(f"{parent}.2", "10.80.2.0/24", zones=["db"])]
    return country([cloud(), *bodies, *parts, *segments, *documents])


def half(people: int, dataset: str | None = "ho-so", **spec: Any) -> dict[str, Any]:
    held: dict[str, Any] = {"datasets": {dataset: {}}} if dataset else {}
    return {"criteria": {"information": "private", "dataSubjects": {"basic": people}}} | held | spec


def test_data_divided_between_two_systems_counts_as_one() -> None:
    found = judged(halves(half(60_000), half(60_000)))
    assert [(p.code, p.severity) for p in found] == [("GC-LEVEL-008", Severity.ERROR)] * 2
    assert "'ho-so' with h41-2; together they are of level 3 (nd331-2026 Điều 13)" in found[0].message.en
    assert "gộp lại là cấp độ 3" in found[0].message.vi
    raised = half(60_000, level=3)
    assert judged(halves(raised, raised)) == []


@pytest.mark.parametrize(
    "made",
    [
        halves(half(60_000), half(30_000)),
        halves(half(60_000), half(60_000, "khac")),
        halves(half(60_000), half(60_000), parent="H42"),
        halves(half(120_000, level=3), half(10)),
    ],
    ids=["too few together", "other data", "another body", "one has the level by itself"],
)
def test_what_was_not_cut_up_is_not_reported(made: Country) -> None:
    assert judged(made) == []


@pytest.mark.parametrize(
    ("spec", "reported"),
    [
        ({"kind": "internal"}, True),
        ({"kind": "administrative"}, False),
        ({"kind": "internal", "validTo": "2026-11-21"}, False),
    ],
)
def test_a_shared_zone_is_a_warning(spec: dict[str, Any], reported: bool) -> None:
    found = judged(halves(half(60_000, None), half(60_000, None), link("H41.1", "H41.2", **spec)))
    assert [(p.code, p.severity) for p in found] == [("GC-LEVEL-008", Severity.WARNING)] * (2 * reported)


def test_servers_that_are_linked_do_not_share_their_data() -> None:
    apart = [link("H41.1", "H41.2", kind="internal"), segment("H41.2", "10.80.2.0/24", zones=["srv"])]
    assert judged(halves(half(60_000, None), half(60_000, None), *apart)) == []
