"""A page of help in the reader's language, as wide as the terminal: no name is cut, what few need is folded away."""

from __future__ import annotations

import re
import shutil
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from govcloud_base.errors import Language, Text, language

__all__ = ["RARE", "both", "page"]

RARE = "rare"
"""Panel of the options that only `--help-all` shows."""

_WIDEST = 100
_NAMES = 28
"""Columns for names; a longer one has a line of its own."""
_EXTRA = re.compile(r"\s*\[((?:default|required|[0-9x])[^\[\]]*)\]$")
_TYPES = {"str": "TEXT", "path": "PATH", "int": "N", "int range": "N", "%Y-%m-%d": "YYYY-MM-DD", "bool": ""}
_HELP = Text("Show this page and stop.", "Hiện trang này rồi dừng.")
_WORDS = {
    "usage": Text("Usage", "Cách dùng"),
    "options": Text("[options]", "[tùy chọn]"),
    "command": Text("COMMAND", "LỆNH"),
    "commands": Text("Commands", "Các lệnh"),
    "arguments": Text("Arguments", "Tham số"),
    "flags": Text("Options", "Tùy chọn"),
    "rare": Text("Options that few need", "Tùy chọn ít dùng"),
    "common": Text("Options of every command", "Tùy chọn của mọi lệnh"),
    "more": Text("--help-all shows {} more options.", "--help-all hiện thêm {} tùy chọn."),
    "each": Text("`{} COMMAND --help` says more about one.", "`{} LỆNH --help` nói rõ về từng lệnh."),
    "default": Text("default:", "mặc định:"),
    "required": Text("required", "bắt buộc"),
}
_COMMON = frozenset({"--language", "--help-all", "--help", "--version"})


def both(text: str) -> Text:
    """Return the two languages of a help text, paragraph by paragraph: `English. / Tiếng Việt.`

    A paragraph without the second half is shown to everybody; a test sees that there is none.
    """
    halves = [" ".join(part.split()).partition(" / ") for part in re.split(r"\n\s*\n", text.strip())]
    return Text("\n\n".join(en for en, _, _ in halves), "\n\n".join(vi or en for en, _, vi in halves))


def page(context: Any, *, groups: Mapping[Text, Sequence[str]] | None = None, everything: bool = False) -> str:
    """Return the help of the command of `context`, a click context; of a group's commands by `groups` where given.

    With `everything` also the options that few need.
    """
    command, say = context.command, language()
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    shown = [p for p in command.get_params(context) if not getattr(p, "hidden", False)]
    arguments = [p for p in shown if p.param_type_name == "argument"]
    flags = [p for p in shown if p.param_type_name == "option"]
    everywhere = _COMMON if context.parent is None else _COMMON - {"--version"}  # a command's own may be of something
    common = [p for p in flags if everywhere.intersection(p.opts)]
    rare = [p for p in flags if getattr(p, "rich_help_panel", None) == RARE]
    usual = [p for p in flags if p not in common and p not in rare]
    lines = [_usage(context, arguments, say), ""]
    for paragraph in both(command.help or "").in_language(say).split("\n\n"):
        lines += [*textwrap.wrap(paragraph, width), ""]
    lines += _section("arguments", [_row(p, context, say) for p in arguments], say, width)
    lines += _commands(context, groups or {}, say, width)
    lines += _section("flags", [_row(p, context, say) for p in usual], say, width)
    if everything:
        lines += _section("rare", [_row(p, context, say) for p in rare], say, width)
    lines += _section("common", [_row(p, context, say) for p in common], say, width)
    if rare and not everything:
        lines += [_say("more", say).format(len(rare)), ""]
    return "\n".join(lines).rstrip() + "\n"


def _say(word: str, say: Language) -> str:
    return _WORDS[word].in_language(say)


def _usage(context: Any, arguments: Iterable[Any], say: Language) -> str:
    words = [context.command_path, _say("options", say)]
    words += [_say("command", say)] if hasattr(context.command, "commands") else []
    for argument in arguments:
        name = f"{_name(argument)}{'...' if argument.nargs != 1 else ''}"
        words.append(name if argument.required else f"[{name}]")
    return f"{_say('usage', say)}: {' '.join(words)}"


def _commands(context: Any, groups: Mapping[Text, Sequence[str]], say: Language, width: int) -> Iterator[str]:
    known = getattr(context.command, "commands", None)
    if not known:
        return
    titled = [(title.in_language(say), names) for title, names in groups.items()] or [
        (_say("commands", say), list(known))
    ]
    for title, names in titled:
        rows = [
            (name, both(known[name].help or "").in_language(say).partition("\n\n")[0])
            for name in names
            if name in known
        ]
        yield from _titled(title, rows, width)
    yield _say("each", say).format(context.command_path)
    yield ""


def _section(title: str, rows: list[tuple[str, str]], say: Language, width: int) -> Iterator[str]:
    if rows:
        yield from _titled(_say(title, say), rows, width)


def _titled(title: str, rows: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    column = min(max(_columns(name) for name, _ in rows), _NAMES) + 4
    yield f"{title}:"
    for name, text in rows:
        wrapped = textwrap.wrap(text, width - column) or [""]
        if _columns(name) > column - 4:
            yield f"  {name}"
        else:
            yield f"  {name}{' ' * (column - 2 - _columns(name))}{wrapped.pop(0)}".rstrip()
        yield from (f"{' ' * column}{line}" for line in wrapped)
    yield ""


def _columns(text: str) -> int:
    return len(unicodedata.normalize("NFC", text))


def _row(parameter: Any, context: Any, say: Language) -> tuple[str, str]:
    if "--help" in parameter.opts:
        return "-h, --help", _HELP.in_language(say)
    _, recorded = parameter.get_help_record(context) or ("", "")
    extra = _EXTRA.search(recorded)
    text = both(_EXTRA.sub("", recorded)).in_language(say)
    if extra:
        words = extra[1].replace("default:", _say("default", say)).replace("required", _say("required", say))
        text = f"{text} [{words}]".lstrip()
    if parameter.param_type_name == "argument":
        return f"{_name(parameter)}{'...' if parameter.nargs != 1 else ''}", text
    flags = sorted(parameter.opts, key=lambda flag: flag.startswith("--"))
    flags += parameter.secondary_opts
    value = "" if parameter.is_flag else _value(parameter, context)
    return f"{', '.join(flags)}{' ' if value else ''}{value}", text


def _name(argument: Any) -> str:
    return str(argument.metavar or argument.name).upper()


def _value(parameter: Any, context: Any) -> str:
    """Return what stands for an option's value: its choices, or a word for its type."""
    if parameter.metavar:
        return str(parameter.metavar)
    shown = str(parameter.display_type_rich(ctx=context)).strip("<>[]").removeprefix("list[").rstrip("]")
    return _TYPES.get(shown, shown)
