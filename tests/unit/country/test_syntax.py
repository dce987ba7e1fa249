"""Slips of the keyboard: each names its cause where it stands, in both languages, and its fix works when followed."""

from __future__ import annotations

import contextlib

import hypothesis
import pytest
from hypothesis import strategies as st

from govcloud.country.reader import read_bytes
from govcloud_base.errors import GovCloudError, Place, Problem

FILE = """apiVersion: govcloud/v1
kind: Tenant
metadata:
  name: h41
spec:
  agency: H41
  quota: {cpu: 1, memory: 2Gi}
  flows:
    - {from: a, to: [b]}
  title: {vi: X}
"""


def found(text: str) -> Problem:
    with pytest.raises(GovCloudError) as raised:
        read_bytes(text.encode(), "f.yaml")
    (problem,) = raised.value.problems
    return problem


@pytest.mark.parametrize(
    ("right", "wrong", "line", "cause", "fix"),
    [
        ("  agency", "\tagency", 6, "a tab indents the line", "indent it with spaces"),
        (
            "  agency: H41\n",
            "<<<<<<< HEAD\n  agency: H41\n=======\n  agency: H42\n>>>>>>> topic\n",
            6,
            "conflict",
            "keep",
        ),
        ("  agency", "\u00a0\u00a0agency", 6, "not a plain one", "delete it and type a plain"),
        ("agency: H41", "agency:\u00a0H41", 6, "not a plain one", "delete it and type a plain"),
        ("  agency", "   agency", 6, "indented by 3 spaces", "indent it by 2 spaces"),
        ("  quota", "    quota", 7, "indented by 4 spaces", "indent it by 2 spaces"),
        ("  quota", "quota", 7, "indented by 0 spaces", "indent it by 2 spaces"),
        ("  quota", " quota", 7, "indented by 1 spaces", "indent it by 2 spaces"),
        ("agency: H41", "agency:H41", 6, "no space after the colon", "write agency: H41"),
        ("- {from", "-{from", 9, "no space after the dash", "write - {from: a, to: [b]}"),
        ("2Gi}", "2Gi", 7, "the bracket { is never closed", "write } at its end"),
        ("[b]}", "[b}", 9, "} closes a bracket that [ opened", "write ] before it"),
        ("1, memory", "1 memory", 7, "a comma is missing", "write a comma before memory"),
        ("name: h41", 'name: "h41', 4, "the quote is never closed", 'write " at the end of the value'),
    ],
)
def test_a_slip_names_its_cause_and_mends(right: str, wrong: str, line: int, cause: str, fix: str) -> None:
    problem = found(FILE.replace(right, wrong))
    assert problem.code == "GC-READ-005"
    assert problem.place is not None
    assert problem.place.line == line
    assert cause in problem.message.en
    assert problem.fix.en.startswith(fix)
    assert read_bytes(FILE.encode(), "f.yaml").value["spec"]["agency"] == "H41", "the fix gives the file back"
    for english in ("expected", "mapping", "token", "found", "scalar", "context"):
        assert english not in problem.message.vi


@pytest.mark.parametrize(
    ("wrong", "value"),
    [("@H41", "@H41"), ("%H41", "%H41"), ("`H41`", "`H41`"), ("*", "*"), ("&", "&"), ("|x", "|x"), ("a: b", "a: b")],
)
def test_the_offered_quotes_keep_the_value(wrong: str, value: str) -> None:
    problem = found(FILE.replace("H41", wrong, 1))
    offered = problem.fix.en[problem.fix.en.index('"') :]
    assert read_bytes(FILE.replace("H41", offered, 1).encode(), "f.yaml").value["spec"]["agency"] == value


@pytest.mark.parametrize(
    ("wrong", "said", "right"),
    [
        ("2026-02-30", "there is no day 30 in 2/2026", "2026-02-28"),
        ("2026-13-01", "there is no month 13", "01 to 12"),
        ("2026-2-3", "year-month-day", "2026-02-03"),
        ("03/02/2026", "", ""),
        ("yes", "different YAML readers", "true"),
        ("010", "different YAML readers", "10"),
        ("1_000", "different YAML readers", "1000"),
        ("1e999999999", "different YAML readers", '"1e999999999"'),
        ("22:22", "different YAML readers", '"22:22"'),
    ],
)
def test_an_ambiguous_value_is_told_how_to_write_it(wrong: str, said: str, right: str) -> None:
    text = f"a: {wrong}\n"
    if not said:  # text for every reader; whoever wants a date says so (test_fields)
        assert read_bytes(text.encode(), "f.yaml").value == {"a": wrong}
        return
    problem = found(text)
    assert (problem.code, problem.place) == ("GC-READ-012", Place("f.yaml", 1, 4))
    assert said in problem.message.en
    assert right in problem.fix.en
    assert right in problem.fix.vi or right == "01 to 12"
    if right[0] in '"t1' and right != "01 to 12":
        read_bytes(f"a: {right}\n".encode(), "f.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: {c: 1}\n",
        "a: [[1]\n",
        "a: {b: [1}",
        "a: {b: 1}}\n",
        "{",
        "[",
        "a: {\n\n",
        "a: [b, {c}\n# d\n",
        "a: \u0085{b: {}\n",
    ],
)
def test_brackets_at_the_end_of_a_file_are_told(text: str) -> None:
    with pytest.raises(GovCloudError) as raised:
        read_bytes(text.encode(), "f.yaml")
    assert any(p.code == "GC-READ-005" for p in raised.value.problems)


@hypothesis.given(
    st.lists(
        st.sampled_from(
            ["a: ", "b", "{", "}", "[", "]", ", ", ": ", "- ", "\n", "  ", "\t", '"', "'", "*", "|", "\x0c", "\u2028"]
        )
    )
)
def test_no_mixture_of_marks_ends_the_reader(parts: list[str]) -> None:
    with contextlib.suppress(GovCloudError):
        read_bytes("".join(parts).encode(), "f.yaml")
