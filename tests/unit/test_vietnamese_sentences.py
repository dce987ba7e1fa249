"""Every sentence that the code says in Vietnamese, whoever comes to hear it: no English between its words.

What is filled in when it is said is looked at where it is said (test_vietnamese of commands, rules and reviews).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest
import vietnamese

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "modules").rglob("*.py"))
_LETTER = re.compile("(?![đĐ](?: |-CP|-TT|-BCT))[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]", re.IGNORECASE)
"""One that only Vietnamese has; the abbreviations of laws (NĐ 331/2026/NĐ-CP) stand in every language."""


def filled(node: ast.AST) -> str | None:
    """Return the text of a string, with a number for everything that is filled in; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(filled(value) or "1" for value in node.values)
    return None


def sentences(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the Vietnamese sentences of a source, each with its place; of a text in both languages its second half."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {id(value) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for value in node.values}
    # Docstrings of commands are pages of help, and looked at as such.
    parts |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    second = {id(call.args[1]) for call in ast.walk(tree) if is_text(call)}  # also one without any Vietnamese letter
    for node in (part for part in ast.walk(tree) if isinstance(part, ast.expr)):
        text = filled(node) if id(node) not in parts else None
        if text is not None and (_LETTER.search(text) or id(node) in second):
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            halves = re.split(r"\s/\s", text)
            yield from ((place, half) for half in halves if len(halves) == 1 or _LETTER.search(half))


def is_text(node: ast.AST) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text" and len(node.args) > 1
    )


@pytest.mark.parametrize("room", sorted({path.relative_to(ROOT).parts[2] for path in SOURCES}))
def test_no_sentence_speaks_english(room: str) -> None:
    found = [said for path in SOURCES if path.relative_to(ROOT).parts[2] == room for said in sentences(path)]
    # A field of a text that is filled in later is no word of it.
    spoken = {(place, text): vietnamese.english(re.sub(r"\{\w*\}", "1", text)) for place, text in found}
    assert {said: words for said, words in spoken.items() if words} == {}


def test_sentences_are_found() -> None:
    assert sum(1 for path in SOURCES for _ in sentences(path)) > 1500
