"""`govcloud drift`: compare the live cloud with the declaration, without Pulumi and without its state."""

from __future__ import annotations

import datetime
import enum
import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from govcloud import country
from govcloud.cli.cloud import enter_cloud, tell
from govcloud.cli.options import COUNTRY, CountryFolder
from govcloud.cli.selection import select
from govcloud.fleet.check import differences
from govcloud.fleet.contexts import contexts

__all__ = ["drift"]


class Format(enum.StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


def drift(
    stacks: Annotated[list[str] | None, typer.Argument(help="Stacks to compare; by default all at hand.")] = None,
    cloud: Annotated[str | None, typer.Option(help="Only the stacks of this cloud.")] = None,
    folder: CountryFolder = COUNTRY,
    output: Annotated[Format, typer.Option("--format", help="Text or JSON.")] = Format.TEXT,
) -> None:
    """Say where the live cloud is not what is declared / Chỉ ra sai lệch giữa đám mây và khai báo.

    Exits with 0 when all is as declared, with 1 when something differs, with 4 when the cloud could not be read.
    """
    declared = country.remembered(folder).on(datetime.date.today())
    console = Console(stderr=True)
    enter_cloud(console)
    selection = select(declared, stacks or [], contexts(), cloud)
    chosen = selection.stacks
    if remark := selection.remark(declared):
        console.print(remark, style="dim", markup=False, highlight=False, soft_wrap=True)
    tell(console, declared, selection.clouds)
    found = {str(stack): differences(declared, stack) for stack in chosen}
    total = sum(len(rows) for rows in found.values())
    if output is Format.JSON:
        print(json.dumps({stack: [asdict(row) for row in rows] for stack, rows in found.items()}, indent=2))
    else:
        for stack, rows in found.items():
            for row in rows:
                print(f"{stack}: {row}")
        noun = "difference" if total == 1 else "differences"
        persons = sum(row.person for rows in found.values() for row in rows)
        remedy = "; `govcloud up` takes them back" if total else ""
        remedy += f", but {persons} of them" if persons else ""
        print(f"{total} {noun} in {len(chosen)} stacks{remedy}")
    if total:
        raise typer.Exit(1)
