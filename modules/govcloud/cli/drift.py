"""`govcloud drift`: compare the live cloud with the declaration, without Pulumi and without its state."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from govcloud import country
from govcloud.cli import coverage, names
from govcloud.cli.at_hand import Connected, connect, enter_cloud
from govcloud.cli.options import CountryFolder, TextOrJson, country_folder
from govcloud.cli.selection import left_to, select
from govcloud.clouds.connection import Connection
from govcloud.clouds.contexts import contexts
from govcloud.country import Country
from govcloud.fleet.check import differences
from govcloud.fleet.drift import Difference
from govcloud.stack import StackName
from govcloud_base.errors import CloudError, GovCloudError, Text, language

__all__ = ["drift"]


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
    output: TextOrJson = "text",
) -> None:
    """Say where the live cloud is not what is declared. / Chỉ ra sai lệch giữa đám mây và khai báo.

    Exits with 0 when all is as declared, with 1 when something differs or a tenant is left out because a file of its
    cannot be read, with 4 when a cloud could not be read; the others are read all the same. / Trả về 0 khi mọi thứ đúng
    khai báo, 1 khi có sai lệch hoặc bỏ qua tenant vì không đọc được tệp của tenant đó, 4 khi có đám mây không đọc được;
    phần còn lại vẫn được đọc.
    """
    declared = country.remembered(country_folder(folder)).on(datetime.date.today())
    console = Console(stderr=True)
    enter_cloud(console)
    selection = select(declared, stacks or [], contexts(), cloud)
    with closing(connect(console, declared, selection, still=True)) as connected:
        chosen, stopped = selection.parted(declared, declared.unread)
        found = _found(declared, chosen, connected)
    read = {stack: rows for stack, rows in found.items() if not isinstance(rows, GovCloudError)}
    lost = [p for rows in found.values() if isinstance(rows, GovCloudError) for p in rows.problems]
    problems = list(dict.fromkeys([*connected.unexamined(selection), *lost]))
    total = sum(len(rows) for rows in read.values())
    failed = {declared.cloud_of(s): rows.problems for s, rows in found.items() if isinstance(rows, GovCloudError)}
    missed = coverage.unexamined(declared, selection, {**failed, **connected.lost})
    unread = len({*declared.stacks()} - read.keys())
    left = [problem for tenant in stopped for problem in declared.unread[tenant]]
    if output == "json":
        asked = stacks or map(str, selection.stacks)
        shown = {
            "complete": not unread,
            "clouds": coverage.as_rows(declared, missed),
            "problems": [problem.as_dict() for problem in (*problems, *left)],
            "stacks": {stack: [asdict(row) for row in read[stack]] if stack in read else None for stack in asked},
        }
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    elif read or not problems:
        for stack, rows in read.items():
            for row in rows:
                print(f"{stack}: {row.render(language())}")
        print(
            _summed(
                sum(row.person for rows in read.values() for row in rows), total, len(read), 0 if stacks else unread
            )
        )
    if remark := selection.remark(declared):
        console.print(remark, style="dim", markup=False, highlight=False, soft_wrap=True)
    for tenant in stopped:
        console.print(left_to(declared, tenant).said, markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise CloudError([*problems, *left])
    if left:
        raise GovCloudError(left)
    if total:
        raise typer.Exit(1)


def _found(
    declared: Country, stacks: Sequence[StackName], connected: Connected
) -> dict[str, list[Difference] | GovCloudError]:
    """Return what differs in each stack, in order, or why it could not be read; each cloud is read by itself."""
    home = {stack: declared.cloud_of(str(stack)) for stack in stacks}

    def of(connection: Connection) -> dict[StackName, list[Difference] | GovCloudError]:
        return {stack: _read(declared, stack, connection) for stack in stacks if home[stack] == connection.name}

    answering = connected.answering()
    with ThreadPoolExecutor(max_workers=max(1, len(answering))) as pool:
        found = {stack: rows for part in pool.map(of, answering) for stack, rows in part.items()}
    return {str(stack): found[stack] if stack in found else connected.silent[home[stack]] for stack in stacks}


def _read(declared: Country, stack: StackName, connection: Connection) -> list[Difference] | GovCloudError:
    try:
        return differences(declared, stack, connection)
    except GovCloudError as error:
        return error


def _summed(persons: int, total: int, stacks: int, unread: int) -> str:
    """Return the last line: how much differs, who sets it right, and of how many stacks nothing is known."""
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
    if unread:
        said = Text(
            f"{said.en}; {unread} declared stacks not read, of which nothing is said",
            f"{said.vi}; {unread} stack đã khai báo chưa được đọc, không kết luận gì về chúng",
        )
    return said.said
