"""Options that many commands have, spelt and explained the same in each; and the country that is meant."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from govcloud.country.folder import shown_name
from govcloud.folders import countries
from govcloud_base.errors import Place, Problem, Text, UsageError

__all__ = ["CountryArgument", "CountryFolder", "Day", "TextOrJson", "country_folder", "on_day", "one_folder"]

_HEAD = "country.yaml"
"""The file that makes a folder a country."""
_BELOW = "stacks/*"
"""Where a project keeps its countries."""

CountryFolder = Annotated[
    Path | None,
    typer.Option(
        "--country",
        metavar="DIR",
        help="Folder of the declarations; found from here by default. / Thư mục khai báo; mặc định tìm từ đây.",
    ),
]
# Commands that take nothing else may be told the folder without the option as well: `govcloud validate DIR`.
CountryArgument = Annotated[
    Path | None, typer.Argument(metavar="COUNTRY", help="The same as --country. / Giống như --country.")
]

Day = Annotated[
    datetime.datetime | None,
    typer.Option(
        "--date",
        formats=["%Y-%m-%d"],
        help="Day for which it is asked; today by default. / Ngày cần xét; mặc định là hôm nay.",
    ),
]

# A command with formats of its own says them in the same way: as the values that its parameter takes.
TextOrJson = Annotated[Literal["text", "json"], typer.Option("--format", help="Text or JSON. / Văn bản hoặc JSON.")]


def on_day(date: datetime.datetime | None) -> datetime.date:
    """Return the day that was asked for: today where none was."""
    return date.date() if date else datetime.date.today()


def one_folder(argument: Path | None, option: Path | None) -> Path:
    """Return the country's folder that was named, either way, or found.

    Raises UsageError where both were and differ, and as :func:`country_folder`.
    """
    if argument is not None and option is not None and argument != option:
        raise UsageError(
            Problem(
                "GC-CLI-001",
                Text("two folders are named", "có hai thư mục được nêu"),
                Text("write one of them", "chỉ ghi một trong hai"),
                value=f"{argument}, --country {option}",
            )
        )
    return country_folder(argument or option)


def country_folder(named: Path | None) -> Path:
    """Return the country's folder: the named one, or the only one of the named project; else the one around this
    folder, else the only one of the project here.

    As with git, the folders above are looked through up to the repository's, or the file system's, root. Raises
    UsageError where the named folder is none, where there is no country, or more than one.
    """
    if named is not None:
        if not named.is_dir():
            raise UsageError(_no_folder(named))
        below = [] if (named / _HEAD).is_file() else countries(named)
        if len(below) > 1:
            raise UsageError(_several(below))
        return below[0] if below else named
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / _HEAD).is_file():
            return _from_here(folder)
        below = countries(folder)
        if len(below) == 1:
            return _from_here(below[0])
        if below:
            raise UsageError(_several(below))
        if (folder / ".git").exists():
            break
    raise UsageError(_none(here))


def _from_here(folder: Path) -> Path:
    return Path(os.path.relpath(folder))


def _no_folder(named: Path) -> Problem:
    what = (
        Text("this is a file, not a folder", "đây là tệp, không phải thư mục")
        if named.exists()
        else Text("there is no such folder", "không có thư mục này")
    )
    return Problem(
        "GC-CLI-009",
        what,
        Text("name the folder that holds country.yaml", "nêu thư mục chứa country.yaml"),
        Place("--country"),
        shown_name(named),
    )


def _several(found: list[Path]) -> Problem:
    return Problem(
        "GC-CLI-010",
        Text("several countries are declared here", "ở đây khai báo nhiều quốc gia"),
        Text("say which with --country", "chỉ rõ bằng --country"),
        allowed=", ".join(str(_from_here(folder)) for folder in found),
    )


def _none(here: Path) -> Problem:
    return Problem(
        "GC-CLI-011",
        Text(
            "no country is declared here, or in a folder above",
            "không có quốc gia nào được khai báo ở đây hay phía trên",
        ),
        Text(
            "go into its folder, name it with --country, or found one: `govcloud new country --country DIR`",
            "vào thư mục của quốc gia, nêu bằng --country, hoặc tạo mới: `govcloud new country --country DIR`",
        ),
        value=str(here),
        allowed=f"{_HEAD}, {_BELOW}/{_HEAD}",
    )
