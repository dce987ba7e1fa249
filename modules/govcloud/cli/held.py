"""How the content of stores is told: how full buckets are, and who can do what with them, as tables or as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from govcloud.holdings.contents import Usage
from govcloud.holdings.place import Declared
from govcloud.holdings.rights import Standing
from govcloud.providers.storage.decision import RIGHTS, Decision
from govcloud_base.errors import Text

__all__ = ["counted", "print_rights", "print_usage", "printable", "say", "standing"]

_BAR = 20
"""Letters of a bar that is full."""
_FULL = 0.9
"""Part of a quota from which on a bar is red."""


def print_usage(rows: Mapping[str, Usage | None]) -> None:
    table = Table(show_edge=False, pad_edge=False)
    for heading in (
        Text("bucket", "kho"),
        Text("objects", "đối tượng"),
        Text("bytes", "byte"),
        Text("versions", "phiên bản"),
        Text("bytes kept", "byte đang giữ"),
        Text("unfinished uploads", "tải lên dở dang"),
        Text("of the quota", "so với hạn mức"),
    ):
        table.add_column(heading.said, overflow="fold", justify="left" if heading.en == "bucket" else "right")
    for name, row in rows.items():
        if row is None:
            table.add_row(name, Line(Text("not there", "không có").said, "bold red"))
            continue
        numbers = (row.objects, row.size, row.versions, row.kept, row.uploads)
        table.add_row(name, *(f"{number:,}" for number in numbers), _bar(row.share))
    Console().print(table)


def _bar(share: float | None) -> Line:
    if share is None:
        return Line(Text("no quota", "không có hạn mức").said, "dim")
    full = min(_BAR, round(share * _BAR))
    return Line(f"{'█' * full}{'░' * (_BAR - full)} {share:6.1%}", "red" if share >= _FULL else "green")


def print_rights(rows: Sequence[Standing], declared: Sequence[Declared]) -> None:
    words = {
        Decision.ALLOWED: Text("yes", "được"),
        Decision.PARTLY: Text("in part", "một phần"),
        Decision.REFUSED: Text("no", "không"),
    }
    console = Console()
    for bucket in declared:
        said = Text(
            f"{bucket.name}: {bucket.tenant}, level {bucket.level}, class {bucket.share_class}",
            f"{bucket.name}: {bucket.tenant}, cấp độ {bucket.level}, lớp chia sẻ {bucket.share_class}",
        )
        say(console, said, "bold")
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(Text("who", "ai").said, overflow="fold")
    for right in RIGHTS:
        table.add_column(right.words.said, overflow="fold")
    for row in rows:
        cells = []
        for right in RIGHTS:
            decision = row.computed[right.name]
            mark = {True: " ✓", None: ""}.get(row.tried.get(right.name), " ✓")
            style = "dim" if decision is Decision.REFUSED else "green" if decision is Decision.ALLOWED else "yellow"
            if right.name in row.surprises:
                mark, style = " ✗", "bold red"
            cells.append(Line(words[decision].said + mark, style))
        table.add_row(row.name or Line(Text("without a key", "không có khóa").said), *cells)
    console.print(table)
    said = Text("✓ tried, and so; ✗ tried, and otherwise", "✓ đã thử, đúng như vậy; ✗ đã thử, khác như vậy")
    say(console, said, "dim")
    if untried := [row.name for row in rows if row.untried]:
        shown = ", ".join(untried)
        say(console, Text(f"computed alone, no key at hand: {shown}", f"chỉ tính, không có khóa: {shown}"), "dim")
    for row in rows:
        for name in row.surprises:
            say(console, _surprise(row, name), "bold red")


def _surprise(row: Standing, right: str) -> Text:
    words = next(r.words for r in RIGHTS if r.name == right)
    who = Text(row.name, row.name) if row.name else Text("a reader without a key", "người không có khóa")
    if row.tried[right]:
        return Text(
            f"{who.en} could {words.en}, and no policy allows it",
            f"{who.vi} làm được việc {words.vi} dù không chính sách nào cho phép",
        )
    return Text(
        f"{who.en} could not {words.en}, though the policies allow it",
        f"{who.vi} không làm được việc {words.vi} dù chính sách cho phép",
    )


def standing(row: Standing) -> dict[str, Any]:
    return {
        "identity": row.name or None,
        "computed": {right: decision.name.lower() for right, decision in row.computed.items()},
        "tried": dict(row.tried),
        "surprises": list(row.surprises),
    }


def counted(row: Usage | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "objects": row.objects,
        "bytes": row.size,
        "versions": row.versions,
        "bytesKept": row.kept,
        "uploads": row.uploads,
        "quotaBytes": row.quota.bytes,
        "quotaObjects": row.quota.objects,
    }


def printable(key: str) -> str:
    """Return a key as a line of a terminal: a tenant may put anything into it."""
    return key if key.isprintable() else key.encode("unicode_escape").decode()


def say(console: Console, said: Text, style: str = "") -> None:
    console.print(said.said, style=style, markup=False, highlight=False, soft_wrap=True)
