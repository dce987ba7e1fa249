"""The application: commands by what they are for, the options that each has, and only the wanted one imported."""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from govcloud.cli.help import page
from govcloud.errors import Language, Text

__all__ = ["COMMANDS", "COMPLETE", "GROUPS", "application", "of_reader"]

GROUPS: Mapping[Text, tuple[str, ...]] = {
    Text("Declare", "Khai báo"): ("new", "validate", "explain", "graph", "schema", "generate", "import"),
    Text("Decide", "Quyết định"): ("review", "render"),
    Text("Provision and verify", "Dựng và kiểm tra"): ("up", "drift", "destroy", "verify"),
    Text("This machine", "Máy này"): ("local", "completion"),
}
"""Commands by what they are for, in the order of `--help`. Each is the module of its name here (with an underscore
where Python has the word for itself), and in it a function of that name, or an `app` of subcommands."""
COMMANDS = tuple(name for names in GROUPS.values() for name in names)

COMPLETE = "_GOVCLOUD_COMPLETE"
"""Set by a shell that asks for completions, or for the script with which it will."""
_COMPLETING = ("COMP_WORDS", "_TYPER_COMPLETE_ARGS")
"""Where a shell says what was typed so far, when it asks for completions."""
_LANGUAGE = "--language"


class _Command(TyperCommand):
    """A command whose help is our page."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(page(ctx, everything=ctx.meta.get("everything", False)))


class _Group(TyperGroup):
    """A group of subcommands whose help is our page."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        groups = GROUPS if ctx.parent is None else {}
        formatter.write(page(ctx, groups=groups, everything=ctx.meta.get("everything", False)))


def of_reader(words: Sequence[str]) -> None:
    """Take the reader's language from `--language` before anything is said: help and complaints need it as well."""
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word == "--":
            return
        name, _, value = word.partition("=")
        if name == _LANGUAGE and (chosen := value or following) in set(Language):
            os.environ["GOVCLOUD_LANG"] = chosen


def application(words: Sequence[str]) -> Any:
    """Return the application for a command line; with only the command that it names, so that no other is imported."""
    app = typer.Typer(
        name="govcloud",
        help="A country's government cloud as code. / Đám mây chính phủ dưới dạng mã.",
        cls=_Group,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    # A callback of its own keeps a lone command a subcommand.
    app.callback()(lambda: None)
    wanted = _wanted(words)
    if wanted is None and COMPLETE in os.environ:
        for name in COMMANDS:  # a shell asks for their names, at every Tab: nothing is imported for that
            app.command(name)(lambda: None)
    else:
        for name in (wanted,) if wanted else COMMANDS:
            _add(app, name)
    command = typer.main.get_command(app)
    command.params = []  # two options of the parser's own for completion; `govcloud completion` is ours
    _furnish(command, _shared(_every))
    command.params += _shared(_first)
    return command


def _add(app: typer.Typer, name: str) -> None:
    module = importlib.import_module(f"govcloud.cli.{name}_" if keyword.iskeyword(name) else f"govcloud.cli.{name}")
    if hasattr(module, "app"):
        app.add_typer(module.app, name=name)
    else:
        app.command(name)(getattr(module, module.__name__.rpartition(".")[2]))


def _wanted(words: Sequence[str]) -> str | None:
    """Return the command that a command line names, or a shell that asks how it may go on; None where it names none."""
    typed = [word for name in _COMPLETING for word in os.environ.get(name, "").split()[1:]] or list(words)
    while typed and typed[0].partition("=")[0] == _LANGUAGE:
        typed = typed[1:] if "=" in typed[0] else typed[2:]
    return typed[0] if typed and typed[0] in COMMANDS else None


def _shared(function: Callable[..., None]) -> list[Any]:
    """Return the parser's options for the parameters of a function."""
    app = typer.Typer(add_completion=False)
    app.command()(function)
    return list(typer.main.get_command(app).params)


def _furnish(command: Any, options: list[Any]) -> None:
    """Give a command, and all below it, our page of help and the options that every command has."""
    command.__class__ = _Group if hasattr(command, "commands") else _Command
    command.context_settings = {**command.context_settings, "help_option_names": ["-h", "--help"]}
    command.params = [*command.params, *options]
    for child in getattr(command, "commands", {}).values():
        _furnish(child, options)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"govcloud {metadata.version('govcloud')}")
        raise typer.Exit


def _everything(context: typer.Context, wanted: bool) -> None:
    if wanted:
        context.meta["everything"] = True
        sys.stdout.write(context.get_help())
        raise typer.Exit


def _first(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            expose_value=False,
            callback=_version,
            help="Print the version and stop. / In phiên bản rồi dừng.",
        ),
    ] = False,
) -> None:
    """Hold the options of `govcloud` itself."""


def _every(
    speech: Annotated[
        Language | None,
        typer.Option(
            _LANGUAGE,
            expose_value=False,
            help="Language of all that is said; yours by default. / Ngôn ngữ hiển thị; mặc định theo máy của bạn.",
        ),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option(
            "--help-all",
            is_eager=True,
            expose_value=False,
            callback=_everything,
            help="Show also the options that few need. / Hiện cả các tùy chọn ít dùng.",
        ),
    ] = False,
) -> None:
    """Hold the options of every command."""
