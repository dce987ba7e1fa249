"""How an examination of a cloud is told: a table, what each lack means and what mends it, or all of it as JSON."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from govcloud.cli.terminal import rendered
from govcloud.country import Country
from govcloud.examination.finding import State
from govcloud.examination.judgement import Judged, refusals
from govcloud.examination.remains import Remains
from govcloud.rules.capability import lowest_level
from govcloud_base.errors import Text, language
from govcloud_base.interruption import Interruption

__all__ = ["STATES", "document", "print_examination", "stop_if_told"]

STATES = {
    State.FOUND: (Text("found", "có"), "green"),
    State.LACKING: (Text("LACKING", "THIẾU"), "bold red"),
    State.UNKNOWN: (Text("not known", "chưa rõ"), "yellow"),
    State.ABSENT: (Text("none here", "không có ở đây"), "dim"),
}
_COLUMNS = (
    Text("capability", "năng lực"),
    Text("state", "kết quả"),
    Text("seen", "đã thấy"),
    Text("needed by", "bên cần"),
)
_SHOWN = 4


def print_examination(console: Console, country: Country, judged: Sequence[Judged]) -> None:
    """Print the table, then for each lack what it means, its sources and the fix, then who is refused."""
    table = Table(show_edge=False, pad_edge=False)
    for heading in _COLUMNS:
        table.add_column(heading.said, overflow="fold")
    for one in judged:
        title, whom = one.capability.title.text().said, _needed_by(country, one).said
        for finding in one.findings:
            word, style = STATES[finding.state]
            style = style if one.missed or finding.state is not State.LACKING else "yellow"
            table.add_row(Line(title), Line(word.said, style), Line(finding.whole.said), Line(whom))
            title = whom = ""
    console.print(table)
    for one in judged:
        if one.state in (State.LACKING, State.UNKNOWN):
            _advise(console, one)
    refused: dict[str, list[Text]] = {}
    for tenant, one in refusals(judged):
        refused.setdefault(tenant, []).append(one.capability.title.text())
    for tenant, lacks in sorted(refused.items()):
        what = Text.joined(lacks, ", ")
        said = Text(f"{tenant} is refused here: {what.en}", f"{tenant} bị từ chối ở đây: {what.vi}")
        _say(console, said, "bold red")
    whole = not country.unread and not any(one.missed for one in judged)
    _say(console, _summed(judged, country.unread), "green" if whole else "bold")


def _advise(console: Console, one: Judged) -> None:
    word, style = STATES[one.state]
    title, means = one.capability.title, one.capability.lacking
    _say(console, Text(f"{title.en}: {word.en}", f"{title.vi}: {word.vi}"), style)
    if one.state is State.LACKING:
        _say(console, Text(f"  means: {means.en}", f"  nghĩa là: {means.vi}"))
    for fix in dict.fromkeys(f.fix for f in one.findings if f.fix and f.state is not State.FOUND):
        _say(console, Text(f"  fix: {fix.en}", f"  cách sửa: {fix.vi}"))
    cited = "; ".join(one.capability.sources)
    _say(console, Text(f"  source: {cited}", f"  căn cứ: {cited}"), "dim")


def _say(console: Console, said: Text, style: str = "") -> None:
    console.print(said.said, style=style, markup=False, highlight=False, soft_wrap=True)


def _needed_by(country: Country, one: Judged) -> Text:
    if not one.capability.needed:
        return Text("nobody", "không bắt buộc")
    level = lowest_level(country, one.capability)
    shown = ", ".join(one.tenants[:_SHOWN])
    if len(one.tenants) > _SHOWN:
        shown += f" (+{len(one.tenants) - _SHOWN})"
    return Text(f"level {level}+: {shown or '-'}", f"cấp độ {level}+: {shown or '-'}")


def _summed(judged: Iterable[Judged], unread: Iterable[str]) -> Text:
    missed = [one.capability.title for one in judged if one.missed]
    unknown = ", ".join(unread)
    if unknown and not missed:
        return Text(
            f"The cloud has all that its tenants need whose files can be read; not known: {unknown}.",
            f"Đám mây có đủ những gì các tenant đọc được tệp cần; chưa rõ: {unknown}.",
        )
    if not missed:
        return Text("The cloud has all that its tenants need.", "Đám mây có đủ những gì các tenant cần.")
    return Text(
        f"{len(missed)} of what tenants need is not there, or not known: {', '.join(t.en for t in missed)}",
        f"{len(missed)} năng lực mà tenant cần bị thiếu hoặc chưa rõ: {', '.join(t.vi for t in missed)}",
    )


def document(
    country: Country, cloud: str, server: str, at: datetime.datetime, judged: Sequence[Judged], left: Sequence[str]
) -> dict[str, Any]:
    """Return the examination for `--format json`: both languages, so that one run serves every reader."""
    return {
        "cloud": cloud,
        "server": server,
        "at": at.isoformat(timespec="seconds"),
        "complete": not (country.unread or any(one.missed for one in judged)),
        "refused": sorted({tenant for tenant, _ in refusals(judged)}),
        "left": list(left),
        "capabilities": [
            {
                "name": one.name,
                "title": one.capability.title.model_dump(),
                "state": one.state.value,
                "missed": one.missed,
                "level": lowest_level(country, one.capability) if one.capability.needed else None,
                "tenants": list(one.tenants),
                "sources": one.capability.sources,
                "lacking": one.capability.lacking.model_dump(),
                "findings": [finding.as_dict() for finding in one.findings],
            }
            for one in judged
        ],
    }


def stop_if_told(interruption: Interruption, remains: Mapping[str, Remains]) -> None:
    """Raise AbortedError where one was told to stop, and say first what is left of the examination on which cloud."""
    if interruption.event.is_set():
        leftovers = [problem for cloud, found in remains.items() if (problem := found.problem(cloud))]
        going = ", ".join(name for found in remains.values() for name in found.going)
        nothing = Text("stopped; nothing is left behind", "đã dừng; không để lại gì")
        soon = Text(f"stopped; still going away: {going}", f"đã dừng; vẫn đang được xóa: {going}")
        said = rendered(leftovers, language(), sys.stderr) if leftovers else (soon if going else nothing).said
        print(f"\n{said}", file=sys.stderr)
    interruption.check()
