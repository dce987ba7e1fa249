"""`govcloud verify`: examine the live cloud through the eyes of its auditor and of every tenant."""

from __future__ import annotations

import datetime
import itertools
import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
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
from govcloud.audit.verdict import Verdict, worst
from govcloud.cli import coverage, names
from govcloud.cli.at_hand import Connected, connect, enter_cloud, tell
from govcloud.cli.concerns import tenants_of
from govcloud.cli.options import CountryFolder, TextOrJson, country_folder
from govcloud.cli.selection import left_to, select
from govcloud.clouds.connection import Connection
from govcloud.clouds.contexts import contexts
from govcloud.country import Country
from govcloud.country.suggestion import did_you_mean
from govcloud.providers.storage import strangers
from govcloud_base.errors import CloudError, GovCloudError, Problem, Text, UsageError, language

__all__ = ["verify"]

_COLOURS = {Verdict.PASS: "green", Verdict.FAIL: "bold red"}


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
    tenant: Annotated[
        str | None,
        typer.Option(
            autocompletion=names.tenants, help="Only what concerns this tenant. / Chỉ những gì của tenant này."
        ),
    ] = None,
    agency: Annotated[
        str | None,
        typer.Option(
            autocompletion=names.agencies,
            help="Only what concerns the tenants of this agency and of all below it. "
            "/ Chỉ những gì của các tenant thuộc cơ quan này và cấp dưới.",
        ),
    ] = None,
    output: TextOrJson = "text",
) -> None:
    """Examine the live cloud. / Kiểm tra đám mây đang chạy.

    Exits with 0 when every check passed, with 1 when one found a violation or could not look, or a tenant is left out
    because a file of its cannot be read, with 4 when a cloud could not be reached; the others are examined all the
    same. / Trả về 0 khi mọi phép kiểm tra đạt, 1 khi có vi phạm, không kiểm tra được hoặc bỏ qua tenant vì không đọc
    được tệp của tenant đó, 4 khi có đám mây không tới được; phần còn lại vẫn được kiểm tra.
    """
    console = Console(stderr=output == "json")
    today = datetime.date.today()
    declared = country.remembered(country_folder(folder)).on(today)
    chosen = _chosen(checks or [])
    only = tenants_of(declared, agency, tenant) if tenant is not None or agency is not None else None
    enter_cloud(console)
    known = sorted((only or frozenset()) - declared.unread.keys())
    there = [t for t in known if cloud is None or declared.tenants[t].spec.cloud == cloud]
    selection = select(declared, [f"tenant.{name}" for name in there or known or only or ()], contexts(), cloud)
    with closing(connect(console, declared, selection)) as connected:
        parts = _all_examined(console, declared, today, connected, Examiner(chosen, only))
    lost = connected.lost | {name: part.problems for name, part in parts.items() if part.problems}
    refused = [problem for part in parts.values() for problem in part.refused]
    problems = [*selection.away, *(problem for found in lost.values() for problem in found), *refused]
    results = [result for part in parts.values() for result in part.results]
    blind = sorted(declared.unread if only is None else only & declared.unread.keys())
    unread = [problem for tenant in blind for problem in declared.unread[tenant]]
    verdict = worst([overall(results), Verdict.ERROR]) if problems or unread else overall(results)
    left = sum(part.left_out for part in parts.values())
    missed = coverage.unexamined(declared, selection, lost)
    if output == "json":
        said = {
            "verdict": verdict,
            "complete": not (missed or left or refused or unread or chosen != SUITE),
            "left_out": left,
            "unreached": sorted({*lost, *selection.beyond} - {*selection.left_out}),
            "unread": blind,
            "clouds": coverage.as_rows(declared, missed),
            "problems": [problem.as_dict() for problem in (*problems, *unread)],
            "results": [{"cloud": name, **row} for name, part in parts.items() for row in as_rows(part.results)],
        }
        print(json.dumps(said, ensure_ascii=False, indent=1))
    console.print(f"{verdict.value}: {_summed(results, len(chosen), left, len(missed)).said}", soft_wrap=True)
    if remark := selection.remark(declared):
        console.print(remark, style="dim", markup=False, highlight=False, soft_wrap=True)
    for name in blind:
        console.print(left_to(declared, name).said, markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise CloudError([*problems, *unread])
    if unread:
        raise GovCloudError(unread)
    if verdict is not Verdict.PASS:
        raise typer.Exit(1)


def _summed(results: Sequence[CheckResult], checks: int, left: int, clouds: int) -> Text:
    """Return the last line: how much was examined, and how much was not."""
    examined = sum(result.examined for result in results)
    said = [
        Text(
            f"{len(results)} results of {checks} checks, {examined} things examined",
            f"{len(results)} kết quả của {checks} phép kiểm tra, đã xem {examined} mục",
        )
    ]
    if left:
        said.append(
            Text(
                f"{left} subjects left out, of which nothing is said",
                f"bỏ qua {left} đối tượng, không kết luận gì về chúng",
            )
        )
    if clouds:
        said.append(
            Text(
                f"{clouds} declared clouds not examined, of which nothing is said",
                f"{clouds} đám mây đã khai báo chưa được xem, không kết luận gì về chúng",
            )
        )
    return Text.joined(said)


@dataclass
class Part:
    """What was found on one cloud."""

    results: list[CheckResult] = field(default_factory=list)
    left_out: int = 0
    """How many subjects were not examined, as nobody asked for them."""
    problems: tuple[Problem, ...] = ()
    """Why the cloud could not be examined."""
    refused: tuple[Problem, ...] = ()
    """Why tenants' identities could not be had without which some checks could not look."""


@dataclass(frozen=True)
class Examiner:
    """What is examined on every cloud: which checks, and of which tenants (None: of all, and the cloud itself)."""

    checks: tuple[Check, ...]
    tenants: frozenset[str] | None

    def concerns(self, subject: str) -> bool:
        """Return whether a subject, a tenant or a pair of tenants, was asked for."""
        return self.tenants is None or not self.tenants.isdisjoint(subject.split(" > "))

    def examine(self, access: Access, begin: Callable[[str], None], tell: Callable[[CheckResult], None]) -> Part:
        """Run the checks on one cloud; `begin` is told of each, `tell` of each result as it comes."""
        part = Part()
        for on_nodes, alike in itertools.groupby(self.checks, key=lambda check: check.node):
            planned = [(check, subject) for check in alike for subject in check.subjects(access)]
            wanted = [(check, subject) for check, subject in planned if self.concerns(subject)]
            part.left_out += len(planned) - len(wanted)
            with _probes(access) if on_nodes and wanted else nullcontext():
                for check, subject in wanted:
                    begin(f"{check.id} [{subject}]")
                    part.results.append(check(subject, access))
                    tell(part.results[-1])
        return part


def _all_examined(
    console: Console, declared: Country, today: datetime.date, connected: Connected, examiner: Examiner
) -> dict[str, Part]:
    """Examine all clouds that answer, at once. One by itself shows each result as it comes, several cloud by cloud."""
    answering = connected.answering()
    if not answering:
        return {}
    alone, telling = len(answering) == 1, threading.Lock()
    with console.status("") as status, ThreadPoolExecutor(max_workers=len(answering)) as pool:

        def on(connection: Connection) -> Part:
            name = connection.name
            neighbours, backups = strangers.owners(declared, name), strangers.backups(declared, name)
            try:
                access = open_access(declared.within({name}), today, connection, neighbours, backups)
            except GovCloudError as error:
                return Part(problems=error.problems)
            part = examiner.examine(
                access,
                lambda what: status.update(what if alone else f"{name}: {what}"),
                (lambda result: _show(console, result)) if alone else lambda result: None,
            )
            part.refused = tuple(access.refused)
            if not alone:
                with telling:
                    tell(console, declared, [name])
                    for result in part.results:
                        _show(console, result)
            return part

        return dict(zip((each.name for each in answering), pool.map(on, answering), strict=True))


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
