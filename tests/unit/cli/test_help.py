"""Every command and subcommand explains itself in both languages, on a narrow terminal, with no name cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from govcloud.cli.application import application
from govcloud.cli.application import commands as names
from govcloud.cli.help import both


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


ALL = dict(commands(application([])))


def test_every_command_is_in_a_group() -> None:
    assert {path[0] for path in ALL if path} == set(names())


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_everything_is_said_in_both_languages(path: tuple[str, ...]) -> None:
    command = ALL[path]
    texts = [p.help for p in command.params if "--help" not in p.opts]
    for text in [command.help, *texts]:
        for paragraph in (text or "").split("\n\n"):
            said = both(paragraph)
            assert said.en and said.vi != said.en, f"{' '.join(path)}: {paragraph!r}"


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_fits_and_cuts_no_name(path: tuple[str, ...], language: str, govcloud: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = govcloud(*path, "--language", language, "--help-all")
    assert said.code == 0
    assert said.out.startswith({"en": "Usage: govcloud", "vi": "Cách dùng: govcloud"}[language])
    assert max(map(len, said.out.splitlines())) <= 80
    for parameter in ALL[path].params:
        for flag in (*parameter.opts, *parameter.secondary_opts):
            if flag.startswith("--"):
                assert flag in said.out


def test_what_few_need_is_folded_away(govcloud: Any) -> None:
    usual, everything = govcloud("up", "-h"), govcloud("up", "--help-all")
    assert "--parallel" not in usual.out
    assert "--help-all shows 2 more options." in usual.out
    assert "--parallel" in everything.out


def test_the_form_of_an_answer_is_shown_whole(govcloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert "name=size[:class[:personal]]" in govcloud("new", "tenant", "--help").out


def test_the_version_is_said(govcloud: Any) -> None:
    said = govcloud("--version")
    assert (said.code, said.out.split()[0]) == (0, "govcloud")
    assert said.out.split()[1][0].isdigit()


def test_alone_it_shows_its_help_and_says_that_something_is_missing(govcloud: Any) -> None:
    said = govcloud()
    assert (said.code, said.out.startswith("Usage: govcloud")) == (2, True)
    assert typer.__name__ not in said.out
