"""`govcloud images`: the project's own images, built reproducibly, sent to the clouds' registries, checked there."""

from __future__ import annotations

import datetime
import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from govcloud import country as countries
from govcloud.cli import names
from govcloud.cli.options import CountryFolder, TextOrJson, country_folder
from govcloud.country import Country
from govcloud.country.image import references
from govcloud_base.errors import CloudError, GovCloudError, Problem, Text, UsageError
from govcloud_base.interruption import Interruption
from govcloud_base.user_folders import cache_folder

if TYPE_CHECKING:
    from govcloud.examination.remains import Remains
    from govcloud.images.check import Seen

__all__ = ["app"]

app = typer.Typer(
    help="Build, push and check the project's own images. / Tạo, đẩy và kiểm tra các ảnh của dự án.",
    no_args_is_help=True,
)
_PATIENCE = 2.0
"""Seconds after which one is told how far it is."""
_OFTEN = 0.5

Clouds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CLOUD",
        autocompletion=names.clouds,
        help="Clouds; by default the only one that declares images. / Đám mây; mặc định là nơi duy nhất khai báo ảnh.",
    ),
]


@app.command("list")
def list_images(folder: CountryFolder = None, output: TextOrJson = "text") -> None:
    """List the references by which clouds run images. / Liệt kê tham chiếu ảnh mà các đám mây chạy."""
    country = _country(folder)
    found = {name: references(country, name) for name in country.clouds}
    if output == "json":
        print(json.dumps(found, indent=2))
        return
    for cloud, known in found.items():
        for reference in known.values():
            print(f"{cloud}  {reference}")
        if not known:
            print(f"{cloud}  {Text('declares no images', 'không khai báo ảnh').said}")


@app.command()
def build(
    folder: CountryFolder = None,
    update: Annotated[
        bool,
        typer.Option(
            "--update",
            help="Of the newest packages, not of those that are locked. / Từ gói mới nhất, không theo bảng khóa.",
        ),
    ] = False,
) -> None:
    """Build every image, and lock what came of it. / Tạo mọi ảnh và ghi vào bảng khóa.

    The same packages make the same image, byte by byte. / Cùng các gói thì ảnh giống nhau từng byte.
    """
    from govcloud.images.supply import build_locked

    console = Console(stderr=True)
    country = _country(folder)
    file, text, found = build_locked(country, cache_folder(), lambda said: _tell(console, said), update=update)
    before = file.read_bytes() if file.is_file() else None
    if text.encode() != before:
        file.write_bytes(text.encode())
    for name, image in found.items():
        print(f"{name}  {image.digest}  {image.architecture}")
    _tell(
        console,
        Text(f"{file} is as it was", f"{file} không đổi")
        if text.encode() == before
        else Text(
            f"{file} is written: review it, and push the images", f"đã ghi {file}: hãy duyệt rồi đẩy ảnh lên kho"
        ),
    )


@app.command()
def push(clouds: Clouds = None, folder: CountryFolder = None) -> None:
    """Send locked images to the clouds' registries. / Đẩy các ảnh đã khóa lên kho ảnh của các đám mây.

    Only what a registry lacks is sent; after a broken connection it goes on. User and password come from the file that
    images.credentialsFrom names, or from ~/.docker/config.json, or from the helper that it names. / Chỉ gửi phần kho
    còn thiếu; mất kết nối thì gửi tiếp. Tên và mật khẩu lấy từ tệp mà images.credentialsFrom chỉ, hoặc từ
    ~/.docker/config.json, hoặc từ chương trình giữ mật khẩu mà tệp đó nêu.
    """
    from govcloud.cli.at_hand import enter_cloud
    from govcloud.images.supply import send

    console = Console(stderr=True)
    enter_cloud(console, needed=False)  # first: what this machine's own cloud holds is known only then
    country = _country(folder)
    problems: list[Problem] = []
    for cloud in _chosen(country, clouds):
        try:
            for sent in send(country, cloud, cache_folder(), lambda said: _tell(console, said), _Line):
                said = (
                    Text(f"{sent.size:,} bytes sent", f"đã gửi {sent.size:,} byte")
                    if sent.size
                    else Text("was there", "đã có sẵn")
                )
                print(f"{cloud}  {sent.reference}  {said.said}")
        except CloudError as error:
            problems += error.problems
    if problems:
        raise CloudError(problems)


@app.command()
def check(
    clouds: Clouds = None,
    folder: CountryFolder = None,
    outside: Annotated[
        bool,
        typer.Option(
            "--registry-only",
            help="Ask the registries alone, no node of a cluster. / Chỉ hỏi các kho ảnh, không hỏi nút của cụm.",
        ),
    ] = False,
    output: TextOrJson = "text",
) -> None:
    """See that registries hold the images and that a node runs them. / Kiểm tra kho có ảnh và nút chạy được ảnh.

    In each cluster a namespace is made for it, and taken away again. Exits with 1 where an image is missing, with 4
    where a registry or a cluster cannot be reached; the others are looked at all the same. / Ở mỗi cụm, một namespace
    riêng được tạo rồi xóa. Trả về 1 khi thiếu ảnh, 4 khi không tới được kho ảnh hoặc cụm; các nơi khác vẫn được xem.
    """
    from govcloud.cli.at_hand import enter_cloud
    from govcloud.cli.examined import stop_if_told
    from govcloud.images.check import Seen, held

    console = Console(stderr=True)
    enter_cloud(console, needed=not outside)  # first: what this machine's own cloud holds is known only then
    country = _country(folder)
    found: dict[str, list[Seen]] = {}
    failed: list[GovCloudError] = []
    remains: dict[str, Remains] = {}
    with Interruption() as interruption:
        for cloud in _chosen(country, clouds):
            declared = country.clouds[cloud].spec.images
            assert declared is not None
            ways = [held(declared, references(country, cloud))]
            if not outside:
                ways.append(_inside(console, country, cloud, interruption.event, remains))
            rows = found[cloud] = []
            for way in ways:  # what cannot be seen from here may be seen from within, and the other way round
                try:
                    rows.extend(() if interruption.event.is_set() else way)
                except GovCloudError as error:
                    failed.append(error)
                    rows.extend(Seen(cloud, False, problem.message) for problem in error.problems)
    stop_if_told(interruption, remains)
    if output == "json":
        print(json.dumps({cloud: [asdict(row) for row in rows] for cloud, rows in found.items()}, indent=2))
    else:
        for cloud, rows in found.items():
            for row in rows:
                print(f"{'✓' if row.ok else '✗'} {cloud}  {row.reference}  {row.said.said}")
    failed += [CloudError(problem) for cloud, left in remains.items() if (problem := left.problem(cloud))]
    if failed:
        worst = max(failed, key=lambda error: error.exit_code)
        raise type(worst)([problem for error in failed for problem in error.problems])
    if not all(row.ok for rows in found.values() for row in rows):
        raise typer.Exit(1)


def _inside(
    console: Console, country: Country, cloud: str, stopped: threading.Event, remains: dict[str, Remains]
) -> Iterator[Seen]:
    """Yield what a node of a cloud makes of each image; put into `remains` what had not gone at the end."""
    from govcloud.cli.at_hand import tell
    from govcloud.cli.selection import select
    from govcloud.clouds.connection import Connection
    from govcloud.clouds.contexts import contexts
    from govcloud.examination.ground import OPEN, Ground, sweep
    from govcloud.examination.patience import Patience
    from govcloud.examination.pulled import pulled
    from govcloud.examination.reach import answering

    select(country, [], contexts(), cloud).require()
    tell(console, country, [cloud])
    declared = country.clouds[cloud]
    assert declared.spec.images is not None
    api = answering(Connection(declared))
    sweep(api)
    ground = Ground(api, Patience(stopped), (OPEN,))
    try:
        yield from pulled(ground, declared.spec.images, country, references(country, cloud))
    finally:
        ground.remove()
        remains[cloud] = ground.remains()


def _country(folder: CountryFolder) -> Country:
    return countries.remembered(country_folder(folder)).on(datetime.date.today())


def _chosen(country: Country, clouds: list[str] | None) -> list[str]:
    """Return the clouds that are meant. Raises UsageError where one is not declared or declares no images."""
    declaring = [name for name, cloud in country.clouds.items() if cloud.spec.images is not None]
    wrong = [name for name in clouds or () if name not in declaring]
    if not wrong and (clouds or len(declaring) == 1):
        return list(clouds or declaring)
    raise UsageError(
        [
            Problem(
                "GC-IMAGE-007",
                Text("no cloud of this name declares images", "không có đám mây nào tên này khai báo ảnh")
                if wrong
                else Text("say which clouds are meant", "hãy nêu rõ đám mây nào"),
                Text("name a cloud that declares images", "nêu một đám mây có khai báo `images`"),
                value=name or None,
                allowed=", ".join(declaring) or None,
            )
            for name in (wrong or ("",))
        ]
    )


def _tell(console: Console, said: Text) -> None:
    console.print(said.said, style="dim", markup=False, highlight=False, soft_wrap=True)


class _Line:
    """A line on the terminal that says how far an upload is, once it takes longer than one waits without asking."""

    def __init__(self, reference: str) -> None:
        self._name = reference.rpartition("/")[2].partition("@")[0]
        self._begun = self._told = time.monotonic()

    def __call__(self, sent: int, total: int) -> None:
        now = time.monotonic()
        if now - self._begun >= _PATIENCE and (now - self._told >= _OFTEN or sent == total):
            self._told = now
            share = 100 * sent // total
            said = Text(f"{self._name}: {share} % of {total:,} bytes", f"{self._name}: {share} % của {total:,} byte")
            print(said.said, file=sys.stderr)
