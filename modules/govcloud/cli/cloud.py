"""`govcloud cloud check`: examine a cloud before it is used."""

from __future__ import annotations

import datetime
import json
from typing import Annotated

import typer
from rich.console import Console

from govcloud import country
from govcloud.cli import names
from govcloud.cli.at_hand import enter_cloud, tell
from govcloud.cli.examined import document, print_examination, stop_if_told
from govcloud.cli.looking import Looking
from govcloud.cli.options import CountryFolder, TextOrJson, country_folder
from govcloud.cli.selection import select
from govcloud.clouds.contexts import contexts
from govcloud.examination import memory, suite
from govcloud.examination.judgement import judge, state_of
from govcloud.examination.opening import opened
from govcloud.rules.capability import catalogue
from govcloud_base.errors import CloudError, GovCloudError, Text
from govcloud_base.interruption import Interruption

__all__ = ["app", "check"]

app = typer.Typer(help="Look at a cloud itself. / Xem xét chính đám mây.", no_args_is_help=True)
# A callback of its own keeps a lone command a subcommand.
app.callback()(lambda: None)


@app.command()
def check(
    name: Annotated[
        str, typer.Argument(autocompletion=names.clouds, help="The cloud, as declared. / Đám mây, như đã khai báo.")
    ],
    folder: CountryFolder = None,
    output: TextOrJson = "text",
) -> None:
    """Examine a cloud before it is used. / Kiểm tra đám mây trước khi sử dụng.

    Looks at what tenants' levels need: admission, name service, network policies, nodes, registry, volumes, object
    store, clocks and rights. It works with pods in namespaces of its own and leaves nothing behind; what it found is
    remembered for `govcloud up`, which refuses a tenant where something is lacking that its level needs. / Xem những gì
    cấp độ của các tenant cần: tiếp nhận, dịch vụ tên miền, chính sách mạng, nút, kho ảnh, ổ đĩa, kho đối tượng, đồng hồ
    và quyền. Lệnh dùng pod trong không gian riêng và không để lại gì; kết quả được ghi nhớ cho `govcloud up`, lệnh này
    từ chối tenant ở nơi thiếu những gì cấp độ của nó cần.

    Exits with 0 when all is there that the declared tenants need, with 1 when something lacks or could not be looked
    at, with 4 when the cloud cannot be reached, or something of the examination may be left there. / Trả về 0 khi có
    đủ những gì các tenant đã khai báo cần, 1 khi thiếu hoặc không xem được, 4 khi không tới được đám mây hoặc có thể
    còn đối tượng của lần kiểm tra ở đó.
    """
    now = datetime.datetime.now(datetime.UTC)
    declared = country.remembered(country_folder(folder)).on(datetime.date.today())
    console = Console()
    progress = Console(stderr=True)
    enter_cloud(progress)
    select(declared, [], contexts(), name).require()
    tell(progress, declared, [name])
    with Interruption() as interruption:
        site = opened(declared, declared.clouds[name], interruption.event)
        with Looking(progress, Text("Examining", "Đang kiểm tra"), len(suite.SUBJECTS)) as look:
            findings, remains = suite.run(site, lambda subject, seen: look(subject, state_of(seen)))
    stop_if_told(interruption, {name: remains})
    judged = judge(declared, name, catalogue(declared.law.folder), findings)
    cluster = memory.cluster_of(site.api)
    if cluster is not None:
        try:
            memory.keep(cluster, findings, now)
        except OSError:
            # Somebody without a folder of their own may examine as well; `up` then says that nothing is remembered.
            progress.print(Text("The result is not remembered.", "Kết quả không được ghi nhớ.").said, style="dim")
    if output == "json":
        told_document = document(declared, name, site.server, now, judged, [*remains.going, *remains.left])
        print(json.dumps(told_document, ensure_ascii=False, indent=1))
    else:
        print_examination(console, declared, judged)
    if remains.going:
        going = ", ".join(remains.going)
        said = Text(f"Still going away: {going}", f"Vẫn đang được xóa: {going}")
        progress.print(said.said, style="yellow", markup=False, soft_wrap=True)
    unread = [problem for problems in declared.unread.values() for problem in problems]
    if leftover := remains.problem(name):
        raise CloudError([leftover, *unread])
    if unread:
        raise GovCloudError(unread)
    if any(one.missed for one in judged):
        raise typer.Exit(1)
