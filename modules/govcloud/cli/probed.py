"""`govcloud storage probe`: find out by effect what the object store of a cloud can do, and keep it by the country."""

from __future__ import annotations

import datetime
import json
import sys
from typing import Annotated

import typer
from rich.console import Console

from govcloud import country
from govcloud.cli import names
from govcloud.cli.at_hand import enter_cloud
from govcloud.cli.options import CountryFolder, TextOrJson, country_folder
from govcloud.cli.selection import select
from govcloud_base.errors import CloudError, EnvironmentProblem, Problem, Text
from govcloud_base.interruption import Interruption

__all__ = ["probe"]


def probe(
    name: Annotated[
        str, typer.Argument(autocompletion=names.clouds, help="The cloud, as declared. / Đám mây, như đã khai báo.")
    ],
    folder: CountryFolder = None,
    output: TextOrJson = "text",
) -> None:
    """Find out what a cloud's object store can do. / Dò xem kho đối tượng của đám mây làm được gì.

    Tries each capability by its effect, in buckets and with identities of its own that go afterwards; what a probe left
    that was killed goes first. What it found is kept in `stores/CLOUD.json` beside the declarations, where `validate`
    and `review` refuse a tenant whose level or buckets need what lacks. / Thử từng năng lực bằng tác dụng thật, trong
    kho và danh tính riêng rồi xóa đi; những gì lượt dò bị ngắt để lại được dọn trước. Kết quả được ghi vào
    `stores/CLOUD.json` cạnh các khai báo; `validate` và `review` dựa vào đó để từ chối tenant có cấp độ hoặc kho cần
    năng lực còn thiếu.

    Exits with 0 when all is there that the declared tenants need, with 1 when something lacks or could not be tried,
    with 4 when the store cannot be reached, or something of the probe is left there. / Trả về 0 khi có đủ những gì
    tenant đã khai báo cần, 1 khi thiếu hoặc không thử được, 4 khi không tới được kho hoặc còn sót đối tượng ở đó.
    """
    from govcloud.cli.examined import document, print_examination
    from govcloud.cli.looking import Looking
    from govcloud.clouds.connection import Connection
    from govcloud.examination import store_table
    from govcloud.examination.judgement import judge
    from govcloud.providers.storage.trials import whole
    from govcloud.providers.storage.trials.catalogue import TRIALS
    from govcloud.rules.capability import STORES, catalogue

    declared = country.remembered(country_folder(folder)).on(datetime.date.today())
    progress = Console(stderr=True)
    select(declared, [], None, name)  # only to refuse a cloud that is not declared
    enter_cloud(progress, needed=False)
    connection = Connection(declared.clouds[name])
    store, server = connection.store, connection.store.endpoint.url
    said = Text(f"Cloud {name}: object store {server}", f"Đám mây {name}: kho đối tượng {server}")
    progress.print(said.said, style="dim", markup=False, highlight=False, soft_wrap=True)
    now = datetime.datetime.now(datetime.UTC)
    try:
        with (
            Interruption() as interruption,
            Looking(progress, Text("Probing", "Đang dò"), len(TRIALS)) as look,
        ):
            found = whole.run(
                store,
                TRIALS.values(),
                lambda trial, outcome: look(trial.title, store_table.STATES[outcome.verdict.value]),
                interruption.event,
            )
    except EnvironmentProblem as error:  # what this shell lacks for a cloud is that cloud being out of reach
        raise CloudError(error.problems) from error
    finally:
        connection.close()
    left = _left(name, found.left)
    if interruption.event.is_set():
        nothing = Text("stopped; nothing is left behind, no table written", "đã dừng; không để lại gì, không ghi bảng")
        some = Text(f"stopped; left: {', '.join(found.left)}", f"đã dừng; còn sót: {', '.join(found.left)}")
        print(f"\n{(some if left else nothing).said}", file=sys.stderr)
    interruption.check()
    spec = store_table.made(declared.clouds[name].spec.object_store.adapter, found, now)
    kept = _kept(declared, name, spec)
    judged = judge(declared, name, catalogue(declared.law.folder, STORES), store_table.findings(spec))
    if output == "json":
        told = document(declared, name, server, now, judged, found.left)
        told["table"] = spec.model_dump(by_alias=True, exclude_none=True)
        print(json.dumps(told, ensure_ascii=False, indent=1, default=float))
    else:
        print_examination(Console(), declared, judged)
    progress.print(kept.said, style="dim", markup=False, highlight=False, soft_wrap=True)
    if left:
        raise CloudError(left)
    if any(one.missed for one in judged):
        raise typer.Exit(1)


def _kept(declared: country.Country, name: str, spec: object) -> Text:
    from govcloud.examination import store_table
    from govcloud.model.store_table import StoreTableSpec
    from govcloud.refusal import refusal

    assert isinstance(spec, StoreTableSpec)
    try:
        file = store_table.write(declared, name, spec)
    except OSError as error:
        # Somebody who may not write there may look as well; `validate` then goes by the table before, if any.
        why = refusal(error)
        return Text(f"The table is not kept: {why.en}", f"Không ghi được bảng: {why.vi}")
    return Text(f"Kept in {file}", f"Đã ghi vào {file}")


def _left(cloud: str, names: tuple[str, ...]) -> list[Problem]:
    """Return what must be told as an error: what a probe made and could not remove."""
    if not names:
        return []
    again = f"`govcloud storage probe {cloud}`"
    return [
        Problem(
            code="GC-PROBE-006",
            message=Text(
                f"in the object store of {cloud} something of the probe is left",
                f"kho đối tượng của {cloud} còn sót đối tượng của lượt dò",
            ),
            value=", ".join(names),
            fix=Text(
                f"run {again} again later: it clears up first, and versions that a trial locked are free in seconds",
                f"chạy lại {again} sau: lệnh dọn trước, phiên bản do lượt thử khóa sẽ hết hạn sau vài giây",
            ),
        )
    ]
