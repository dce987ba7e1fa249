"""The application: commands by what they are for, the options that each has, and only the wanted one imported."""

from __future__ import annotations

import functools
import importlib
import keyword
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from govcloud.cli.help import both, page
from govcloud_base.errors import Language, Text, language

__all__ = ["COMPLETE", "GROUPS", "application", "commands", "groups", "of_reader"]

GROUPS: Mapping[Text, Mapping[str, str]] = {
    Text("Declare", "Khai báo"): {
        "init": "Begin a country of one's own. / Khởi tạo quốc gia của mình.",
        "new": "Draft a declaration, by questions or options. / Soạn khai báo, bằng câu hỏi hoặc tùy chọn.",
        "validate": "Judge every declaration, without a cloud. / Kiểm tra mọi khai báo, không cần đám mây.",
        "explain": "Say where a value comes from and who bounds it. / Cho biết giá trị từ đâu ra và bị ai giới hạn.",
        "graph": "Draw topology, quota tree or reachability. / Vẽ sơ đồ, cây hạn mức hoặc khả năng kết nối.",
        "schema": "Write the JSON Schema of every kind. / Ghi JSON Schema của mọi loại khai báo.",
        "generate": "Write a synthetic country. / Tạo một quốc gia giả lập.",
        "import": "Draft tenants from what runs, without changing it. "
        "/ Soạn khai báo từ những gì đang chạy, không thay đổi gì.",
    },
    Text("Decide", "Quyết định"): {
        "review": "Say what a change means and who must approve it. "
        "/ Cho biết thay đổi có ý nghĩa gì và ai phải duyệt.",
        "render": "Print what a stack provisions, without a cloud. / In ra những gì stack sẽ tạo, không cần đám mây.",
    },
    Text("Provision and verify", "Dựng và kiểm tra"): {
        "cloud": "Look at a cloud itself. / Xem xét chính đám mây.",
        "storage": "Look into object stores. / Xem xét các kho đối tượng.",
        "images": "Build, push and check the project's own images. / Tạo, đẩy và kiểm tra các ảnh của dự án.",
        "up": "Provision the country's stacks. / Dựng các stack của quốc gia.",
        "drift": "Say where the live cloud is not what is declared. / Chỉ ra sai lệch giữa đám mây và khai báo.",
        "backup": "Copy buckets to a second cloud, and bring them back. "
        "/ Sao lưu các kho sang đám mây thứ hai và khôi phục.",
        "destroy": "Delete stacks of tenants that are declared as removed. "
        "/ Xóa stack của tenant đã được khai báo gỡ bỏ.",
        "verify": "Examine the live cloud. / Kiểm tra đám mây đang chạy.",
    },
    Text("This machine", "Máy này"): {
        "completion": "Print a shell's completion script. / In tập lệnh tự hoàn thành cho shell."
    },
}
"""Commands by what they are for, in the order of `--help`, each with the first line of its own help: a page that names
them all imports none. Each is the module of its name here (with an underscore where Python has the word for itself),
and in it a function of that name, or an `app` of subcommands. What other distributions add stands with the last."""
_ADDED = "govcloud.commands"
"""Group of the entry points by which they add it: each names a function or an `app`, as of a module here."""
_ADDED_LINES = "govcloud.command_lines"
"""Group of the entry points by which they say the first line of its help, from a module that imports little."""

COMPLETE = "_GOVCLOUD_COMPLETE"
"""Set by a shell that asks for completions, or for the script with which it will."""
_COMPLETING = ("COMP_WORDS", "_TYPER_COMPLETE_ARGS")
"""Where a shell says what was typed so far, when it asks for completions."""
_LANGUAGE = "--language"
_OWN = {name: line for lines in GROUPS.values() for name, line in lines.items()}


def groups() -> Mapping[Text, tuple[str, ...]]:
    """Return the names of all commands by what they are for."""
    *usual, (machine, own) = GROUPS.items()
    return {**{title: tuple(lines) for title, lines in usual}, machine: (*_added(), *own)}


def commands() -> tuple[str, ...]:
    """Return the names of all commands, in the order of `--help`."""
    return tuple(name for names in groups().values() for name in names)


@functools.cache
def _added() -> Mapping[str, metadata.EntryPoint]:
    found = sorted(metadata.entry_points(group=_ADDED), key=lambda entry: entry.name)
    return {entry.name: entry for entry in found if entry.name not in _OWN}


class _Command(TyperCommand):
    """A command whose help is our page."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(page(ctx, everything=ctx.meta.get("everything", False)))

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        return _said(self, super().shell_complete(ctx, incomplete))


class _Group(TyperGroup):
    """A group of subcommands whose help is our page."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        shown = groups() if ctx.parent is None else {}
        formatter.write(page(ctx, groups=shown, everything=ctx.meta.get("everything", False)))

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        return _said(self, super().shell_complete(ctx, incomplete))


def _said(command: Any, items: Sequence[Any]) -> Sequence[Any]:
    """Return what a shell is told about commands and options, with a line on each in the reader's language."""
    children = getattr(command, "commands", {})
    for item in items:
        text = children[item.value].help if item.value in children else item.help
        item.help = both(text or "").in_language(language()).partition("\n\n")[0]
    return items


def of_reader(words: Sequence[str]) -> None:
    """Take the reader's language from `--language` before anything is said: help and complaints need it as well."""
    words = _typed(words)
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word == "--":
            return
        name, _, value = word.partition("=")
        if name == _LANGUAGE and (chosen := value or following) in set(Language):
            os.environ["GOVCLOUD_LANG"] = chosen


def application(words: Sequence[str] | None) -> Any:
    """Return the application for a command line; without one, whole.

    Of all commands, only the one is imported that the words name. Of the others there is the name and the first line.
    """
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
    first = _first_word(words) if words is not None else None
    for name in (first,) if first and (first in _OWN or first in _added()) else commands():
        if words is None or name == first:
            _add(app, name)
        else:
            app.command(name, help=_line(name))(lambda: None)
    command = typer.main.get_command(app)
    command.params = []  # two options of the parser's own for completion; `govcloud completion` is ours
    _furnish(command, _shared(_every))
    command.params += _shared(_first)
    return command


def _add(app: typer.Typer, name: str) -> None:
    found = _own(name) if name in _OWN else _added()[name].load()
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    else:
        app.command(name)(found)


def _line(name: str) -> str:
    """Return the first line of a command's help."""
    if name in _OWN:
        return _OWN[name]
    lines = metadata.entry_points(group=_ADDED_LINES, name=name)
    return next((str(entry.load()) for entry in lines), "")


def _own(name: str) -> Any:
    module = importlib.import_module(f"govcloud.cli.{name}_" if keyword.iskeyword(name) else f"govcloud.cli.{name}")
    return getattr(module, "app", None) or getattr(module, module.__name__.rpartition(".")[2])


def _typed(words: Sequence[str]) -> list[str]:
    """Return the words of a command line, or of the one about which a shell asks."""
    return [word for name in _COMPLETING for word in os.environ.get(name, "").split()[1:]] or list(words)


def _first_word(words: Sequence[str]) -> str | None:
    """Return what a command line, or a shell that asks how it may go on, says first besides the language."""
    typed = _typed(words)
    while typed and typed[0].partition("=")[0] == _LANGUAGE:
        typed = typed[1:] if "=" in typed[0] else typed[2:]
    return typed[0] if typed else None


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
    reader_language: Annotated[
        Language | None,
        typer.Option(
            _LANGUAGE,
            expose_value=False,
            help="Language of all that is said; yours by default. / Ngôn ngữ hiển thị; mặc định theo máy của bạn.",
        ),
    ] = None,
    help_all: Annotated[
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
