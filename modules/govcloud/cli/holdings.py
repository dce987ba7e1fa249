"""`govcloud storage ls|usage|who-can`: what lies in the stores, how full they are, who can do what."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from govcloud import country
from govcloud.cli import names
from govcloud.cli.at_hand import enter_cloud
from govcloud.cli.options import CountryFolder, TextOrJson, country_folder
from govcloud.country import Country
from govcloud.holdings.place import Meant, identities, meant, not_a_bucket
from govcloud_base.errors import CloudError, Text, UsageError

if TYPE_CHECKING:
    from govcloud.clouds.connection import Connection
    from govcloud.holdings.contents import Usage
    from govcloud.providers.storage.endpoint import AccessKey

__all__ = ["delivered", "list_holdings", "usage", "who_can"]

_MOST = 1000
"""Objects that are listed where nobody asks for more."""

Where = Annotated[
    str,
    typer.Argument(
        autocompletion=names.tenants,
        help="A cloud, a tenant, or a bucket as the store calls it. / Đám mây, tenant, hoặc tên kho.",
    ),
]
OnCloud = Annotated[
    str | None,
    typer.Option("--cloud", autocompletion=names.clouds, help="Where to look for a bucket. / Đám mây nơi tìm kho đó."),
]


def list_holdings(
    where: Where,
    cloud: OnCloud = None,
    most: Annotated[
        int, typer.Option("--most", min=1, help="Most objects that are listed. / Số đối tượng tối đa liệt kê.")
    ] = _MOST,
    folder: CountryFolder = None,
    output: TextOrJson = "text",
) -> None:
    """List the buckets of a cloud or tenant, or the objects of a bucket. / Liệt kê các kho, hoặc đối tượng trong kho.

    `BUCKET/PREFIX` lists the objects whose keys begin so. / `BUCKET/PREFIX` liệt kê đối tượng có khóa bắt đầu như vậy.
    """
    with _opened(folder, where, cloud) as (declared, found, connection):
        if found.bucket is not None:
            _list_objects(found, connection, most, output)
        else:
            _list_buckets(found, connection, output)
    _require_whole(declared, where)


def usage(where: Where, cloud: OnCloud = None, folder: CountryFolder = None, output: TextOrJson = "text") -> None:
    """Say how full buckets are, all versions counted. / Cho biết các kho đầy đến đâu, tính cả mọi phiên bản.

    Reads each bucket to its end: a large one takes its time. / Đọc từng kho đến hết: kho lớn cần thời gian.
    """
    from govcloud.cli.held import counted, print_usage
    from govcloud.holdings import contents

    with _opened(folder, where, cloud) as (declared, found, connection):
        chosen = [found.bucket] if found.bucket is not None else [bucket.name for bucket in found.buckets]
        rows: dict[str, Usage | None] = {}
        with _telling(len(chosen)) as tell:
            for number, name in enumerate(chosen):
                there = connection.store.exists(name)
                rows[name] = contents.usage(connection.store, name, _seen(tell, number, name)) if there else None
    if output == "json":
        print(json.dumps({name: counted(row) for name, row in rows.items()}, indent=1))
    else:
        print_usage(rows)
    _require_whole(declared, where)
    if None in rows.values():
        raise typer.Exit(1)


def who_can(
    bucket: Annotated[str, typer.Argument(help="A bucket, as the store calls it. / Tên kho.")],
    cloud: OnCloud = None,
    folder: CountryFolder = None,
    output: TextOrJson = "text",
) -> None:
    """Say who can do what with a bucket: computed, then tried. / Ai làm được gì với kho: tính ra, rồi thử.

    What policies say is computed for everybody whom the store knows; with the keys that were delivered to tenants, and
    without any key, it is tried as well. Trying leaves nothing. / Quyền của mọi danh tính được tính từ chính sách; với
    khóa đã giao cho tenant, và khi không có khóa, quyền còn được thử thật. Việc thử không để lại gì.

    Exits with 1 where the store does otherwise than its policies say, with 4 where the store or the bucket is not to be
    had. / Trả về 1 khi kho làm khác chính sách, 4 khi không tới được kho.
    """
    from govcloud.cli.held import print_rights, standing
    from govcloud.holdings import rights
    from govcloud.providers.storage import problems

    with _opened(folder, bucket, cloud) as (declared, found, connection):
        if found.bucket is None:
            raise UsageError(not_a_bucket(bucket))
        if not connection.store.exists(found.bucket):
            raise CloudError(problems.bucket_gone(found.bucket))
        keys = delivered(declared, connection)
        rows = list(rights.standings(connection.store, connection.stored(), found.bucket, keys))
    if output == "json":
        print(json.dumps([standing(row) for row in rows], ensure_ascii=False, indent=1))
    else:
        print_rights(rows, found.buckets)
    if any(row.surprises for row in rows):
        raise typer.Exit(1)


def _require_whole(declared: Country, where: str) -> None:
    """Refuse to end well where a cloud was looked at, and of some tenants, who may lie there, nothing is known."""
    if where in declared.clouds:
        declared.require_read(*declared.unread)


@contextmanager
def _opened(folder: Any, word: str, cloud: str | None) -> Iterator[tuple[Country, Meant, Connection]]:
    """Find what is meant, and connect to its cloud."""
    from govcloud.clouds.connection import Connection

    declared = country.remembered(country_folder(folder))
    found = meant(declared, word, cloud)
    enter_cloud(Console(stderr=True), needed=False)
    connection = Connection(declared.clouds[found.cloud])
    try:
        yield declared, found, connection
    finally:
        connection.close()


def delivered(declared: Country, connection: Connection) -> Callable[[str], AccessKey | None]:
    """Return what finds the key that was delivered to an identity: none where its Secret cannot be read."""
    from govcloud.clouds.request import Request, resource
    from govcloud.providers.storage import delivery

    targets = {identity.name: identity.secret for identity in identities(declared, connection.name)}

    def key_of(name: str) -> AccessKey | None:
        if (target := targets.get(name)) is None:
            return None
        try:
            answer = connection.platform.send(Request("GET", resource("", "secrets", target.name, target.namespace)))
        except CloudError:
            return None
        return delivery.pair(answer.json()) if answer.ok else None

    return key_of


def _list_objects(found: Meant, connection: Connection, most: int, output: str) -> None:
    from govcloud.cli.held import printable, say
    from govcloud.holdings import contents

    assert found.bucket is not None
    console = Console(stderr=True)
    for number, item in enumerate(contents.items(connection.store, found.bucket, found.prefix)):
        if number == most:
            say(console, Text(f"the first {most} alone; --most lists more", f"chỉ {most} đầu tiên; dùng --most"), "dim")
            break
        when = item.modified.isoformat(timespec="seconds")
        if output == "json":
            print(json.dumps({"key": item.key, "size": item.size, "modified": when}, ensure_ascii=False))
        else:
            print(f"{when}  {item.size:>14,}  {printable(item.key)}")


def _list_buckets(found: Meant, connection: Connection, output: str) -> None:
    there = connection.stored().buckets
    rows = [
        {
            "bucket": bucket.name,
            "tenant": bucket.tenant,
            "class": bucket.share_class,
            "level": bucket.level,
            "there": bucket.name in there,
        }
        for bucket in found.buckets
    ]
    if output == "json":
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table(show_edge=False, pad_edge=False)
    for heading in (
        Text("bucket", "kho"),
        Text("tenant", "tenant"),
        Text("class", "lớp chia sẻ"),
        Text("level", "cấp độ"),
        Text("in the store", "trong kho"),
    ):
        table.add_column(heading.said, overflow="fold")
    for row in rows:
        state = Line(Text("yes", "có").said, "green") if row["there"] else Line(Text("NO", "KHÔNG").said, "bold red")
        table.add_row(str(row["bucket"]), str(row["tenant"]), str(row["class"]), str(row["level"]), state)
    Console().print(table)


@contextmanager
def _telling(total: int) -> Iterator[Callable[[Text], None]]:
    """Yield what shows how far one is, on a terminal alone."""
    console = Console(stderr=True)
    with console.status(Text(f"Reading {total} buckets", f"Đang đọc {total} kho").said) as status:
        yield (lambda said: status.update(said.said)) if console.is_terminal else (lambda said: None)


def _seen(tell: Callable[[Text], None], number: int, name: str) -> Callable[[int], None]:
    return lambda seen: tell(Text(f"[{number + 1}] {name}: {seen:,} seen", f"[{number + 1}] {name}: đã đọc {seen:,}"))
