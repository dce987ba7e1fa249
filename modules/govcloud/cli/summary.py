"""What a run of `govcloud up` leaves on the screen: what exists, what was looked at, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from govcloud import render
from govcloud.clouds.connection import Connections
from govcloud.country import Country
from govcloud.fleet.check import differences
from govcloud.fleet.drift import Difference
from govcloud.fleet.pulumi import Outcome
from govcloud.render import TenantManifests
from govcloud.stack import StackName
from govcloud_base.errors import GovCloudError, Language, Text, language

__all__ = ["print_summary"]

_COLUMNS: dict[Text, Literal["left", "right"]] = {
    Text("stack", "stack"): "left",
    Text("provisions", "dựng"): "left",
    Text("objects", "đối tượng"): "right",
    Text("buckets", "kho"): "right",
    Text("read back", "đọc lại"): "left",
}


def print_summary(
    console: Console,
    country: Country,
    chosen: Sequence[StackName],
    outcomes: Sequence[Outcome],
    connections: Connections,
) -> bool:
    """Print the table of stacks and the read-back of the live cloud; return whether all is well.

    "As declared" is said only of stacks of which all that the plan registers was read back from the live cloud after
    the run. Every difference that is left is named, and those that no run takes back say so.
    """
    ended = {outcome.stack: outcome for outcome in outcomes}
    title = Text("What exists", "Hiện có").said
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for heading, justify in _COLUMNS.items():
        table.add_column(heading.said, justify=justify, overflow="fold")
    left: list[Difference] = []
    clean = True
    for stack in chosen:
        rendered = render.stack(country, str(stack))
        buckets = len(rendered.buckets) if isinstance(rendered, TenantManifests) else 0
        outcome = ended.get(stack)
        if outcome is None:
            verdict = f"[yellow]{Text('not run', 'chưa chạy').said}[/]"
        elif not outcome.succeeded:
            verdict = f"[red]{Text('failed', 'thất bại').said}[/]"
        else:
            verdict, found = _read_back(country, stack, connections)
            left += found
        clean = clean and verdict.startswith("[green]")
        table.add_row(str(stack), _title(country, stack), str(len(rendered.manifests)), str(buckets or ""), verdict)
    console.print()
    console.print(table)
    for difference in left:
        console.print(f"  {difference.render(language())}", markup=False, highlight=False, soft_wrap=True)
    if persons := sum(difference.person for difference in left):
        word = Text(
            f"{persons} of them need a person: declare what is meant to be there, or remove it by hand",
            f"{persons} mục cần người quyết định: khai báo nếu đúng là cần, hoặc tự tay gỡ bỏ",
        )
        console.print(word.said, style="yellow", soft_wrap=True)
    return clean


def _read_back(country: Country, stack: StackName, connections: Connections) -> tuple[str, list[Difference]]:
    try:
        found = differences(country, stack, connections[country.cloud_of(str(stack))])
    except GovCloudError as error:
        return f"[red]{error.problems[0].message.said}[/]", []
    if found:
        return f"[red]{Text(f'{len(found)} differences', f'{len(found)} sai lệch').said}[/]", found
    return f"[green]{Text('as declared', 'đúng khai báo').said}[/]", found


def _title(country: Country, stack: StackName) -> str:
    """Return the name, for people, of what a stack provisions."""
    spec: Any = getattr(country.of_stack(str(stack)), "spec", None)
    title = getattr(spec, "title", None) or spec.purpose
    return str(title.vi if language() is Language.VI or not title.en else title.en)
