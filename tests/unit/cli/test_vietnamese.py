"""What a command says without a cloud is Vietnamese where that is the reader's language: no word of a file alone."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import vietnamese

from govcloud import cli
from govcloud import country as countries
from govcloud.cli.application import commands
from govcloud.country import Country
from govcloud.explanation import explain
from govcloud_base.errors import Language

ROOT = Path(__file__).parents[3]
VN = ROOT / "stacks" / "vn"
DATE = datetime.date(2026, 11, 22)

Say = Callable[..., str]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs `govcloud` with words in Vietnamese, and returns all that it says."""
    monkeypatch.setenv("COLUMNS", "400")

    def run(*words: str) -> str:
        monkeypatch.setenv("GOVCLOUD_LANG", "en")
        monkeypatch.setattr(sys, "argv", ["govcloud", *words, "--language", "vi"])
        with pytest.raises(SystemExit):
            cli.main()
        shown = capsys.readouterr()
        return shown.out + shown.err

    return run


@pytest.fixture(scope="module")
def vn() -> Country:
    return countries.remembered(VN).on(DATE)


@pytest.fixture(scope="module")
def known(vn: Country) -> frozenset[str]:
    return vietnamese.names(vn)


def test_judgement_is_told_in_vietnamese(say: Say, known: frozenset[str]) -> None:
    said = say("validate", str(VN), "--date", str(DATE))
    assert "đã xét" in said
    assert vietnamese.spoken(said, known) == {}


def test_every_value_is_explained_in_vietnamese(vn: Country, known: frozenset[str]) -> None:
    wrong: dict[str, set[str]] = {}
    for declared in vn.declarations.values():
        for value in explain(vn, declared, DATE):
            # The field and its value are written as in the file.
            head, _, rest = value.render(Language.VI).partition("\n")
            wrong |= vietnamese.spoken(head.rpartition("  (")[2][:-1] + "\n" + rest, known)
    assert wrong == {}


@pytest.mark.parametrize("picture", ["topology", "quota", "reachability"])
@pytest.mark.parametrize("written", ["mermaid", "svg"])
@pytest.mark.parametrize("tenant", ["h41", "g09"])
def test_pictures_speak_vietnamese(say: Say, known: frozenset[str], picture: str, written: str, tenant: str) -> None:
    said = say("graph", picture, "--tenant", tenant, "--format", written, "--country", str(VN), "--date", str(DATE))
    if written == "svg":
        labels = [element.text for element in ElementTree.fromstring(said).iter() if element.tag[-5:] != "style"]  # noqa: S314
    else:
        labels = re.findall(r'"(.*?)"', said.replace("#124;", "|"))
    parts = {part for label in labels if label for line in label.split("<br/>") for part in line.split(" · ")}
    assert len(parts) > 10
    assert vietnamese.spoken("\n".join(sorted(parts)), known) == {}


def test_comments_of_a_rendering_are_vietnamese_and_its_manifests_the_same(say: Say, known: frozenset[str]) -> None:
    said = say("render", "tenant.h41", "--country", str(VN), "--date", str(DATE))
    comments = [line for line in said.splitlines() if line.startswith("#")]
    assert comments
    assert vietnamese.spoken("\n".join(comments), known) == {}
    english = say("render", "tenant.h41", "--country", str(VN), "--date", str(DATE), "--language", "en")
    assert [line for line in english.splitlines() if line.startswith("#")] == comments
    assert english.split("#")[0] == said.split("#")[0]


@pytest.mark.parametrize("command", commands())
def test_help_is_vietnamese(say: Say, command: str) -> None:
    lines = say(command, "--help-all").splitlines()
    assert lines[0].startswith("Cách dùng: ")
    # What is typed stands in the first column; what is taken where nothing is, in brackets.
    said = [re.sub(r"^  \S+(?: [A-Z]+)?  |\[mặc định: .*", "", line) for line in lines[1:]]
    assert vietnamese.spoken("\n".join(said)) == {}
