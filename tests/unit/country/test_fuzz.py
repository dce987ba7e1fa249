"""Whatever is done to a declaration, the reader takes it or says what is wrong with it; and all that fuzzing found."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from fuzz_target import SEEDS, TOKENS, read_or_refuse
from hypothesis import given, settings
from hypothesis import strategies as st

FILES = [path.read_text(encoding="utf-8") for path in SEEDS]
EDIT = st.tuples(st.floats(0, 1), st.integers(0, 12), st.one_of(st.sampled_from(TOKENS), st.text(max_size=6)))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_the_seeds_are_declarations(path: Path) -> None:
    assert read_or_refuse(path.read_bytes())


@given(st.sampled_from(FILES), st.lists(EDIT, min_size=1, max_size=4))
@settings(max_examples=250, deadline=None)
def test_an_edited_declaration_is_taken_or_refused(text: str, edits: list[tuple[float, int, str]]) -> None:
    for where, length, new in edits:
        at = int(where * len(text))
        text = text[:at] + new + text[at + length :]
    read_or_refuse(text.encode("utf-8", "surrogatepass"))


@given(st.sampled_from(FILES), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_shuffled_lines_are_taken_or_refused(text: str, chance: Random) -> None:
    lines = text.splitlines(keepends=True)
    chance.shuffle(lines)
    read_or_refuse("".join(lines).encode())


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_are_taken_or_refused(data: bytes) -> None:
    read_or_refuse(data)
