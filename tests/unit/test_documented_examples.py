"""What pages show can be typed and written: commands exist with their options, declarations are read by the reader."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from govcloud.cli.application import application
from govcloud.country.fields import typed
from govcloud.country.kinds import COUNTRY_KINDS, kind_of
from govcloud.country.law import LAW_KINDS
from govcloud.country.reader import read_bytes

ROOT = Path(__file__).parents[2]
GENERATED = {"command-line.md", "command-line.vi.md", "error-codes.md", "error-codes.vi.md"}
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *(
        page
        for page in sorted((ROOT / "docs").rglob("*.md"))
        if page.name not in GENERATED and page.parent.name != "adr"
    ),
]
SHELLS = ("console", "sh", "bash", "shell")


def blocks(page: Path, languages: tuple[str, ...]) -> Iterator[str]:
    """Yield the blocks of code of a page in these languages."""
    for language, block in re.findall(r"^ *```(\w+)\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.DOTALL | re.M):
        if language in languages:
            yield block


def commands(block: str) -> Iterator[list[str]]:
    """Yield the words of every `govcloud` command of a block of a terminal, without comments and what it prints."""
    shown = "$ " in block
    for line in block.replace("\\\n", " ").splitlines():
        if shown and not line.lstrip().startswith("$ "):
            continue
        spaced = re.sub(r"(?<!\S)#.*", "", line.replace("$(", " ").replace(")", " ").replace('"', " "))
        for part in re.split(r"(?:&&|\|\||[;|])(?=(?:[^']*'[^']*')*[^']*$)", spaced):  # but not within quotes
            if "govcloud" not in part:
                continue
            words = shlex.split(part.replace("`", " "))
            words = words[1:] if words[:1] == ["$"] else words
            words = [word for word in words if not re.fullmatch(r"[A-Z_]+=\S*|sudo|eval|exec", word)]
            words = words[2:] if words[:2] == ["uv", "run"] else words
            if words and Path(words[0]).name == "govcloud":
                yield words[1:]


@cache
def root() -> Any:
    return application(None)


def complaint(words: list[str]) -> str | None:
    """Return what is wrong with a command line, as the parser of the command says it; None where nothing is."""
    command: Any = root()
    context = command.make_context("govcloud", [], resilient_parsing=True)
    while hasattr(command, "commands"):
        if not words or words[0].startswith("-"):
            break
        name, *words = words
        if name not in command.commands:
            return f"no command {name}"
        command = command.commands[name]
        context = command.make_context(name, [], parent=context, resilient_parsing=True)
    context.resilient_parsing = False
    try:
        command.make_parser(context).parse_args(list(words))
    except Exception as error:  # of typer's own copy of click, whose classes move
        return str(error) or repr(error)
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_of_a_page_exist(page: Path) -> None:
    found = [words for block in blocks(page, SHELLS) for words in commands(block)]
    assert {" ".join(words): complaint(words) for words in found if complaint(words)} == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_declarations_of_a_page_are_read(page: Path) -> None:
    for block in blocks(page, ("yaml",)):
        if "apiVersion: govcloud/" in block:
            document = read_bytes(block.encode(), page.name)
            typed(kind_of(document, {**COUNTRY_KINDS, **LAW_KINDS}), document)


def test_examples_are_found() -> None:
    assert sum(1 for page in PAGES for block in blocks(page, SHELLS) for _ in commands(block)) > 40
    assert sum("apiVersion: govcloud/" in block for page in PAGES for block in blocks(page, ("yaml",))) >= 2


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("$ govcloud validate --agency H41", False),
        ("$ govcloud validte", True),
        ("$ govcloud validate --agencies H41", True),
        ("$ cd x && uv run govcloud local upp", True),
        ('$ eval "$(uv run govcloud local env)"', False),
        ("$ govcloud up tenant.g82 # or --all", False),
    ],
)
def test_a_wrong_command_is_noticed(line: str, wrong: bool) -> None:
    (words,) = commands(line + "\n")
    assert (complaint(words) is not None) is wrong
