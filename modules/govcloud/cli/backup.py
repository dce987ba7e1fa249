"""`govcloud backup`: copies of a tenant's buckets on a second cloud, and the way back."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.filesize import decimal

from govcloud.cli import names
from govcloud.cli.backing import Work, about, bar, count_ahead, moment, one_or_all, row, said_of, shown, which, work
from govcloud.cli.options import CountryFolder, TextOrJson
from govcloud_base.errors import GovCloudError, Text, UsageError

if TYPE_CHECKING:
    from govcloud.backup.manifest import Head
    from govcloud.backup.places import Place

__all__ = ["app", "list_", "prepare", "restore", "run", "verify"]

app = typer.Typer(
    help="Copy buckets to a second cloud, and bring them back. / Sao lưu các kho sang đám mây thứ hai và khôi phục.",
    no_args_is_help=True,
)

Tenant = Annotated[
    str, typer.Argument(autocompletion=names.tenants, help="The tenant, as declared. / Tenant, như đã khai báo.")
]
Labels = Annotated[
    list[str] | None,
    typer.Option("--bucket", metavar="NAME", help="Only this bucket; repeatable. / Chỉ kho này; có thể lặp lại."),
]
EnvironmentName = Annotated[
    str | None, typer.Option("--environment", metavar="NAME", help="Only this environment. / Chỉ môi trường này.")
]
Time = Annotated[
    datetime.datetime | None,
    typer.Option(
        "--at",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
        help="As of this time, by this machine's clock unless it says its zone; by default the last backup. "
        "/ Tại thời điểm này, theo giờ của máy nếu không nêu múi giờ; mặc định là bản cuối.",
    ),
]


@app.command()
def run(
    tenant: Annotated[
        str | None,
        typer.Argument(autocompletion=names.tenants, help="The tenant, as declared. / Tenant, như đã khai báo."),
    ] = None,
    labels: Labels = None,
    environment: EnvironmentName = None,
    whole: Annotated[
        bool,
        typer.Option("--whole", help="Copy all anew, also what is known. / Sao chép lại toàn bộ, kể cả phần đã có."),
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Of all tenants of the country. / Của mọi tenant trong quốc gia.")
    ] = False,
    due: Annotated[
        bool,
        typer.Option(
            "--due",
            help="Only buckets whose last backup is older than their file allows: for a timer. "
            "/ Chỉ các kho có bản sao lưu cuối đã cũ hơn mức tệp cho phép: dành cho bộ hẹn giờ.",
        ),
    ] = False,
    folder: CountryFolder = None,
    output: TextOrJson = "text",
) -> None:
    """Back up what is new since the last time. / Sao lưu những gì mới so với lần trước.

    Content flows from one store into the other, over TLS, and touches no disk. A run that was stopped, however it was,
    is gone on with by the next. Where GOVCLOUD_BACKUP_KEY names a file with a key, the manifests are sealed by it. /
    Dữ liệu chảy thẳng từ kho này sang kho kia qua TLS, không qua đĩa. Lần chạy bị dừng, dù vì lý do gì, được lần sau
    tiếp tục. Nếu GOVCLOUD_BACKUP_KEY trỏ tới tệp chứa khóa, các bản kê được niêm phong bằng khóa đó.

    Exits with 1 when an object could not be copied, with 4 when a store refuses or is out of reach; the other buckets
    are backed up all the same. / Trả về 1 khi có đối tượng không sao chép được, 4 khi kho từ chối hoặc không tới được;
    các kho khác vẫn được sao lưu.
    """
    from govcloud.backup.listing import found, is_versioned
    from govcloud.backup.problems import not_copied
    from govcloud.backup.run import back_up
    from govcloud.backup.schedule import due_at, last_whole

    if everything == (tenant is not None) or (everything and (labels or environment)):
        raise UsageError(one_or_all())

    def one(here: Work, place: Place) -> Head | None:
        source, vault = here.backing.source(place), here.vault(place)
        if due:
            last = last_whole(vault)
            then = due_at(place.every, last.began if last else None)
            if then is not None and datetime.datetime.now(datetime.UTC) < then:
                if output == "text":
                    print(f"{place}: {Text('due from', 'đến hạn từ').said} {then.isoformat(timespec='seconds')}")
                return None
        with bar(here.console, place, "backing up", "sao lưu") as progress:
            if progress.watched:
                count_ahead(
                    progress, lambda: found(source.s3, source.bucket, versioned=is_versioned(source.s3, source.bucket))
                )
            head = back_up(
                source,
                vault,
                now=datetime.datetime.now(datetime.UTC),
                stop=here.stop,
                whole=whole,
                told=progress,
                failed=lambda found, error: here.note(place, not_copied(place.bucket, found.key, error)),
            )
        if output == "text":
            print(said_of(place, head))
        return head

    action = Text("backing up {}", "việc sao lưu {}")
    stopped = Text("stopped; the next run goes on there", "đã dừng; lần chạy sau sẽ tiếp tục từ đó")
    with work(folder, tenant, environment, labels) as here:
        heads = here.each(action, one, stopped)
    if output == "json":
        rows = [{**row(place), **about(head)} for place, head in heads.items() if head is not None]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    here.end()


@app.command(name="list")
def list_(
    tenant: Tenant,
    labels: Labels = None,
    environment: EnvironmentName = None,
    folder: CountryFolder = None,
    output: TextOrJson = "text",
) -> None:
    """Show which backups there are, as the second store has them. / Liệt kê các bản sao lưu đang có ở kho thứ hai."""

    def one(here: Work, place: Place) -> list[Head]:
        vault = here.vault(place)
        heads = []
        for name in vault.runs():
            try:
                heads.append(vault.head(name))
            except GovCloudError as error:
                for problem in error.problems:
                    here.note(place, problem)
        return heads

    with work(folder, tenant, environment, labels) as here:
        found = here.each(Text("listing the backups of {}", "việc liệt kê bản sao lưu của {}"), one)
    if output == "json":
        rows = [{**row(place), "backups": [about(head) for head in heads]} for place, heads in found.items()]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for place, heads in found.items():
            for head in heads:
                print(said_of(place, head))
            if not heads:
                print(f"{place}: {Text('no backup', 'chưa có bản sao lưu').said}")
    here.end()


@app.command()
def verify(
    tenant: Tenant,
    labels: Labels = None,
    environment: EnvironmentName = None,
    at: Time = None,
    folder: CountryFolder = None,
    output: TextOrJson = "text",
) -> None:
    """Read a backup whole and compare every byte. / Đọc toàn bộ bản sao lưu và so từng byte.

    Nothing is taken for right that was not read: how much was is said. Exits with 1 when something is not as it was
    copied. / Không điều gì được coi là đúng nếu chưa đọc: lệnh cho biết đã đọc bao nhiêu. Trả về 1 khi có gì không
    còn như lúc sao chép.
    """
    from govcloud.backup import restoration
    from govcloud.backup.problems import no_backup
    from govcloud.backup.verification import verify as read_back

    when = moment(at)

    def one(here: Work, place: Place) -> dict[str, Any]:
        vault = here.vault(place)
        head = restoration.last(vault, when)
        if head is None:
            raise GovCloudError(no_backup(vault.bucket, place.label, shown(when)))
        with bar(here.console, place, "reading", "đọc lại") as progress:
            progress.expect(head.counts.versions, head.counts.bytes)
            checked = read_back(vault, head, stop=here.stop, told=progress)
        for problem in checked.problems:
            here.note(place, problem)
        of, wrong = head.counts.versions, here.number(place)
        if output == "text":
            size = decimal(checked.bytes)
            print(
                Text(
                    f"{place}: {head.run}: {checked.objects} of {of} versions read, {size}; {wrong} problems",
                    f"{place}: {head.run}: đã đọc {checked.objects} trên {of} phiên bản, {size}; {wrong} vấn đề",
                ).said
            )
        return {"run": head.run, "read": checked.objects, "of": of, "bytes": checked.bytes, "problems": wrong}

    with work(folder, tenant, environment, labels) as here:
        found = here.each(Text("verifying the backup of {}", "việc kiểm tra bản sao lưu của {}"), one)
    if output == "json":
        print(json.dumps([{**row(place), **told} for place, told in found.items()], ensure_ascii=False, indent=2))
    here.end()


@app.command()
def restore(
    tenant: Tenant,
    label: Annotated[
        str, typer.Option("--bucket", metavar="NAME", help="The bucket to bring back. / Kho cần khôi phục.")
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="NAME",
            help="Name of the bucket to fill, as in the tenant's file: one that holds nothing. "
            "/ Tên kho sẽ nhận dữ liệu, như trong tệp của tenant: kho không chứa gì.",
        ),
    ],
    environment: EnvironmentName = None,
    at: Time = None,
    folder: CountryFolder = None,
    output: TextOrJson = "text",
) -> None:
    """Bring a bucket back into a new one, and read every object there. / Khôi phục vào một kho mới và đọc lại tất cả.

    The new bucket is made where it is not there, with the settings of the old one. Nothing is restored over what is
    there. / Kho mới được tạo nếu chưa có, với thiết lập của kho cũ. Không khôi phục đè lên dữ liệu đang có.
    """
    from govcloud.backup import restoration
    from govcloud.backup.problems import no_backup
    from govcloud.cli.restoring import made

    when = moment(at)

    def one(here: Work, place: Place) -> dict[str, Any]:
        vault = here.vault(place)
        heads = restoration.chosen(vault, when)
        if not heads:
            raise GovCloudError(no_backup(vault.bucket, place.label, shown(when)))
        store = here.backing.store(place.cloud)
        name = made(here.country, store, place, to)
        with bar(here.console, place, "restoring", "khôi phục") as progress:
            checked = restoration.restore(
                vault,
                heads,
                when,
                here.backing.source(place).s3,
                name,
                stop=here.stop,
                began=progress.expect,
                told=progress,
            )
        for problem in checked.problems:
            here.note(place, problem)
        wrong = here.number(place)
        if output == "text":
            size = decimal(checked.bytes)
            print(
                Text(
                    f"{place} → {name}: {checked.objects} objects restored and read back, {size}; {wrong} problems",
                    f"{place} → {name}: đã khôi phục và đọc lại {checked.objects} đối tượng, {size}; {wrong} vấn đề",
                ).said
            )
        runs = [head.run for head in heads]
        return {"runs": runs, "to": name, "objects": checked.objects, "bytes": checked.bytes, "problems": wrong}

    with work(folder, tenant, environment, [label]) as here:
        if len(here.places) > 1:
            raise UsageError(which([place.environment for place in here.places]))
        found = here.each(Text("restoring {}", "việc khôi phục {}"), one)
    if output == "json":
        print(json.dumps([{**row(place), **told} for place, told in found.items()], ensure_ascii=False, indent=2))
    here.end()


@app.command()
def prepare(
    tenant: Tenant,
    environment: EnvironmentName = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys",
            metavar="FILE",
            help="Make the identity that writes backups, and write its keys into this new file. "
            "/ Tạo danh tính ghi bản sao lưu, và ghi khóa của nó vào tệp mới này.",
        ),
    ] = None,
    folder: CountryFolder = None,
) -> None:
    """Make what backups need on the second cloud. / Tạo những gì sao lưu cần ở đám mây thứ hai.

    For who runs that cloud, with its keys: a bucket for each environment, whose content nobody can change or delete
    where the tenant's file says so, and with --keys an identity of its own that adds to it and deletes nothing. The
    file is one of AWS profiles, to be named by AWS_SHARED_CREDENTIALS_FILE. / Dành cho đơn vị vận hành đám mây đó, với
    khóa của nó: một kho cho mỗi môi trường, không ai sửa hay xóa được nội dung nếu tệp của tenant yêu cầu; với --keys
    có thêm một danh tính riêng chỉ ghi thêm, không xóa gì. Tệp đó chứa hồ sơ AWS, dùng qua
    AWS_SHARED_CREDENTIALS_FILE.
    """
    from govcloud.backup import preparation
    from govcloud.cli.restoring import keys_file

    with work(folder, tenant, environment, None) as here:
        if keys is not None and len({place.environment for place in here.places}) > 1:
            raise UsageError(which(sorted({place.environment for place in here.places})))
        declared = here.country.tenants[tenant]
        backup = declared.spec.storage.backup
        assert backup is not None  # else there are no places
        store = here.backing.store(backup.cloud)
        for each in dict.fromkeys(place.environment for place in here.places):
            spec = preparation.wanted(here.country, declared, backup, each)
            new = preparation.prepare(store, spec)
            word = Text("made", "đã tạo") if new else Text("was there, and is as it shall be", "đã có, và đúng như cần")
            print(f"{backup.cloud}: {spec.name}: {word.said}")
            if keys is not None:
                with keys_file(keys, backup.cloud) as write:
                    name, key = preparation.admit(store, tenant, each, spec.name)
                    write(key)
                print(f"{backup.cloud}: {name}: {Text('keys in', 'khóa nằm trong').said} {keys}")
