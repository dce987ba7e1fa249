"""`govcloud storage let-read`: the platform's right to read what tenants wrote, where a store asks for one."""

from __future__ import annotations

import datetime
from typing import Annotated

import typer
from rich.console import Console

from govcloud import country
from govcloud.cli import names
from govcloud.cli.at_hand import enter_cloud
from govcloud.cli.options import CountryFolder, country_folder
from govcloud.cli.selection import select
from govcloud.model.names import country_prefix
from govcloud_base.errors import CloudError, EnvironmentProblem, Text

__all__ = ["let_read"]

_SAID = {
    True: Text("the platform reads what tenants wrote", "nền tảng đọc được những gì tenant đã ghi"),
    False: Text("the platform has no such right", "nền tảng không có quyền này"),
    None: Text("this store asks for no such right", "kho này không cần quyền như vậy"),
}


def let_read(
    name: Annotated[
        str, typer.Argument(autocompletion=names.clouds, help="The cloud, as declared. / Đám mây, như đã khai báo.")
    ],
    revoke: Annotated[bool, typer.Option("--revoke", help="Take the right back. / Thu hồi quyền này.")] = False,
    folder: CountryFolder = None,
) -> None:
    """Let the platform's user read what tenants wrote. / Cho người dùng của nền tảng đọc những gì tenant đã ghi.

    On Ceph RGW an object is of who wrote it, and whoever provisions the store reads none: `backup`, `export` and
    `migrate` need this right there. On other stores nothing is changed. / Trên Ceph RGW, đối tượng thuộc về người đã
    ghi, và bên vận hành nền tảng không đọc được: `backup`, `export` và `migrate` cần quyền này ở đó. Trên các kho khác
    không có gì thay đổi.
    """
    from govcloud.clouds.connection import Connection

    declared = country.remembered(country_folder(folder)).on(datetime.date.today())
    select(declared, [], None, name)  # only to refuse a cloud that is not declared
    enter_cloud(Console(stderr=True), needed=False)
    connection = Connection(declared.clouds[name])
    try:
        asked = connection.store.adapter.let_read(None if revoke else country_prefix(declared.name))
    except EnvironmentProblem as error:  # what this shell lacks for a cloud is that cloud being out of reach
        raise CloudError(error.problems) from error
    finally:
        connection.close()
    print(f"{name}: {_SAID[not revoke if asked else None].said}")
