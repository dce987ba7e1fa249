"""What a run of `govcloud up` leaves on the screen: what exists, what was looked at, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from govcloud import render
from govcloud.country import Country
from govcloud.errors import GovCloudError, Language, language
from govcloud.fleet.check import differences
from govcloud.fleet.pulumi import Outcome
from govcloud.fleet.stack import StackName
from govcloud.render import TenantManifests

__all__ = ["print_summary"]


def print_summary(console: Console, country: Country, chosen: Sequence[StackName], outcomes: Sequence[Outcome]) -> bool:
    """Print the table of stacks and the read-back of the live cloud; return whether all is well.

    "As declared" is said only of stacks whose objects were read back from the live cloud after the run and compared
    field by field with the declaration.
    """
    ended = {outcome.stack: outcome for outcome in outcomes}
    table = Table(title="What exists / Hiện có", title_justify="left", show_edge=False, pad_edge=False)
    for heading in ("stack", "provisions", "objects", "buckets", "read back"):
        table.add_column(heading, justify="right" if heading in ("objects", "buckets") else "left", overflow="fold")
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
            verdict = _read_back(country, stack)
        clean = clean and verdict.startswith("[green]")
        title = _title(country, stack)
        table.add_row(str(stack), title, str(len(rendered.manifests)), str(buckets or ""), verdict)
    console.print()
    console.print(table)
    return clean


def _read_back(country: Country, stack: StackName) -> str:
    try:
        found = differences(country, stack)
    except GovCloudError as error:
        return f"[red]{error.problems[0].message.in_language(Language.EN)}[/]"
    return f"[red]{len(found)} differences: {found[0]}[/]" if found else "[green]as declared[/]"


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
