"""The life of a tenant: states and dates on the date asked about, orders to keep data, stops announced in time."""

from __future__ import annotations

import datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_country import agency, cloud, country, link, platform, segment, tenant, the_law

from govcloud.country import Country
from govcloud.model.tenant import State
from govcloud.rules import lifecycles
from govcloud.rules.calendar import working_days
from govcloud_base.errors import Problem, Severity

DAY = datetime.date(2026, 11, 22)
EXPORT = {"reference": "BB 12", "date": "2026-11-01"}
STATES: tuple[State, ...] = get_args(State)
DAYS = st.dates(datetime.date(2024, 1, 1), datetime.date(2029, 1, 1))


def made(*documents: dict[str, Any], **life: Any) -> Country:
    life = {"reviewBy": "2027-11-22"} | life
    return country([cloud(), agency("H41"), tenant("H41", lifecycle=life), *documents])


def judged(found: Country, date: datetime.date = DAY) -> list[Problem]:
    return list(lifecycles.judge(found, date))


def codes(problems: list[Problem]) -> list[str]:
    return [p.code for p in problems]


def test_the_table_speaks_of_every_state_and_leads_to_its_end() -> None:
    table = the_law().lifecycle(DAY)
    assert table is not None
    states = table.spec.states
    assert set(states) == set(STATES)
    for start in STATES:
        reached, ahead = {start}, [start]
        while ahead:
            following = [s for s in states[ahead.pop()].next if s not in reached]
            reached |= set(following)
            ahead += following
        assert "removed" in reached
    before_removal = {name for name, rules in states.items() if "removed" in rules.next}
    assert before_removal == {"requested", "exported"}, "data is exported before anything is deleted"


@pytest.mark.parametrize(
    ("life", "found"),
    [
        ({"state": "requested"}, []),
        ({"state": "trial"}, ["GC-LIFECYCLE-004"]),
        ({"state": "trial", "expires": "2026-11-22"}, []),
        ({"state": "trial", "expires": "2026-11-21"}, ["GC-LIFECYCLE-001"]),
        ({"state": "active", "expires": "2026-11-21"}, ["GC-LIFECYCLE-001"]),
        ({"state": "suspended"}, ["GC-LIFECYCLE-004"]),
        ({"state": "suspended", "since": "2026-10-23"}, []),
        ({"state": "suspended", "since": "2026-10-22"}, ["GC-LIFECYCLE-003"]),
        ({"state": "halted", "since": "2026-11-23"}, ["GC-LIFECYCLE-003"]),
        ({"state": "exported", "since": "2026-11-01"}, ["GC-LIFECYCLE-004"]),
        ({"state": "exported", "since": "2026-11-01", "export": EXPORT}, []),
        ({"state": "removed"}, ["GC-LIFECYCLE-004"]),
        ({"state": "removed", "export": EXPORT}, []),
    ],
)
def test_each_state_demands_what_the_table_says(life: dict[str, Any], found: list[str]) -> None:
    assert codes(judged(made(**life))) == found


@pytest.mark.parametrize(
    ("review", "severity"),
    [
        ("2026-11-22", None),
        ("2026-11-21", Severity.WARNING),
        ("2026-10-23", Severity.WARNING),
        ("2026-10-22", Severity.ERROR),
    ],
)
def test_a_review_may_be_late_but_not_forgotten(review: str, severity: Severity | None) -> None:
    found = judged(made(reviewBy=review))
    assert [(p.code, p.severity) for p in found] == ([("GC-LIFECYCLE-002", severity)] if severity else [])


@pytest.mark.parametrize(
    ("hold", "found"),
    [
        ({}, ["GC-LIFECYCLE-005"]),
        ({"until": "2026-11-22"}, ["GC-LIFECYCLE-005"]),
        ({"until": "2026-11-21"}, []),
        ({"since": "2026-11-23"}, []),
    ],
)
def test_nothing_under_an_order_is_removed(hold: dict[str, Any], found: list[str]) -> None:
    order = {"reference": "LĐ 7", "since": "2026-01-01"} | hold
    removed = judged(made(state="removed", export=EXPORT, legalHold=order))
    assert codes(removed) == found
    assert not found or "LĐ 7" in removed[0].message.vi
    assert judged(made(state="exported", since="2026-11-01", export=EXPORT, legalHold=order)) == []


def test_nothing_that_others_rely_on_is_removed() -> None:
    gone = {"state": "removed", "export": EXPORT}
    child = (agency("H41.1", "commune", "H41"), tenant("H41.1"))
    assert codes(judged(made(*child, **gone))) == ["GC-LIFECYCLE-006"]
    assert judged(made(*child)) == []
    linked = (agency("G09", "ministry"), link("G09", "H41", validTo="2026-11-22"))
    assert codes(judged(made(*linked, **gone))) == ["GC-LIFECYCLE-006"]
    assert judged(made(*linked, **gone), datetime.date(2026, 11, 23)) == []
    assert judged(made(segment("H41", "10.80.1.0/24"), platform("lgsp-h41", "H41"), **gone)) == []


def stop(announced: str, first: str, last: str | None = None, **more: Any) -> Country:
    plan = {
        "announced": announced,
        "first": first,
        "last": last or first,
        "reason": "Nâng cấp",
        "fallback": "Bản chỉ đọc",
    }
    return made(plannedStops=[plan | more])


@pytest.mark.parametrize(
    ("announced", "first", "found"),
    [
        # 24 November 2026 is a day off: 25 26 27 30 November and 1 2 3 December lie between.
        ("2026-11-23", "2026-12-04", []),
        ("2026-11-23", "2026-12-03", ["GC-LIFECYCLE-007"]),
        # 31 August to 2 September 2026 are days off, Saturday 22 August is worked in exchange.
        ("2026-08-21", "2026-08-29", ["GC-LIFECYCLE-007"]),
        ("2026-08-20", "2026-08-29", []),
        ("2026-08-26", "2026-09-10", []),
        ("2026-08-27", "2026-09-09", ["GC-LIFECYCLE-007"]),
        # The announcement comes afterwards.
        ("2026-12-10", "2026-12-04", ["GC-LIFECYCLE-007"]),
        # Years ahead there is no calendar: plain weeks count.
        ("2030-01-01", "2030-01-11", []),
        ("1990-01-01", "2026-12-01", []),
    ],
)
def test_a_stop_is_announced_seven_working_days_ahead(announced: str, first: str, found: list[str]) -> None:
    assert codes(judged(stop(announced, first))) == found


def test_what_is_not_decreed_is_said_to_be_provisional() -> None:
    (problem,) = judged(stop("2027-02-01", "2027-02-15"))
    assert (
        "announced 4 working days ahead, 7 are due (NĐ 224/2026/NĐ-CP Điều 13); the year's days off are provisional"
        in (problem.message.en)
    )
    assert "chưa chính thức" in problem.message.vi
    (certain,) = judged(stop("2026-12-01", "2026-12-04"))
    assert "provisional" not in certain.message.en


def test_a_stop_that_cannot_be_is_named() -> None:
    assert codes(judged(stop("2026-11-01", "2026-12-04", "2026-12-03"))) == ["GC-LIFECYCLE-008"]
    assert codes(judged(stop("2026-11-01", "2026-12-04", environment="test"))) == ["GC-REF-006"]


@given(DAYS, DAYS, DAYS)
def test_working_days_add_up(one: datetime.date, two: datetime.date, three: datetime.date) -> None:
    first, middle, last = sorted((one, two, three))
    law = the_law()
    whole, left, right = (
        working_days(law, first, last),
        working_days(law, first, middle),
        working_days(law, middle, last),
    )
    inside = first < middle < last
    calendar = law.calendar(middle)
    works = calendar.spec.works(middle) if calendar else middle.isoweekday() < 6
    assert whole == left + right + (works if inside else 0)
    assert 0 <= whole <= max(0, (last - first).days - 1)
    assert not whole.certain or (left.certain and right.certain)


def test_calendars_are_whole_years_and_say_what_is_certain() -> None:
    calendars = {c.spec.valid_from.year: c.spec for c in the_law().calendars}
    assert {2025, 2026, 2027} <= set(calendars)
    assert [year for year, spec in calendars.items() if spec.provisional] == [2027]
    for year, spec in calendars.items():
        assert (spec.valid_from, spec.valid_to) == (datetime.date(year, 1, 1), datetime.date(year, 12, 31))
        assert all(spec.holds(h.date) for h in spec.holidays)
    assert calendars[2026].works(datetime.date(2026, 8, 22))
    assert not calendars[2026].works(datetime.date(2026, 8, 31))


@given(st.sampled_from(STATES), st.sampled_from(STATES))
def test_only_the_tables_transitions_pass(before: State, after: State) -> None:
    table = the_law().lifecycle(DAY)
    assert table is not None
    allowed = after == before or after in table.spec.states[before].next
    found = list(lifecycles.changed(made(state=before), made(state=after), DAY))
    assert codes(found) == ([] if allowed else ["GC-LIFECYCLE-009"])


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ({"until": "2027-01-01"}, []),
        ({"until": "2028-01-01"}, []),
        ({}, []),
        ({"until": "2026-12-31"}, ["GC-LIFECYCLE-010"]),
        (None, ["GC-LIFECYCLE-010"]),
    ],
)
def test_an_order_to_keep_data_is_not_dropped_or_shortened(now: dict[str, Any] | None, found: list[str]) -> None:
    order = {"reference": "LĐ 7", "since": "2026-01-01"}
    before = made(legalHold=order | {"until": "2027-01-01"})
    after = made(**({} if now is None else {"legalHold": order | now}))
    assert codes(list(lifecycles.changed(before, after, DAY))) == found
    assert list(lifecycles.changed(before, after, datetime.date(2027, 1, 2))) == []
