"""`govcloud graph`: pictures of a country, as Mermaid, SVG or JSON."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from govcloud import country as countries
from govcloud import rules
from govcloud.cli import names
from govcloud.cli.options import CountryFolder, Day, country_folder, on_day
from govcloud.cli.output import written
from govcloud.graph import mermaid, quota_svg, reachability_svg, topology_svg
from govcloud.graph.quota import quota_tree
from govcloud.graph.reachability import reach
from govcloud.graph.selection import select
from govcloud.graph.topology import topology
from govcloud.graph.words import Words
from govcloud.rules import wording
from govcloud_base.errors import Text, language

__all__ = ["graph"]


class Picture(enum.StrEnum):
    """What the picture shows."""

    TOPOLOGY = "topology"
    QUOTA = "quota"
    REACHABILITY = "reachability"


_MERMAID: dict[Picture, Callable[[Any, Words], str]] = {
    Picture.TOPOLOGY: mermaid.draw_topology,
    Picture.QUOTA: mermaid.draw_quota,
    Picture.REACHABILITY: mermaid.draw_reachability,
}
_SVG: dict[Picture, Callable[[Any, Words], str]] = {
    Picture.TOPOLOGY: topology_svg.draw,
    Picture.QUOTA: quota_svg.draw,
    Picture.REACHABILITY: reachability_svg.draw,
}


def graph(
    picture: Annotated[Picture, typer.Argument(help="What to show. / Hình cần vẽ.")],
    folder: CountryFolder = None,
    tenant: Annotated[
        str | None,
        typer.Option(
            autocompletion=names.tenants,
            help="Only this tenant, with all above, below and linked to it. "
            "/ Chỉ tenant này cùng mọi thứ ở trên, ở dưới và liên kết với nó.",
        ),
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Levels to show below the top, or below the tenant. / Số tầng hiển thị dưới đỉnh, hoặc dưới tenant.",
        ),
    ] = None,
    output: Annotated[
        Literal["mermaid", "svg", "json"],
        typer.Option("--format", help="Mermaid, SVG or JSON. / Mermaid, SVG hoặc JSON."),
    ] = "mermaid",
    file: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file. / Ghi vào tệp này.")] = None,
    date: Day = None,
) -> None:
    """Draw topology, quota tree or reachability. / Vẽ sơ đồ, cây hạn mức hoặc khả năng kết nối."""
    day, wanted = on_day(date), language()
    # Only of a valid country is the relation what would be provisioned; trees are shown to find what is wrong.
    folder = country_folder(folder)
    if picture is Picture.REACHABILITY:
        declared = rules.required(folder, day)
    else:
        declared = countries.load(folder, readings=countries.Readings.of(folder))
    selection = select(declared.on(day), tenant, depth, linked=picture is not Picture.QUOTA)
    content: Any
    if picture is Picture.TOPOLOGY:
        content = topology(declared.on(day), selection, wanted)
    elif picture is Picture.QUOTA:
        content = quota_tree(declared, selection, day, wanted)
    else:
        content = reach(declared, selection, day, wanted)
    if output == "json":
        text = json.dumps(dataclasses.asdict(content), ensure_ascii=False, indent=2) + "\n"
    else:
        draw = _MERMAID[picture] if output == "mermaid" else _SVG[picture]
        text = draw(content, Words(wanted, wording.titles(declared.law, day)))
    if file is None:
        print(text, end="")
    else:
        written(file, text, "GC-GRAPH-003", Text("the picture", "hình"))
