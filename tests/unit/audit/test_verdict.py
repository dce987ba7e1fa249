from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govcloud.audit.result import Finding, conclude
from govcloud.audit.verdict import Verdict, worst
from govcloud_base.errors import Text

ORDER = ["FAIL", "ERROR", "MISSING", "STALE", "INCONSISTENT", "MANUAL", "WAIVED", "PASS"]


def test_precedence_is_the_promised_one() -> None:
    assert [verdict.value for verdict in Verdict] == ORDER


@given(st.lists(st.sampled_from(list(Verdict)), min_size=1))
def test_the_worst_outweighs_all_others(verdicts: list[Verdict]) -> None:
    found = worst(verdicts)
    assert found in verdicts
    assert all(ORDER.index(found.value) <= ORDER.index(verdict.value) for verdict in verdicts)


def test_nothing_is_missing_not_passed() -> None:
    assert worst([]) is Verdict.MISSING


def findings(*verdicts: Verdict) -> list[Finding]:
    return [
        Finding(Text(f"thing {number}", f"mục {number}"), verdict, Text("why", "tại sao"))
        for number, verdict in enumerate(verdicts)
    ]


@pytest.mark.parametrize(
    ("declared", "seen", "verdict"),
    [
        (2, [Verdict.PASS, Verdict.PASS], Verdict.PASS),
        (0, [], Verdict.ERROR),
        (3, [Verdict.PASS, Verdict.PASS], Verdict.ERROR),
        (2, [Verdict.PASS, Verdict.ERROR], Verdict.ERROR),
        (3, [Verdict.PASS, Verdict.FAIL], Verdict.FAIL),
        (2, [Verdict.ERROR, Verdict.FAIL], Verdict.FAIL),
        (1, [Verdict.WAIVED], Verdict.WAIVED),
    ],
)
def test_a_silence_is_never_a_pass(declared: int, seen: list[Verdict], verdict: Verdict) -> None:
    assert conclude("X-01.check", ("TEN-01",), "h41", declared, findings(*seen)).verdict is verdict


def test_a_result_names_what_went_wrong() -> None:
    result = conclude("X-01.check", ("TEN-01",), "h41", 2, findings(Verdict.PASS, Verdict.FAIL))
    assert str(result).splitlines() == ["FAIL X-01.check [h41] 2/2: thing 1: why", "  FAIL thing 1: why"]
