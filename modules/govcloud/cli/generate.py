"""`govcloud generate`: write a whole synthetic country, the same one for the same seed."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from govcloud.country.folder import shown_name
from govcloud.country.law_folder import law_folder
from govcloud.country.units import UnitTable
from govcloud.refusal import refusal
from govcloud.synthesis.bodies import bodies, register
from govcloud.synthesis.plan import Plan, plan, platforms
from govcloud.synthesis.text import files
from govcloud_base.errors import EnvironmentProblem, Place, Problem, Text, UsageError

__all__ = ["generate"]


def generate(
    out: Annotated[
        Path, typer.Option("--out", help="Folder to write; missing or empty. / Thư mục cần ghi; chưa có hoặc rỗng.")
    ],
    seed: Annotated[
        int,
        typer.Option(
            help="The same seed gives the same country, byte for byte. "
            "/ Cùng số này thì cùng một quốc gia, giống từng byte."
        ),
    ] = 1,
    tenants: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=12_000,
            help="How many agencies, each with a tenant; all by default. "
            "/ Số cơ quan, mỗi cơ quan một tenant; mặc định là tất cả.",
        ),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option(
            min=2026,
            max=2099,
            help="Reviews fall due in the year after; this year by default. "
            "/ Hạn rà soát rơi vào năm sau; mặc định là năm nay.",
        ),
    ] = None,
) -> None:
    """Write a synthetic country. / Tạo một quốc gia giả lập.

    Central bodies, provinces and communes are those of the tables in policies/administration; everything else, such as
    levels, amounts and links, is invented, and so are most codes, which are marked provisional. / Cơ quan trung ương,
    tỉnh và xã lấy từ các bảng trong policies/administration; mọi thứ khác như cấp độ, hạn mức, liên kết là giả lập,
    phần lớn mã cũng vậy và được đánh dấu tạm.
    """
    try:
        _require_empty(out)
        _generate(out, seed, tenants, year or datetime.date.today().year)
    except OSError as error:
        raise EnvironmentProblem(_unusable(error, out)) from None


def _generate(out: Path, seed: int, tenants: int | None, year: int) -> None:
    tables = law_folder(out) / "administration"
    units = UnitTable.at(tables / "units-2025.csv")
    chosen = bodies(register(tables / "agencies.csv"), units, seed, tenants)
    country = plan(chosen, seed, year)
    written = _write(country, out)
    agencies, links, clouds = len(country.wishes), len(country.connections), len(country.sites)
    said = Text(
        f"{written} files, {agencies} agencies, {country.environments} environments, {links} links, {clouds} clouds",
        f"{written} tệp, {agencies} cơ quan, {country.environments} môi trường, {links} liên kết, {clouds} đám mây",
    )
    print(f"{out}: {said.said}")
    invented = sum(body.provisional for body in chosen)
    told = Text(
        f"{invented} codes are provisional: invented here, or confirmed by no published source",
        f"{invented} mã là mã tạm: tự đặt ở đây, hoặc chưa có nguồn công bố xác nhận",
    )
    print(told.said)


def _write(country: Plan, out: Path) -> int:
    owned = sum(len(platforms(wish.body)) for wish in country.wishes)
    total = 1 + len(country.sites) + 3 * len(country.wishes) + owned + len(country.connections)
    schema = "../schema" if (out.parent / "schema" / "tenant.json").is_file() else None
    folders: set[str] = set()
    written = 0
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Writing", total=total)
        for path, text in files(country, schema):
            folder, _, name = path.rpartition("/")
            here = os.path.join(out, folder)  # noqa: PTH118 - twice as fast as Path, thirty thousand times
            if folder not in folders:
                Path(here).mkdir(parents=True, exist_ok=True)
                folders.add(folder)
            with open(os.path.join(here, name), "x", encoding="utf-8", newline="\n") as file:  # noqa: PTH118, PTH123
                file.write(text)
            written += 1
            if written % 500 == 0:
                progress.update(task, completed=written)
    return written


def _require_empty(out: Path) -> None:
    """Raise UsageError where `out` is something else than a missing or empty folder."""
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists() or out.is_symlink():
        raise UsageError(
            Problem(
                code="GC-GENERATE-001",
                message=Text(
                    "the folder is not empty: nothing is ever overwritten",
                    "thư mục không trống: không ghi đè bất cứ gì",
                ),
                fix=Text("name a new or empty folder", "chọn thư mục mới hoặc trống"),
                place=Place(shown_name(out)),
                value=str(out),
            )
        )


def _unusable(error: OSError, out: Path) -> Problem:
    """Return the problem of a folder that cannot be written, a full disk or a missing table."""
    reason = refusal(error)
    return Problem(
        code="GC-GENERATE-002",
        message=Text(f"a file cannot be used: {reason.en}", f"không dùng được tệp: {reason.vi}"),
        fix=Text("name another folder, or make room", "chọn thư mục khác, hoặc giải phóng dung lượng"),
        place=Place(str(error.filename or out)),
        value=str(out),
    )
