"""`govcloud graph`: pictures of a country, as Mermaid, SVG or JSON."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from govcloud import country as countries
from govcloud import rules
from govcloud.cli.options import COUNTRY, CountryFolder, Day, on_day
from govcloud.cli.output import written
from govcloud.errors import Language, Text, language
from govcloud.graph import mermaid, quota_svg, reachability_svg, topology_svg
from govcloud.graph.quota import quota_tree
from govcloud.graph.reachability import reach
from govcloud.graph.selection import select
from govcloud.graph.topology import topology

__all__ = ["graph"]


class Picture(enum.StrEnum):
    """What the picture shows."""

    TOPOLOGY = "topology"
    QUOTA = "quota"
    REACHABILITY = "reachability"


class Format(enum.StrEnum):
    """How it is written."""

    MERMAID = "mermaid"
    SVG = "svg"
    JSON = "json"


_MERMAID: dict[Picture, Callable[[Any], str]] = {
    Picture.TOPOLOGY: mermaid.draw_topology,
    Picture.QUOTA: mermaid.draw_quota,
    Picture.REACHABILITY: mermaid.draw_reachability,
}
_SVG: dict[Picture, Callable[[Any, Language], str]] = {
    Picture.TOPOLOGY: topology_svg.draw,
    Picture.QUOTA: quota_svg.draw,
    Picture.REACHABILITY: reachability_svg.draw,
}


def graph(
    picture: Annotated[Picture, typer.Argument(help="What to show.")],
    folder: CountryFolder = COUNTRY,
    tenant: Annotated[
        str | None, typer.Option(help="Only this tenant, with all above, below and linked to it.")
    ] = None,
    depth: Annotated[int | None, typer.Option(min=0, help="Levels to show below the top, or below the tenant.")] = None,
    output: Annotated[Format, typer.Option("--format", help="Mermaid, SVG or JSON.")] = Format.MERMAID,
    file: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    speech: Annotated[Language | None, typer.Option("--language", help="vi or en.")] = None,
    date: Day = None,
) -> None:
    """Draw topology, quota tree or reachability / Vẽ sơ đồ, cây hạn mức hoặc khả năng kết nối."""
    day, wanted = on_day(date), speech or language()
    # Only of a valid country is the relation what would be provisioned; trees are shown to find what is wrong.
    declared = rules.required(folder, day) if picture is Picture.REACHABILITY else countries.remembered(folder)
    selection = select(declared.on(day), tenant, depth, linked=picture is not Picture.QUOTA)
    content: Any
    if picture is Picture.TOPOLOGY:
        content = topology(declared.on(day), selection, wanted)
    elif picture is Picture.QUOTA:
        content = quota_tree(declared, selection, day, wanted)
    else:
        content = reach(declared, selection, day, wanted)
    if output is Format.JSON:
        text = json.dumps(dataclasses.asdict(content), ensure_ascii=False, indent=2) + "\n"
    else:
        text = _MERMAID[picture](content) if output is Format.MERMAID else _SVG[picture](content, wanted)
    if file is None:
        print(text, end="")
    else:
        written(file, text, "GC-GRAPH-003", Text("the picture", "hình"))
