"""`govcloud schema`: write the JSON Schemas that editors use to check declarations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govcloud.country.schema import schemas

__all__ = ["schema"]


def schema(
    folder: Annotated[Path, typer.Argument(help="Where to write them.")] = Path("stacks/schema"),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where one is not up to date.")] = False,
) -> None:
    """Write the JSON Schema of every kind / Ghi JSON Schema của mọi loại khai báo."""
    stale = [name for name, text in schemas().items() if _stored(folder / name) != text]
    if check:
        for name in stale:
            print(f"{folder / name}: stale; run `govcloud schema`")
        if stale:
            raise typer.Exit(1)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (folder / name).write_text(schemas()[name], encoding="utf-8")
        print(folder / name)


def _stored(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
