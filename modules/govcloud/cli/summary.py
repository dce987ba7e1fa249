"""What a run of `govcloud up` leaves on the screen: what exists, what was looked at, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from govcloud import render
from govcloud.country import Country
from govcloud.errors import GovCloudError, Language, Text, language
from govcloud.fleet.check import differences
from govcloud.fleet.drift import Difference
from govcloud.fleet.pulumi import Outcome
from govcloud.fleet.stack import StackName
from govcloud.render import TenantManifests

__all__ = ["print_summary"]


def print_summary(console: Console, country: Country, chosen: Sequence[StackName], outcomes: Sequence[Outcome]) -> bool:
    """Print the table of stacks and the read-back of the live cloud; return whether all is well.

    "As declared" is said only of stacks of which all that the plan registers was read back from the live cloud after
    the run. Every difference that is left is named, and those that no run takes back say so.
    """
    ended = {outcome.stack: outcome for outcome in outcomes}
    table = Table(title="What exists / Hiện có", title_justify="left", show_edge=False, pad_edge=False)
    for heading in ("stack", "provisions", "objects", "buckets", "read back"):
        table.add_column(heading, justify="right" if heading in ("objects", "buckets") else "left", overflow="fold")
    left: list[Difference] = []
    clean = True
    for stack in chosen:
        rendered = render.stack(country, str(stack))
        buckets = len(rendered.buckets) if isinstance(rendered, TenantManifests) else 0
        outcome = ended.get(stack)
        if outcome is None:
            verdict = "[yellow]not run[/]"
        elif not outcome.succeeded:
            verdict = "[red]failed[/]"
        else:
            verdict, found = _read_back(country, stack)
            left += found
        clean = clean and verdict.startswith("[green]")
        title = _title(country, stack)
        table.add_row(str(stack), title, str(len(rendered.manifests)), str(buckets or ""), verdict)
    console.print()
    console.print(table)
    for difference in left:
        console.print(f"  {difference}", markup=False, highlight=False, soft_wrap=True)
    if persons := sum(difference.person for difference in left):
        word = Text(
            f"{persons} of them need a person: declare what is meant to be there, or remove it by hand",
            f"{persons} mục cần người quyết định: khai báo nếu đúng là cần, hoặc tự tay gỡ bỏ",
        )
        console.print(word.in_language(language()), style="yellow", soft_wrap=True)
    return clean


def _read_back(country: Country, stack: StackName) -> tuple[str, list[Difference]]:
    try:
        found = differences(country, stack)
    except GovCloudError as error:
        return f"[red]{error.problems[0].message.in_language(Language.EN)}[/]", []
    return (f"[red]{len(found)} differences[/]" if found else "[green]as declared[/]"), found


def _title(country: Country, stack: StackName) -> str:
    """Return the name, for people, of what a stack provisions."""
    tables: dict[str, Mapping[str, Any]] = {
        "cluster": country.clouds,
        "tenant": country.tenants,
        "segment": country.segments,
        "platform": country.platforms,
    }
    spec = tables[stack.kind.value][stack.id].spec
    title = getattr(spec, "title", None) or spec.purpose
    return str(title.vi if language() is Language.VI or not title.en else title.en)
