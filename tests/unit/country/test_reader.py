"""The strict reader takes one plain document and refuses everything that could be read in two ways."""

from __future__ import annotations

import datetime
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govcloud.country.reader import MAX_BYTES, read_bytes, read_file
from govcloud_base.errors import GovCloudError, Place, Problem


def refusal(text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(GovCloudError) as caught:
        read_bytes(text if isinstance(text, bytes) else text.encode(), "f.yaml")
    return caught.value.problems


def problems(text: str | bytes) -> list[tuple[str, Place | None]]:
    return [(p.code, p.place) for p in refusal(text)]


def test_a_plain_document_keeps_its_types() -> None:
    document = read_bytes(
        b'a: 1\nb: [x, "010", 1.5]\nc: {d: true, e: null}\nf: 2026-07-01\ng: 10.80.1.0/24\nh: 1Gi\n', "f"
    )
    assert document.value == {
        "a": 1,
        "b": ("x", "010", Decimal("1.5")),
        "c": {"d": True, "e": None},
        "f": datetime.date(2026, 7, 1),
        "g": "10.80.1.0/24",
        "h": "1Gi",
    }
    assert document.place("c", "e") == Place("f", 3, 17)
    assert document.place("b", 1) == Place("f", 2, 8)
    assert document.place("c", "missing") == Place("f", 3, 4)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", "GC-READ-011", 3, 1),
        ("a: &x 1\n", "GC-READ-009", 1, 4),
        ("a: *x\n", "GC-READ-009", 1, 4),
        ("<<: {a: 1}\n", "GC-READ-009", 1, 1),
        ("a: !!python/object:os.system x\n", "GC-READ-009", 1, 4),
        ("a: ! x\n", "GC-READ-009", 1, 4),
        ("%YAML 1.1\n---\na: 1\n", "GC-READ-009", 1, 1),
        ("a: 1\n---\nb: 2\n", "GC-READ-007", 2, 1),
        ("a: no\n", "GC-READ-012", 1, 4),
        ("a: 010\n", "GC-READ-012", 1, 4),
        ("a: 22:22\n", "GC-READ-012", 1, 4),
        ("a: 1_000\n", "GC-READ-012", 1, 4),
        ("a: 0x1F\n", "GC-READ-012", 1, 4),
        ("a: .inf\n", "GC-READ-012", 1, 4),
        ("a: .NaN\n", "GC-READ-012", 1, 4),
        ("a: True\n", "GC-READ-012", 1, 4),
        ("a: 1e3\n", "GC-READ-012", 1, 4),
        ("a: 2026-02-30\n", "GC-READ-012", 1, 4),
        ("a: 2026-07-01 10:00:00\n", "GC-READ-012", 1, 4),
        ("1: a\n", "GC-READ-010", 1, 1),
        ("[a]: b\n", "GC-READ-010", 1, 1),
        ("a: [1\n", "GC-READ-005", 1, 4),
        ("a: x\u200by\n", "GC-READ-004", 1, 5),
        ("# \u202e\na: 1\n", "GC-READ-004", 1, 3),
        ("a: 1\nb: x\u00ady\n", "GC-READ-004", 2, 5),
        ("a: x\U000e0041\n", "GC-READ-004", 1, 5),
        ("a: 1 # seen\rb: 2\n", "GC-READ-004", 1, 12),
        ("a: 1 # seen\u0085b: 2\n", "GC-READ-004", 1, 12),
        ('a: "x\\u200by"\n', "GC-READ-004", 1, 4),
        ('a: "\\e[31m"\n', "GC-READ-004", 1, 4),
        ("a: -.inf\n", "GC-READ-012", 1, 4),
        ("a: 1e400\n", "GC-READ-012", 1, 4),
        ("a: 12345678901234567890\n", "GC-READ-012", 1, 4),
        ("y: 1\n", "GC-READ-012", 1, 1),
        ("a: {b: 1, b: 2}\n", "GC-READ-011", 1, 11),
        ("a: 1\n'a': 2\n", "GC-READ-011", 2, 1),
        ("a: {<<: b}\n", "GC-READ-009", 1, 5),
        ("a: 1\n...\n---\nb: 2\n", "GC-READ-007", 3, 1),
        ("a:\n\t- b\n", "GC-READ-005", 2, 1),
        ("", "GC-READ-006", 0, 0),
        ("# nothing\n", "GC-READ-006", 0, 0),
    ],
)
def test_each_trap_is_one_problem_at_its_place(text: str, code: str, line: int, column: int) -> None:
    (problem,) = refusal(text)
    assert (problem.code, problem.place) == (code, Place("f.yaml", line, column))
    assert problem.message.en != problem.message.vi
    assert problem.fix.en != problem.fix.vi


def test_what_a_careful_author_writes_is_no_trap() -> None:
    assert read_bytes(b'a: "<<"\nb: "no"\nc: "\\u0110\\t"\r\nd: |\n  x\n  y\n', "f").value == {
        "a": "<<",
        "b": "no",
        "c": "Đ\t",
        "d": "x\ny\n",
    }


def test_every_invisible_character_is_named() -> None:
    assert [(p.place, p.value) for p in refusal("a: x\u200by\nb: \u2066z\n")] == [
        (Place("f.yaml", 1, 5), "U+200B ZERO WIDTH SPACE"),
        (Place("f.yaml", 2, 4), "U+2066 LEFT-TO-RIGHT ISOLATE"),
    ]


def test_links_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe.yaml", tmp_path / "link.yaml"
    os.mkfifo(pipe)
    link.symlink_to("/etc/hostname")
    for path in (pipe, link, Path("/dev/zero"), tmp_path, tmp_path / "missing.yaml"):
        with pytest.raises(GovCloudError) as caught:
            read_file(path, "f.yaml")
        assert [p.code for p in caught.value.problems] == ["GC-READ-001"]


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbfa: 1\n", "a: 1\n".encode("utf-16"), "a: 1\n".encode("utf-16-le"), b"a: \xff\n"]
)
def test_other_encodings_are_refused(data: bytes) -> None:
    assert [code for code, _ in problems(data)] == ["GC-READ-003"]


def test_all_problems_are_reported_at_once() -> None:
    assert [code for code, _ in problems("a: no\na: &x 010\nb: !t 1\n")] == [
        "GC-READ-012",
        "GC-READ-011",
        "GC-READ-009",
        "GC-READ-012",
        "GC-READ-009",
    ]


def test_bombs_are_refused_before_they_grow(tmp_path: Path) -> None:
    merge = "a0: &a0 {k: v}\n" + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 40))
    assert {code for code, _ in problems(merge)} == {"GC-READ-009", "GC-READ-013"}
    assert [code for code, _ in problems("[" * 5000)] == ["GC-READ-008"]
    assert [code for code, _ in problems("[" + "a," * 30_000 + "]")] == ["GC-READ-008"]
    many = [code for code, _ in problems("- &a x\n" * 10_000)]
    assert (len(many), many[-1]) == (101, "GC-READ-013")
    assert [len(str(p.value)) for p in refusal("a: " + "1" * 200_000)] == [80]
    large = tmp_path / "large.yaml"
    with large.open("wb") as stream:
        stream.truncate(100 << 20)
    with pytest.raises(GovCloudError) as caught:
        read_file(large, "large.yaml")
    assert [p.code for p in caught.value.problems] == ["GC-READ-002"]
    assert large.stat().st_size > MAX_BYTES


@given(st.text(max_size=200))
@settings(max_examples=300)
def test_any_text_is_read_or_refused_with_problems(text: str) -> None:
    try:
        document = read_bytes(text.encode("utf-8", "surrogatepass"), "f")
    except GovCloudError as error:
        assert error.problems
        assert all(p.fix.en and p.fix.vi and p.place for p in error.problems)
    else:
        document.place("any", 0)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_problems(data: bytes) -> None:
    try:
        read_bytes(data, "f")
    except GovCloudError as error:
        assert error.problems


PLAIN = st.recursive(
    st.one_of(st.integers(-(10**15), 10**15), st.booleans(), st.text("abc đê=:-#", min_size=1, max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text("abcde", min_size=1, max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_json_is_read_unchanged(value: object) -> None:
    text = json.dumps({"root": value}, ensure_ascii=False)
    assert _lists(read_bytes(text.encode(), "f").value) == {"root": value}


def _lists(value: object) -> object:
    if isinstance(value, tuple):
        return [_lists(item) for item in value]
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    return value
