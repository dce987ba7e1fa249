"""`govcloud destroy`: the last step of off-boarding; refused for anything that is still in use."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from govcloud import country
from govcloud.cli import names
from govcloud.cli.at_hand import Connected, connect, enter_cloud
from govcloud.cli.options import CountryFolder, country_folder
from govcloud.cli.progress import FleetProgress
from govcloud.cli.selection import select
from govcloud.clouds.connection import Connections
from govcloud.clouds.contexts import contexts
from govcloud.country import Country
from govcloud.fleet.erasure import Erasure, Records, looked_again, looked_elsewhere
from govcloud.fleet.offboarding import empty_buckets, release_namespaces, require_removed
from govcloud.fleet.pulumi import Outcome, PulumiProject
from govcloud.fleet.runner import run
from govcloud.folders import project_of
from govcloud.report.signature import signing_key
from govcloud.stack import StackKind, StackName
from govcloud_base.errors import CloudError, Text

__all__ = ["destroy"]


def destroy(
    stacks: Annotated[
        list[str],
        typer.Argument(
            autocompletion=names.stacks,
            help="Stacks to delete, such as tenant.h41. / Các stack cần xóa, ví dụ tenant.h41.",
        ),
    ],
    record: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            metavar="DIR",
            help="Folder for records of what was erased, one a tenant. / Thư mục ghi biên bản xóa, mỗi tenant một tệp.",
        ),
    ] = None,
    folder: CountryFolder = None,
) -> None:
    """Delete stacks of tenants that are declared as removed. / Xóa stack của tenant đã được khai báo gỡ bỏ.

    With --record, what each bucket held, what was deleted and what the store says afterwards is written down, and
    signed with the key that GOVCLOUD_SIGNING_KEY names. / Với --record, những gì từng kho có, những gì đã xóa và trả
    lời của kho sau đó được ghi lại, và ký bằng khóa mà GOVCLOUD_SIGNING_KEY chỉ tới.
    """
    folder = country_folder(folder)
    records = Records(record, signing_key()) if record is not None else None
    declared = country.remembered(folder)
    require_removed(declared, select(declared, stacks, None).stacks)
    console = Console()
    enter_cloud(console)
    selection = select(declared, stacks, contexts()).require()
    os.environ["GOVCLOUD_COUNTRY"] = str(folder.resolve())
    with closing(connect(console, declared, selection)) as connected:
        outcomes = _destroyed(
            console, declared, PulumiProject(project_of(folder)), selection.stacks, connected, records
        )
    if unreached := connected.unexamined(selection):
        raise CloudError(unreached)
    if not all(outcome.succeeded for outcome in outcomes):
        raise typer.Exit(4)


def _destroyed(
    console: Console,
    declared: Country,
    project: PulumiProject,
    stacks: Sequence[StackName],
    connected: Connected,
    records: Records | None,
) -> list[Outcome]:
    """Delete the stacks on clouds that answer, one after the other, up to the first that fails."""
    outcomes: list[Outcome] = []

    def tell_of(done: Text) -> None:
        console.print(done.said, markup=False, highlight=False, soft_wrap=True)

    # What needs others goes first: the reverse of the order in which `up` runs.
    for stack in sorted(stacks, key=lambda s: list(StackKind).index(s.kind), reverse=True):
        cloud = declared.cloud_of(str(stack))
        if cloud in connected.silent:
            continue
        connection = connected.connections[cloud]
        if str(stack) not in project.existing():
            console.print(Text(f"{stack} does not exist", f"không có {stack}").said, highlight=False)
            continue
        with FleetProgress(console, 2) as progress:
            # The protection of namespaces and buckets is lifted by applying the declaration that says "removed".
            outcomes += run([stack], project.update, progress)
            if not outcomes[-1].succeeded:
                break
            erasure = None
            if stack.kind is StackKind.TENANT:
                keep = partial(_recorded, records, declared, cloud)
                erasure = empty_buckets(declared, stack.id, connection, tell_of, keep)
            release_namespaces(declared, stack, connection, tell_of)
            outcomes += run([stack], project.destroy, progress)
            if not outcomes[-1].succeeded:
                break
            if records is not None and erasure is not None:
                looked_again(erasure, connection.store, declared)
                with closing(Connections(declared.clouds, _with_copies(declared, stack.id))) as elsewhere:
                    looked_elsewhere(erasure, declared, lambda name: elsewhere[name].store)
                for copies in erasure.copies:
                    tell_of(copies.said())
                written = records.write(erasure, declared, cloud)
                tell_of(Text(f"{stack}: erased, recorded in {written}", f"{stack}: đã xóa, ghi trong {written}"))
        project.forget(stack)
    return outcomes


def _with_copies(declared: Country, tenant: str) -> set[str]:
    """Return the clouds on which a tenant's backups lie."""
    backup = declared.tenants[tenant].spec.storage.backup
    return {backup.cloud} & declared.clouds.keys() if backup else set()


def _recorded(records: Records | None, country: Country, cloud: str, erasure: Erasure) -> None:
    """Write down what is known of an erasure, where records are wanted."""
    if records is not None:
        records.write(erasure, country, cloud)
