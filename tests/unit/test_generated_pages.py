"""Pages that the code writes say what it says now, and what they are read off is read rightly."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sources import Sources

ROOT = Path(__file__).parents[2]
GENERATORS = ROOT / "docs" / "generators"


def test_every_generated_page_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(GENERATORS / "write.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stderr}\nwrite the words that are missing, then run `make pages`"


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Sources]:
    """Return what reads a made project of one module."""
    monkeypatch.syspath_prepend(str(GENERATORS))
    from sources import Sources

    def made(text: str) -> Sources:
        (tmp_path / "modules").mkdir()
        (tmp_path / "modules" / "made.py").write_text(text)
        return Sources(tmp_path)

    return made


def test_a_code_is_found_with_what_each_caller_of_a_helper_says(sources: Callable[[str], Sources]) -> None:
    from emitted import emitted

    found = emitted(
        sources(
            """
ADVICE = Text("mend it", "sửa")
def helper(code, name, message):
    fix = ADVICE if name else Text(f"ask {name}", f"hỏi {name}")
    return Problem(code, message, fix, None)
def first(value):
    message = Text("never said", "không nói")
    message = Text(f"{value} is wrong", f"{value} sai")
    return helper("GC-MADE-001", "a", message)
def second():
    return helper("GC-MADE-002", "b", Text("gone", "mất"))
"""
        )
    )
    said = {code: [(one.message.vi, one.fix.en) for one in list_] for code, list_ in found.items()}
    assert said == {
        "GC-MADE-001": [("… sai", "mend it"), ("… sai", "ask a")],
        "GC-MADE-002": [("mất", "mend it"), ("mất", "ask b")],
    }


def test_branches_keep_code_and_words_together(sources: Callable[[str], Sources]) -> None:
    from emitted import emitted

    found = emitted(
        sources(
            """
def judge(full):
    if full:
        code, said = "GC-MADE-001", Text("full", "đầy")
    else:
        code, said = "GC-MADE-002", Text("empty", "rỗng")
    return Problem(code, said, Text("look", "xem"))
"""
        )
    )
    assert {code: [one.message.en for one in list_] for code, list_ in found.items()} == {
        "GC-MADE-001": ["full"],
        "GC-MADE-002": ["empty"],
    }


def test_a_variable_is_found_through_constants_parameters_and_loops(
    sources: Callable[[str], Sources], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sources(
        """
import os
NAME = "MADE_NAME"
SEVERAL = ("MADE_FIRST", "MADE_SECOND")
FILES = {"file": ("MADE_FILE", "~/.made")}
def folder(variable):
    return os.environ.get(variable)
def read(environment, tenant):
    folder("MADE_FOLDER")
    present = "MADE_PRESENT" in environment
    return os.environ[NAME], [environment.get(name) for name in SEVERAL], os.environ.get(f"MADE_{tenant}_FILE")
def prefix(cloud):
    return f"MADE_{cloud.upper()}_"
def own(cloud, environment):
    where = {name: environment.get(variable, usual) for name, (variable, usual) in FILES.items()}
    return where, {name: value for name, value in environment.items() if name.startswith(prefix(cloud))}
def write(environment):
    os.environ["MADE_WRITTEN"] = "1"
"""
    )
    import variables

    monkeypatch.setattr(variables, "project", lambda: made)
    variables.read_by.cache_clear()
    try:
        assert list(variables.read_by()) == [
            "MADE_FILE", "MADE_FIRST", "MADE_FOLDER", "MADE_NAME", "MADE_PRESENT", "MADE_SECOND", "MADE_…_FILE",
            "MADE_…_…",
        ]  # fmt: skip
    finally:
        variables.read_by.cache_clear()


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("# 0001. A\n\nStatus: accepted. Date: 2026-11-22.\n\n## Context\nWhy it is. More.\n\n## Decision\n", True),
        ("# 0001 A\n\nStatus: accepted, 2026-11-22\n\n## Context\nWhy.\n\n", False),
        ("# 0001. A\n\n## Context\nWhy.\n\n", False),
        ("# 0002. A\n\nStatus: accepted. Date: 2026-11-22.\n\n## Context\nWhy.\n\n", False),
    ],
)
def test_a_decision_has_the_one_header(written: str, accepted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(GENERATORS))
    import decisions

    if accepted:
        assert decisions._read("0001-a.md", written).context == "Why it is."
    else:
        with pytest.raises(ValueError, match="begin with"):
            decisions._read("0001-a.md", written)
