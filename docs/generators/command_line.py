"""docs/reference/command-line: every command with its arguments and options, from the tree that reads command lines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from page import cell, head, table, text

from govcloud.cli.application import application, groups
from govcloud.cli.exit_codes import EXIT_CODES
from govcloud.cli.help import page as help_page
from govcloud_base.errors import Language, Text

__all__ = ["pages", "tree"]

_TITLE = Text("Command line", "Dòng lệnh")
_INTRODUCTION = (
    Text(
        "Each section is the page that the command prints with `--help-all`. `--language vi|en` stands for every "
        "command and is left out below, as are `--help` and `--help-all` themselves.",
        "Mỗi mục là trang mà lệnh in ra với `--help-all`. `--language vi|en` dùng được với mọi lệnh nên không lặp "
        "lại ở dưới, cũng như `--help` và `--help-all`.",
    ),
)
_CODES = Text("Exit codes", "Mã thoát")
_COLUMNS = (Text("Code", "Mã"), Text("Meaning, for every command", "Ý nghĩa, với mọi lệnh"))


def pages() -> dict[str, str]:
    """Return the page in both languages by file name."""
    return {
        "reference/command-line.md": text(_page(Language.EN)),
        "reference/command-line.vi.md": text(_page(Language.VI)),
    }


def tree(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command below `command`, the whole tree by default, with the words that lead to it."""
    found = application(None) if command is None else command
    yield path, found
    for name, child in getattr(found, "commands", {}).items():
        yield from tree(child, (*path, name))


def _page(language: Language) -> Iterator[str]:
    yield from head(_TITLE, "command-line", language, *_INTRODUCTION)
    yield from (f"## {_CODES.in_language(language)}", "")
    rows = ((str(code), cell(meaning.in_language(language))) for code, meaning in EXIT_CODES.items())
    yield from table([column.in_language(language) for column in _COLUMNS], rows)
    root = application(None)
    for title, names in groups().items():
        yield from (f"## {title.in_language(language)}", "")
        for name in names:
            for path, command in tree(root.commands[name], (name,)):
                yield from (f"### govcloud {' '.join(path)}", "")
                yield from ("```text", _help(command, path, language), "```", "")


def _help(command: Any, path: tuple[str, ...], language: Language) -> str:
    """Return a command's page of help without the options that every command has."""
    os.environ |= {"GOVCLOUD_LANG": language.value, "COLUMNS": "90"}  # what the site shows whole
    context = command.make_context(" ".join(("govcloud", *path)), [], resilient_parsing=True)
    lines = help_page(context, everything=True).splitlines()
    common = "Options of every command:" if language is Language.EN else "Tùy chọn của mọi lệnh:"
    return "\n".join(lines[: lines.index(common)]).rstrip()
