"""Options that many commands have, spelt and explained the same in each."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from govcloud.errors import Problem, Text, UsageError

__all__ = ["COUNTRY", "CountryArgument", "CountryFolder", "Day", "on_day", "one_folder"]

COUNTRY = Path("stacks/vn")
"""The reference country: what a command takes where no other is named."""

_FOLDER = typer.Option("--country", help="Folder of the declarations.", show_default=str(COUNTRY))
CountryFolder = Annotated[Path, _FOLDER]
# Commands that take nothing else may be told the folder without the option as well: `govcloud validate DIR`.
CountryArgument = Annotated[Path | None, typer.Argument(metavar="COUNTRY", help="The same as --country.")]
AnyCountryFolder = Annotated[Path | None, _FOLDER]

Day = Annotated[
    datetime.datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="Day for which it is asked; today by default."),
]


def on_day(date: datetime.datetime | None) -> datetime.date:
    """Return the day that was asked for: today where none was."""
    return date.date() if date else datetime.date.today()


def one_folder(argument: Path | None, option: Path | None) -> Path:
    """Return the folder that was named, either way. Raises UsageError where both were, and differ."""
    if argument is not None and option is not None and argument != option:
        raise UsageError(
            Problem(
                "GC-CLI-001",
                Text("two folders are named", "có hai thư mục được nêu"),
                Text("write one of them", "chỉ ghi một trong hai"),
                value=f"{argument}, --country {option}",
            )
        )
    return argument or option or COUNTRY
