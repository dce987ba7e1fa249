"""Every command and subcommand explains itself in both languages, on a narrow terminal, with no name cut."""

from __future__ import annotations

import inspect
import subprocess
import sys
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


ALL = dict(commands(application(None)))


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


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_no_option_takes_the_place_of_another(path: tuple[str, ...]) -> None:
    """Two of one name share their value: one that shows help would be asked for by the other."""
    found = [parameter.name for parameter in ALL[path].params]
    assert sorted(found) == sorted(set(found))


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


def test_the_page_of_all_commands_says_of_each_what_its_own_page_says() -> None:
    listed, whole = application(["--help"]).commands, application(None).commands
    assert set(listed) == set(whole)
    assert {name: command.help for name, command in listed.items()} == {
        name: inspect.cleandoc(command.help or "").partition("\n\n")[0] for name, command in whole.items()
    }


@pytest.mark.parametrize("words", ["--help", "-h --language vi", "--version", ""])
def test_no_command_is_imported_to_name_them_all(words: str) -> None:
    """A command brings half a second of models, clients and libraries."""
    program = (
        "import sys\nfrom govcloud.cli import main\n"
        f"sys.argv = ['govcloud', *{words.split()}]\n"
        "try:\n    main()\nexcept SystemExit:\n    print('\\n', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "govcloud.cli.application" in loaded
    heavy = ("rich", "pydantic", "yaml", "pulumi", "kubernetes", "boto3", "govcloud.model", "govcloud_local.cli")
    assert not {*heavy, *(f"govcloud.cli.{name}" for name in ("up", "new", "validate", "local"))} & loaded
