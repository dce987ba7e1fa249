"""`govcloud schema`: write the JSON Schemas by which editors check declarations, and the reference pages."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from govcloud.country.reference import pages
from govcloud.country.schema import schemas
from govcloud_base.errors import Text

__all__ = ["schema"]


def schema(
    folder: Annotated[Path, typer.Argument(help="Where to write the schemas. / Nơi ghi các schema.")] = Path(
        "stacks/schema"
    ),
    reference: Annotated[
        Path | None, typer.Option(help="Where to write the reference pages as well. / Nơi ghi thêm các trang tra cứu.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; fail where one is not up to date. / Không ghi gì; báo lỗi nếu có tệp đã cũ."
        ),
    ] = False,
) -> None:
    """Write the JSON Schema of every kind. / Ghi JSON Schema của mọi loại khai báo."""
    wanted = {folder / name: text for name, text in schemas().items()}
    if reference is not None:
        wanted |= {reference / name: text for name, text in pages().items()}
    stale = [path for path, text in wanted.items() if _stored(path) != text.encode()]
    if check:
        again = shlex.join(["govcloud", "schema", str(folder), *(["--reference", str(reference)] if reference else [])])
        for path in stale:
            said = Text(f"stale; run `{again}`", f"đã cũ; chạy `{again}`")
            print(f"{path}: {said.said}")
        if stale:
            raise typer.Exit(1)
        return
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wanted[path].encode())
        print(path)


def _stored(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
