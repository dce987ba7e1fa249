"""`govcloud verify`: examine the live cloud through the eyes of its auditor and of every tenant."""

from __future__ import annotations

import datetime
import enum
import itertools
import json
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from typing import Annotated

import typer
from rich.console import Console

from govcloud import country
from govcloud.audit.access import Access
from govcloud.audit.check import Check
from govcloud.audit.checks.flows import ports_in_use
from govcloud.audit.probe_pods import standing
from govcloud.audit.report import as_rows, overall
from govcloud.audit.result import CheckResult
from govcloud.audit.session import open_access
from govcloud.audit.suite import SUITE
from govcloud.audit.verdict import Verdict
from govcloud.cli import names
from govcloud.cli.at_hand import enter_cloud, tell
from govcloud.cli.options import CountryFolder, country_folder
from govcloud.cli.selection import select
from govcloud.clouds.contexts import contexts
from govcloud.country.suggestion import did_you_mean
from govcloud.providers.storage import strangers
from govcloud_base.errors import Problem, Text, UsageError, language

__all__ = ["verify"]

_COLOURS = {Verdict.PASS: "green", Verdict.FAIL: "bold red"}


class Format(enum.StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"


def verify(
    checks: Annotated[
        list[str] | None,
        typer.Argument(
            autocompletion=lambda: sorted(_known()),
            help="Ids of checks or controls; all by default. / Mã phép kiểm tra hoặc biện pháp; mặc định là tất cả.",
        ),
    ] = None,
    folder: CountryFolder = None,
    cloud: Annotated[
        str | None,
        typer.Option(
            autocompletion=names.clouds,
            help="Only this cloud; by default all in the kubeconfig. "
            "/ Chỉ đám mây này; mặc định là mọi đám mây trong kubeconfig.",
        ),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="Text or JSON. / Văn bản hoặc JSON.")] = Format.TEXT,
) -> None:
    """Examine the live cloud. / Kiểm tra đám mây đang chạy.

    Exits with 0 when every check passed, with 1 when one found a violation or could not look. / Trả về 0 khi mọi
    phép kiểm tra đạt, 1 khi có vi phạm hoặc không kiểm tra được.
    """
    console = Console(stderr=output is Format.JSON)
    today = datetime.date.today()
    declared = country.remembered(country_folder(folder)).on(today)
    chosen = _chosen(checks or [])
    enter_cloud(console)
    selection = select(declared, [], contexts(), cloud)
    found: dict[str, list[CheckResult]] = {}
    for name in sorted(selection.clouds):
        tell(console, declared, [name])
        neighbours = strangers.owners(declared, name)
        with closing(open_access(declared.within({name}), today, neighbours=neighbours)) as access:
            found[name] = _examined(console, chosen, access)
    results = [result for of_cloud in found.values() for result in of_cloud]
    verdict = overall(results)
    if output is Format.JSON:
        rows = [{"cloud": name, **row} for name, of_cloud in found.items() for row in as_rows(of_cloud)]
        print(json.dumps({"verdict": verdict, "results": rows}, ensure_ascii=False, indent=1))
    examined = sum(result.examined for result in results)
    said = Text(
        f"{len(results)} results of {len(chosen)} checks, {examined} things examined",
        f"{len(results)} kết quả của {len(chosen)} phép kiểm tra, đã xem {examined} mục",
    )
    console.print(f"{verdict.value}: {said.said}")
    if remark := selection.remark(declared):
        console.print(remark, style="dim", markup=False, highlight=False, soft_wrap=True)
    if verdict is not Verdict.PASS:
        raise typer.Exit(1)


def _examined(console: Console, checks: Sequence[Check], access: Access) -> list[CheckResult]:
    """Run the checks on one cloud, and show each result as it comes."""
    results: list[CheckResult] = []
    for on_nodes, checks_alike in itertools.groupby(checks, key=lambda check: check.node):
        with _probes(access) if on_nodes else nullcontext():
            for check in checks_alike:
                for subject in check.subjects(access):
                    with console.status(f"{check.id} [{subject}]"):
                        result = check(subject, access)
                    results.append(result)
                    _show(console, result)
    return results


def _probes(access: Access) -> AbstractContextManager[None]:
    """Keep one set of probe pods for the checks that follow one another and need them."""
    return standing(access.prober, access.run, access.namespaces(), ports_in_use(access.flows))


def _chosen(wanted: list[str]) -> tuple[Check, ...]:
    if not wanted:
        return SUITE
    known = _known()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise UsageError([_unknown(name, known) for name in unknown])
    return tuple(check for check in SUITE if {check.id, *check.controls} & set(wanted))


def _known() -> set[str]:
    return {name for check in SUITE for name in (check.id, *check.controls)}


def _unknown(name: str, known: set[str]) -> Problem:
    english, vietnamese = did_you_mean(name, known)
    return Problem(
        code="GC-AUDIT-003",
        message=Text(en="no such check or control", vi="không có phép kiểm tra hay biện pháp này"),
        fix=Text(english or "name one of those allowed", vietnamese or "chọn một tên trong danh sách cho phép"),
        value=name,
        allowed=", ".join(sorted(known)),
    )


def _show(console: Console, result: CheckResult) -> None:
    colour = _COLOURS.get(result.verdict, "yellow")
    head, _, rest = result.render(language()).partition("\n")
    console.print(f"[{colour}]{head.partition(' ')[0]}[/]", end=" ")
    console.print(head.partition(" ")[2], markup=False, highlight=False, soft_wrap=True)
    if rest:
        console.print(rest, markup=False, highlight=False, soft_wrap=True)
