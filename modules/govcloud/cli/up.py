"""`govcloud up`: provision stacks in the order in which they need each other, and say what came of it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console

from govcloud import rules
from govcloud.cli import names
from govcloud.cli.at_hand import Connected, connect, enter_cloud, known_contexts
from govcloud.cli.help import RARE
from govcloud.cli.options import CountryFolder, country_folder
from govcloud.cli.progress import FleetProgress
from govcloud.cli.selection import left_to, select
from govcloud.cli.summary import print_summary
from govcloud.clouds.connection import Connection
from govcloud.clouds.contexts import contexts
from govcloud.country import Country
from govcloud.examination import before
from govcloud.fleet.check import differences, repaired
from govcloud.fleet.growth import refuse_growth
from govcloud.fleet.pack import policy_pack
from govcloud.fleet.pulumi import Outcome, PulumiProject, Step
from govcloud.fleet.runner import run
from govcloud.folders import project_of
from govcloud.rules.budgets import in_doubt
from govcloud.rules.stores import unprobed
from govcloud.stack import StackName
from govcloud_base.errors import CloudError, GovCloudError, Problem

__all__ = ["up"]


def up(
    stacks: Annotated[
        list[str] | None,
        typer.Argument(
            autocompletion=names.stacks,
            help="Stacks to provision, such as tenant.h41; by default all of the clouds in the kubeconfig. "
            "/ Các stack cần dựng, ví dụ tenant.h41; mặc định là tất cả trên các đám mây có trong kubeconfig.",
        ),
    ] = None,
    cloud: Annotated[
        str | None,
        typer.Option(
            autocompletion=names.clouds, help="Only the stacks of this cloud. / Chỉ các stack của đám mây này."
        ),
    ] = None,
    folder: CountryFolder = None,
    parallel: Annotated[
        int, typer.Option(min=1, max=64, rich_help_panel=RARE, help="Stacks at once. / Số stack dựng cùng lúc.")
    ] = 2,
    policies: Annotated[
        bool,
        typer.Option(
            rich_help_panel=RARE, help="Run the policy pack over every plan. / Xét mọi kế hoạch bằng gói chính sách."
        ),
    ] = True,
    list_only: Annotated[
        bool, typer.Option("--list", help="List the stacks of the country and stop. / Liệt kê các stack rồi dừng.")
    ] = False,
) -> None:
    """Provision the country's stacks. / Dựng các stack của quốc gia.

    Judges all declarations first: an error stops all, a lapse (a waiver or trial that ran out, a review long overdue)
    only its own tenant, and so does a file of its own that cannot be read, or something that its level needs and its
    cloud lacks. Then refreshes the state of stacks that drifted, runs `pulumi up` on each stack, and ends with what
    exists and what was found when the live cloud was read back. / Trước hết xét mọi khai báo: lỗi thì dừng tất cả, quá
    hạn (miễn trừ, thời gian dùng thử, rà soát) thì chỉ dừng tenant đó, cũng như khi không đọc được tệp của chính tenant
    hoặc đám mây thiếu năng lực mà cấp độ của tenant cần. Sau đó đọc lại các stack đã bị sửa khác đi, chạy `pulumi up`
    cho từng stack, rồi cho biết đang có gì và tìm thấy gì khi đọc lại.
    """
    today, folder = datetime.date.today(), country_folder(folder)
    country, problems = rules.judged(folder, today)
    lapses = rules.lapses(problems)
    declared = rules.passed(country, [p for p in problems if p.scope not in lapses], today)
    console = Console()
    if list_only:
        for stack in select(declared, stacks or [], known_contexts(), cloud).require().stacks:
            print(stack)
        return
    asked = {declared.tenant_of(stack) for stack in stacks or []}
    if refused := [p for tenant, found in lapses.items() if tenant in asked for p in found]:
        raise GovCloudError(refused)
    enter_cloud(console)
    selection = select(declared, stacks or [], contexts(), cloud).require()
    os.environ["GOVCLOUD_COUNTRY"] = str(folder.resolve())
    with closing(connect(console, declared, selection)) as connected:
        lacks = _lacking(console, declared, connected)
        if refused := [p for tenant, found in lacks.items() if tenant in asked for p in found]:
            raise GovCloudError(refused)
        reasons = {tenant: [*lapses.get(tenant, ()), *lacks.get(tenant, ())] for tenant in {*lapses, *lacks}}
        chosen, stopped = selection.parted(declared, reasons)
        project = PulumiProject(project_of(folder), [policy_pack()] if policies else [])
        near = [stack for stack in chosen if declared.cloud_of(str(stack)) not in connected.silent]
        project.ensure(near)
        connections, doubtful = connected.connections, in_doubt(declared)

        def action(stack: StackName, follow: Callable[[Step], None]) -> Outcome:
            still = declared.tenant_of(str(stack)) in doubtful
            return _one(declared, project, stack, connections[declared.cloud_of(str(stack))], follow, still=still)

        with FleetProgress(console, len(near)) as progress:
            outcomes = run(near, action, progress, parallel=parallel, cloud_of=declared.cloud_of)
        clean = print_summary(console, declared, near, outcomes, connections) if near else True
    if remark := selection.remark(declared):
        console.print(remark, style="dim", markup=False, highlight=False, soft_wrap=True)
    for tenant in stopped:
        console.print(left_to(declared, tenant).said, markup=False, highlight=False, soft_wrap=True)
    if unreached := connected.unexamined(selection):
        raise CloudError(unreached)
    if not clean or len(outcomes) < len(chosen):
        raise typer.Exit(4)
    if stopped:
        raise GovCloudError([p for tenant in stopped for p in reasons[tenant]])


def _lacking(console: Console, declared: Country, connected: Connected) -> dict[str, list[Problem]]:
    """Return the tenants that are refused, by name, for what their clouds lack; say which clouds were not examined.

    A cloud that does not answer refuses nobody here: it is told of at the end. Raises GovCloudError where a cluster's
    policies would shut the platform out.
    """
    looked = [before.look(each.platform, declared, each.cloud) for each in connected.answering()]
    known = [one for one in looked if one is not None]
    if outsiders := before.outsiders(known):
        raise GovCloudError(outsiders)
    for one in known:
        for remark in filter(None, (one.remark(datetime.datetime.now(datetime.UTC)), unprobed(declared, one.cloud))):
            console.print(remark.said, style="dim", markup=False, highlight=False, soft_wrap=True)
    return before.problems(declared, known)


def _one(
    declared: Country,
    project: PulumiProject,
    stack: StackName,
    connection: Connection,
    follow: Callable[[Step], None],
    *,
    still: bool,
) -> Outcome:
    """Bring one stack up; where the live cloud differs from the declaration, Pulumi looks at it first.

    One that stands `still` may get no more than it has (:mod:`govcloud.fleet.growth`). What Pulumi cannot take back,
    because others own it, is taken back afterwards: before, nobody could tell somebody's change from one that is
    declared and was not yet judged by the policies.
    """
    found = differences(declared, stack, connection)
    if still:
        refuse_growth(stack, found)
    drifted = any(not difference.person for difference in found)
    outcome = project.up(stack, follow, refresh=drifted)
    if not (drifted and outcome.succeeded):
        return outcome
    outcome.notes = tuple(text.said for text in repaired(declared, stack, connection))
    if outcome.notes:
        # Pulumi saw what has gone since.
        seen = project.update(stack, follow, refresh=True)
        outcome.succeeded, outcome.messages = seen.succeeded, seen.messages
    return outcome
