"""`govcloud explain`: why a value is what it is, or why a change needs somebody."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from govcloud import country, explanation
from govcloud.cli import names
from govcloud.cli.comment import show
from govcloud.cli.options import CountryFolder, Day, TextOrJson, country_folder, on_day
from govcloud.review import compare
from govcloud.review.markdown import why
from govcloud.revision import pair
from govcloud_base.errors import Problem, Text, UsageError, language

__all__ = ["explain"]


def explain(
    name: Annotated[
        str | None,
        typer.Argument(
            autocompletion=names.declarations,
            help="Declaration, Kind/name, or agency code; left out with --base. "
            "/ Khai báo, Kind/name hoặc mã cơ quan; bỏ trống khi dùng --base.",
        ),
    ] = None,
    field: Annotated[
        str | None,
        typer.Argument(
            autocompletion=names.fields,
            help="Field, such as quota.cpu; all by default. / Trường, ví dụ quota.cpu; mặc định là tất cả.",
        ),
    ] = None,
    folder: CountryFolder = None,
    base: Annotated[
        str | None,
        typer.Option(
            help="Explain instead why the working tree's change against this needs somebody. "
            "/ Giải thích vì sao thay đổi đang sửa so với bản này cần người duyệt."
        ),
    ] = None,
    agency: Annotated[
        str | None,
        typer.Option(
            autocompletion=names.agencies, help="Code of the agency that makes the change. / Mã cơ quan gửi thay đổi."
        ),
    ] = None,
    output: TextOrJson = "text",
    date: Day = None,
) -> None:
    """Say where a value comes from and who bounds it. / Cho biết giá trị từ đâu ra và bị ai giới hạn."""
    wanted = language()
    folder, day = country_folder(folder), on_day(date)
    if base is not None:
        if name is not None:
            raise UsageError(_both())
        found = pair(folder, base, None, day, agency)
        show(why(compare(found.base, found.head, found.files, day, agency), wanted) + "\n")
        return
    if name is None:
        raise UsageError(_nothing())
    declared = country.load(folder)
    values = explanation.explain(declared, explanation.find(declared, name), day, field)
    if output == "json":
        print(json.dumps([v.as_dict() for v in values], ensure_ascii=False, indent=2))
    else:
        print("\n".join(v.render(wanted) for v in values))


def _both() -> Problem:
    return Problem(
        "GC-EXPLAIN-003",
        Text("a name and --base exclude each other", "không dùng tên cùng với --base"),
        Text("leave one of them out", "bỏ một trong hai"),
    )


def _nothing() -> Problem:
    return Problem(
        "GC-EXPLAIN-004",
        Text("nothing to explain", "không có gì để giải thích"),
        Text("name a declaration, or give --base", "nêu tên khai báo, hoặc dùng --base"),
    )
