"""`govcloud review`: what a change means, for the one who decides about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from govcloud.cli import names
from govcloud.cli.comment import show
from govcloud.cli.help import RARE
from govcloud.cli.options import CountryArgument, CountryFolder, Day, on_day, one_folder
from govcloud.report.sarif import sarif
from govcloud.review import Review, compare
from govcloud.review.document import as_dict
from govcloud.review.markdown import markdown
from govcloud.revision import pair
from govcloud_base.errors import Language, language

__all__ = ["review"]


def review(
    argument: CountryArgument = None,
    folder: CountryFolder = None,
    base: Annotated[
        str,
        typer.Option(
            help="Revision into which the change is merged; its word counts. "
            "/ Bản mà thay đổi sẽ hợp nhất vào; bản này quyết định."
        ),
    ] = "main",
    head: Annotated[
        str | None,
        typer.Option(
            help="Revision of the change; the working tree by default. "
            "/ Bản chứa thay đổi; mặc định là thư mục đang sửa."
        ),
    ] = None,
    agency: Annotated[
        str | None,
        typer.Option(
            autocompletion=names.agencies,
            help="Code of the agency that makes the change; found from the files by default. "
            "/ Mã cơ quan gửi thay đổi; mặc định suy từ các tệp.",
        ),
    ] = None,
    output: Annotated[
        Literal["markdown", "json", "sarif"],
        typer.Option(
            "--format",
            help="Markdown (laid out on a terminal), JSON or SARIF. "
            "/ Markdown (trình bày trên màn hình), JSON hoặc SARIF.",
        ),
    ] = "markdown",
    require: Annotated[
        str | None,
        typer.Option(
            rich_help_panel=RARE,
            help="Exit with 1 also where the tier is above this one, such as auto. "
            "/ Trả về 1 cả khi mức cao hơn mức này, ví dụ auto.",
        ),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            rich_help_panel=RARE,
            help="Folder for every form at once: comment.md, comment.json, review.json, review.sarif. "
            "/ Thư mục ghi mọi dạng cùng lúc.",
        ),
    ] = None,
    date: Day = None,
) -> None:
    """Say what a change means and who must approve it. / Cho biết thay đổi có ý nghĩa gì và ai phải duyệt.

    Nothing is checked out and nothing of the change is run. Exits with 0 where the change can be approved, with 1 where
    it has errors that nobody can approve away. / Không lấy tệp nào ra và không chạy gì của thay đổi. Trả về 0 khi có
    thể duyệt, 1 khi có lỗi mà không ai duyệt được.
    """
    folder, day, wanted = one_folder(argument, folder), on_day(date), language()
    found = pair(folder, base, head, day, agency)
    result = compare(found.base, found.head, found.files, day, agency)
    if output == "markdown":
        show(markdown(result, wanted))
    else:
        print(_written(result, output, wanted), end="")
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        comment = _written(result, "markdown", wanted)
        forms = {
            "comment.md": comment,
            # What the forges' interfaces take as it is.
            "comment.json": json.dumps({"body": comment}, ensure_ascii=False),
            "review.json": _written(result, "json", wanted),
            "review.sarif": _written(result, "sarif", wanted),
        }
        for name, text in forms.items():
            (save / name).write_text(text, encoding="utf-8")
    if result.refused or (require is not None and result.above(require)):
        raise typer.Exit(1)


def _written(result: Review, output: Literal["markdown", "json", "sarif"], wanted: Language) -> str:
    if output == "markdown":
        return markdown(result, wanted)
    document = as_dict(result) if output == "json" else sarif(result.problems, wanted, {"tier": result.tier})
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
