"""The tutorial is followed word by word, in both languages, as far as it needs no cloud."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from followed_page import mistakes, run, steps

DOCS = Path(__file__).parents[2] / "docs" / "tutorial"
PAGES = {"en": DOCS / "ministry-in-an-hour.md", "vi": DOCS / "ministry-in-an-hour.vi.md"}


@pytest.mark.parametrize("language", PAGES)
def test_a_ministry_begins_is_broken_grows_and_is_reviewed(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("GOVCLOUD_STATE", str(tmp_path / "no-cloud"))
    ((file, right, wrong, answer),) = mistakes(PAGES[language])
    for text, expected in steps(PAGES[language]):
        result = run(shlex.split(text), tmp_path, language)
        assert result.returncode == 0, f"{text}\n{result.stdout}{result.stderr}"
        assert [line for line in expected if line not in result.stdout] == [], text
        if "explain" in text:
            spoilt = tmp_path / file
            before = spoilt.read_text(encoding="utf-8")
            spoilt.write_text(before.replace(right, wrong), encoding="utf-8")
            judged = run(["govcloud", "validate", "--country", "ministry/stacks/vn"], tmp_path, language)
            spoilt.write_text(before, encoding="utf-8")
            assert judged.returncode == 1
            assert [line for line in answer.splitlines() if line not in judged.stdout] == []


def test_both_languages_show_the_same_commands() -> None:
    shown = [[command.split(" --message")[0] for command, _ in steps(page)] for page in PAGES.values()]
    assert shown[0] == shown[1]
    assert len(shown[0]) >= 12
