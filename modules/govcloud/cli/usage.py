"""A command that is called wrongly, told like every other problem: what, where, what is allowed, and how to mend it."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from typing import Any

import typer

from govcloud.cli.application import commands
from govcloud.country.suggestion import did_you_mean
from govcloud_base.errors import Place, Problem, Text, UsageError

__all__ = ["told"]

_QUOTED = re.compile(r"'([^']*)'")
_LISTED = re.compile(r"is not one of (.+)\.$")
_APART = {"local": "govcloud[local]"}
"""Commands of ours that another distribution brings, with what installs them: advice elsewhere names them."""


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn what the parser of the command line refuses into UsageError; let the rest through.

    The parser also ends the program, with 1, where nobody reads the output any more: that is told as it is.
    """
    try:
        yield
    except SystemExit as ending:
        if isinstance(ending.__context__, BrokenPipeError):
            raise ending.__context__ from None
        raise
    except typer.Exit as ending:
        sys.exit(ending.exit_code)
    except typer.Abort:
        raise EOFError from None
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        if context is not None and (error.message == "Missing command." or type(error).__name__ == "NoArgsIsHelpError"):
            print(context.get_help(), end="")
            sys.exit(2)
        raise UsageError(_problem(error)) from None


def _problem(error: Any) -> Problem:
    """Return the problem that a parser's error tells; the parser says what was wrong, in English, and no more."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "govcloud"
    see = Text(f"see `{path} --help`", f"xem `{path} --help`")
    flags = sorted({opt for p in context.command.get_params(context) for opt in p.opts}) if context else []
    named = _QUOTED.search(error.message or "")
    value = named[1] if named else None
    match type(error).__name__:
        case "NoSuchOption":
            return _unknown(
                Text("there is no such option", "không có tùy chọn này"),
                error.option_name,
                [flag for flag in flags if flag.startswith("--")],
                see,
                "GC-CLI-002",
            )
        case "MissingParameter":
            what = _told(error.param)
            return Problem(
                "GC-CLI-003",
                Text(f"{what} is missing", f"thiếu {what}"),
                Text(f"write {what}; {see.en}", f"ghi thêm {what}; {see.vi}"),
                Place(path),
            )
        case "BadOptionUsage":
            takes = "requires" in error.message
            return Problem(
                "GC-CLI-004",
                Text("the option needs a value", "tùy chọn cần có giá trị")
                if takes
                else Text("the option takes no value", "tùy chọn không có giá trị"),
                see,
                Place(path),
                error.option_name,
            )
        case "BadParameter":
            listed = _LISTED.search(error.message)
            choices = [found.strip("'") for found in _QUOTED.findall(listed[1])] if listed else []
            english, vietnamese = did_you_mean(value or "", choices) if choices else (None, None)
            what = _told(error.param)
            return Problem(
                "GC-CLI-005",
                Text(f"{what} does not take this", f"{what} không nhận giá trị này"),
                Text(english or see.en, vietnamese or see.vi),
                Place(path),
                value,
                ", ".join(choices) or _form(error.param, context),
            )
    if (error.message or "").startswith("No such command"):
        known = list(context.command.commands) if context and context.parent else list(commands())
        if value in _APART and not (context and context.parent):
            see = Text(f"run `pip install '{_APART[value]}'`", f"chạy `pip install '{_APART[value]}'`")
        return _unknown(Text("there is no such command", "không có lệnh này"), value or "", known, see, "GC-CLI-006")
    if (error.message or "").startswith("Got unexpected extra"):
        more = error.message.rpartition(" (")[2].removesuffix(")")
        return Problem(
            "GC-CLI-007",
            Text("more is written than the command takes", "có phần thừa trong câu lệnh"),
            Text(f"leave it out; {see.en}", f"bỏ phần thừa; {see.vi}"),
            Place(path),
            more,
        )
    return Problem(
        "GC-CLI-008", Text("the command is not complete", "câu lệnh chưa đủ"), see, Place(path), error.message
    )


def _unknown(what: Text, value: str, known: list[str], see: Text, code: str) -> Problem:
    english, vietnamese = did_you_mean(value, known)
    return Problem(code, what, Text(english or see.en, vietnamese or see.vi), None, value, ", ".join(known))


def _told(parameter: Any) -> str:
    if parameter is None:
        return ""
    longest = max(parameter.opts, key=len, default="")
    return longest if longest.startswith("-") else str(parameter.metavar or parameter.name).upper()


def _form(parameter: Any, context: Any) -> str | None:
    """Return how a value must look, as the page of help shows it."""
    if parameter is None:
        return None
    low, high = getattr(parameter, "min", None), getattr(parameter, "max", None)
    if low is not None or high is not None:
        return f"{low if low is not None else ''}..{high if high is not None else ''}"
    shown = str(parameter.display_type_rich(ctx=context)).strip("<>")
    return {"%Y-%m-%d": "YYYY-MM-DD", "int": "1, 2, 3, ..."}.get(shown, shown)
