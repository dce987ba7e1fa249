"""`govcloud drift`: compare the live cloud with the declaration, without Pulumi and without its state."""

from __future__ import annotations

import datetime
import enum
import json
from contextlib import closing
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from govcloud import country
from govcloud.cli import names
from govcloud.cli.at_hand import enter_cloud, tell
from govcloud.cli.options import CountryFolder, country_folder
from govcloud.cli.selection import select
from govcloud.clouds.contexts import contexts
from govcloud.fleet.check import differences
from govcloud.fleet.live_store import Stores
from govcloud_base.errors import Text, language

__all__ = ["drift"]


class Format(enum.StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


def drift(
    stacks: Annotated[
        list[str] | None,
        typer.Argument(
            autocompletion=names.stacks,
            help="Stacks to compare; by default all at hand. / Các stack cần so sánh; mặc định là mọi stack tới được.",
        ),
    ] = None,
    cloud: Annotated[
        str | None,
        typer.Option(
            autocompletion=names.clouds, help="Only the stacks of this cloud. / Chỉ các stack của đám mây này."
        ),
    ] = None,
    folder: CountryFolder = None,
    output: Annotated[Format, typer.Option("--format", help="Text or JSON. / Văn bản hoặc JSON.")] = Format.TEXT,
) -> None:
    """Say where the live cloud is not what is declared. / Chỉ ra sai lệch giữa đám mây và khai báo.

    Exits with 0 when all is as declared, with 1 when something differs, with 4 when the cloud could not be read. /
    Trả về 0 khi mọi thứ đúng khai báo, 1 khi có sai lệch, 4 khi không đọc được đám mây.
    """
    declared = country.remembered(country_folder(folder)).on(datetime.date.today())
    console = Console(stderr=True)
    enter_cloud(console)
    selection = select(declared, stacks or [], contexts(), cloud)
    chosen = selection.stacks
    tell(console, declared, selection.clouds)
    with closing(Stores()) as stores:
        found = {str(stack): differences(declared, stack, stores) for stack in chosen}
    total = sum(len(rows) for rows in found.values())
    if output is Format.JSON:
        print(json.dumps({stack: [asdict(row) for row in rows] for stack, rows in found.items()}, indent=2))
    else:
        for stack, rows in found.items():
            for row in rows:
                print(f"{stack}: {row.render(language())}")
        print(_summed(sum(row.person for rows in found.values() for row in rows), total, len(chosen)))
    if remark := selection.remark(declared):
        console.print(remark, style="dim", markup=False, highlight=False, soft_wrap=True)
    if total:
        raise typer.Exit(1)


def _summed(persons: int, total: int, stacks: int) -> str:
    """Return the last line: how much differs, and who sets it right."""
    noun = "difference" if total == 1 else "differences"
    said = Text(f"{total} {noun} in {stacks} stacks", f"{total} sai lệch trong {stacks} stack")
    if total > persons:
        said = Text(
            f"{said.en}; `govcloud up` takes back {total - persons}",
            f"{said.vi}; `govcloud up` đưa {total - persons} về như khai báo",
        )
    if persons:
        said = Text(
            f"{said.en}; {persons} need a person: declare it, or remove it by hand",
            f"{said.vi}; {persons} cần người quyết định: khai báo hoặc tự tay gỡ bỏ",
        )
    return said.said
