"""`govcloud storage export|check-export`: what an agency takes along, and whether it is what was given."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.filesize import decimal

from govcloud import country
from govcloud.cli import names
from govcloud.cli.at_hand import enter_cloud
from govcloud.cli.options import CountryFolder, TextOrJson, country_folder
from govcloud.country import Country
from govcloud_base.errors import CloudError, EnvironmentProblem, GovCloudError, Problem, Text, UsageError
from govcloud_base.interruption import Interruption

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from govcloud.clouds.connection import Connection
    from govcloud.export.verification import Checked
    from govcloud.plan import BucketSpec

__all__ = ["check_export", "export"]

_T = TypeVar("_T")


def export(
    tenant: Annotated[
        str, typer.Argument(autocompletion=names.tenants, help="The tenant, as declared. / Tenant, như đã khai báo.")
    ],
    to: Annotated[
        Path,
        typer.Option(
            "--to",
            metavar="DIR",
            file_okay=False,
            help="Folder for the bags, one a bucket. / Thư mục chứa các gói, mỗi kho một gói.",
        ),
    ],
    labels: Annotated[
        list[str] | None,
        typer.Option("--bucket", metavar="NAME", help="Only this bucket; repeatable. / Chỉ kho này; có thể lặp lại."),
    ] = None,
    environment: Annotated[
        str | None, typer.Option("--environment", metavar="NAME", help="Only this environment. / Chỉ môi trường này.")
    ] = None,
    newest: Annotated[
        bool,
        typer.Option(
            "--newest", help="Without what was overwritten or deleted. / Không kèm bản đã bị ghi đè hoặc đã xóa."
        ),
    ] = False,
    folder: CountryFolder = None,
    output: TextOrJson = "text",
) -> None:
    """Write a tenant's buckets to a folder that others can read and check. / Xuất các kho của tenant ra thư mục.

    Each bucket becomes a bag (BagIt, RFC 8493): files under their keys, older versions apart, digests, a list of all
    that a file does not hold, and a signature with the key that GOVCLOUD_SIGNING_KEY names. / Mỗi kho thành một gói
    (BagIt, RFC 8493): tệp mang tên khóa, phiên bản cũ để riêng, mã băm, danh sách những gì tệp không chứa được, và chữ
    ký bằng khóa mà GOVCLOUD_SIGNING_KEY chỉ tới.

    A run that was stopped, however it was, is gone on with by the next; a bag that is there is checked and kept. Exits
    with 1 when something could not be read or is not as it was, 3 when the disk refuses, 4 when a store does. / Lần
    chạy bị dừng, dù vì lý do gì, được lần sau tiếp tục; gói đã có được kiểm tra và giữ nguyên. Trả về 1 khi có thứ
    không đọc được hoặc không còn như cũ, 3 khi đĩa từ chối, 4 khi kho từ chối.
    """
    from govcloud.clouds.connection import Connection
    from govcloud.report.signature import signing_key

    declared = country.remembered(country_folder(folder))
    chosen = _chosen(declared, tenant, environment, labels or ())
    key = signing_key()
    console = Console(stderr=True)
    enter_cloud(console, needed=False)
    with closing(Connection(declared.clouds[declared.tenants[tenant].spec.cloud])) as connection:
        wanted = _Wanted(declared, tenant, to, newest, key, connection, console)
        rows = _each(console, chosen, lambda planned, interruption: wanted.one(planned, interruption, output))
    if output == "json":
        print(json.dumps(rows.done, ensure_ascii=False, indent=2))
    rows.end()


def check_export(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="A bag, or the folder that holds several. / Một gói, hoặc thư mục các gói."),
    ],
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", metavar="FILE", help="Public key of who signed (PEM). / Khóa công khai của bên ký (PEM)."
        ),
    ] = None,
    output: TextOrJson = "text",
) -> None:
    """Check again what was exported: offline, every byte. / Kiểm tra lại bản xuất: không cần mạng, từng byte.

    Every digest is compared, nothing may be missing or added, and the signature must be by the key. Exits with 1 when
    something is not as it was exported, or a signature could not be checked. / So mọi mã băm, không được thiếu hay
    thừa tệp nào, và chữ ký phải đúng khóa. Trả về 1 khi có gì không còn như khi xuất, hoặc không kiểm tra được chữ ký.
    """
    from govcloud.export.verification import bags, check
    from govcloud.report.signature import public_key

    public = public_key(key) if key is not None else None
    console = Console(stderr=True)

    def one(bag: Path, interruption: Interruption) -> tuple[dict[str, Any], list[Problem]]:
        with _bar(console, bag.name, Text("checking", "kiểm tra")) as progress:
            checked = check(bag, public, stop=interruption.event, told=progress)
        if output == "text":
            _print(f"{bag.name}: {_said(checked).said}")
        return {"bag": str(bag), **_told(checked)}, checked.problems

    rows = _each(console, bags(folder), one)
    if output == "json":
        print(json.dumps(rows.done, ensure_ascii=False, indent=2))
    rows.end()


@dataclasses.dataclass(frozen=True)
class _Wanted:
    """What is exported, from where and to where."""

    country: Country
    tenant: str
    to: Path
    newest: bool
    key: Ed25519PrivateKey | None
    connection: Connection
    console: Console

    def one(self, planned: BucketSpec, interruption: Interruption, output: str) -> tuple[dict[str, Any], list[Problem]]:
        from govcloud.export.verification import check

        bag = self.to / planned.name
        name = f"{self.tenant}/{planned.environment}/{planned.label}"
        if not bag.exists():
            return self._made(planned, bag, name, interruption, output)
        with _bar(self.console, name, Text("checking", "kiểm tra")) as progress:
            public = self.key.public_key() if self.key else None
            checked = check(bag, public, stop=interruption.event, told=progress)
        if output == "text":
            when = checked.about.get("GovCloud-Finished", "?")
            there = Text(f"there since {when}", f"đã có từ {when}")
            _print(f"{name} → {bag}: {there.said}; {_said(checked).said}")
        return {"bucket": planned.name, "bag": str(bag), "new": False, **_told(checked)}, checked.problems

    def _made(
        self, planned: BucketSpec, bag: Path, name: str, interruption: Interruption, output: str
    ) -> tuple[dict[str, Any], list[Problem]]:
        from govcloud.backup.listing import found, is_versioned
        from govcloud.backup.problems import not_encrypted
        from govcloud.cli.backing import count_ahead
        from govcloud.export.bag import About
        from govcloud.export.problems import not_read
        from govcloud.export.run import export as run
        from govcloud.providers.storage.problems import bucket_gone

        store, bucket = self.connection.store, planned.name
        if not store.endpoint.url.startswith("https://"):
            raise CloudError(not_encrypted(self.connection.name, store.endpoint.url))
        if not store.exists(bucket):
            raise CloudError(bucket_gone(bucket))
        declared = self.country.tenants[self.tenant].spec
        about = About(
            country=self.country.name,
            tenant=self.tenant,
            agency=declared.agency,
            title=self.country.agencies_by_code[declared.agency].spec.title.vi,
            environment=planned.environment,
            cloud=declared.cloud,
            bucket=bucket,
            newest=self.newest,
        )
        unread: list[Problem] = []
        s3 = store.s3
        with _bar(self.console, name, Text("exporting", "xuất")) as progress:
            if progress.watched and not self.newest:
                count_ahead(progress, lambda: found(s3, bucket, versioned=is_versioned(s3, bucket)))
            try:
                exported = run(
                    s3,
                    about,
                    bag,
                    now=lambda: datetime.datetime.now(datetime.UTC).replace(microsecond=0),
                    key=self.key,
                    stop=interruption.event,
                    told=progress,
                    failed=lambda version, error: unread.append(not_read(bucket, version.key, error)),
                )
            except (GovCloudError, InterruptedError):
                raise
            except Exception:
                with store.reported(Text(f"exporting {name}", f"việc xuất {name}")):
                    raise
        counts = exported.counts
        if output == "text":
            size = decimal(counts.bytes)
            parts = [Text(f"{counts.files} files, {size}", f"{counts.files} tệp, {size}")]
            more = {
                Text("markers of deletions", "dấu xóa"): counts.markers,
                Text("under other names", "mang tên khác"): counts.renamed,
                Text("there already, read again", "đã có, đã đọc lại"): counts.kept,
                Text("gone meanwhile", "bị xóa trong lúc xuất"): counts.vanished,
                Text("NOT READ: the bag is not finished", "KHÔNG ĐỌC ĐƯỢC: gói chưa hoàn tất"): counts.failed,
            }
            parts += [Text(f"{number} {word.en}", f"{number} {word.vi}") for word, number in more.items() if number]
            if exported.digest:
                signed = Text("signed", "đã ký") if self.key else Text("NOT SIGNED", "KHÔNG KÝ")
                parts += [signed, Text.quoted(f"sha256 {exported.digest}")]
            _print(f"{name} → {bag}: {Text.joined(parts).said}")
        row = {
            "bucket": bucket,
            "bag": str(bag),
            "new": True,
            "finished": bool(exported.digest),
            "signed": bool(exported.digest and self.key),
            "digest": exported.digest or None,
            **dataclasses.asdict(counts),
        }
        return row, unread


def _chosen(declared: Country, tenant: str, environment: str | None, labels: Sequence[str]) -> list[BucketSpec]:
    """Return the buckets that are meant.

    Raises UsageError (GC-EXPORT-001) where one is not declared, GovCloudError where the tenant cannot be read.
    """
    from govcloud.export.problems import not_declared
    from govcloud.render.storage import buckets

    declared.require_read(tenant)
    found = declared.tenants.get(tenant)
    if found is None:
        raise UsageError(not_declared(tenant, ""))
    known = sorted(found.spec.storage.buckets)
    wrong = [not_declared(label, ", ".join(known)) for label in labels if label not in known]
    if environment is not None and environment not in found.spec.environments:
        wrong.append(not_declared(environment, ", ".join(found.spec.environments)))
    if wrong:
        raise UsageError(wrong)
    return [
        planned
        for each in sorted(found.spec.environments)
        if environment in (None, each)
        for planned in buckets(declared, found, each)
        if not labels or planned.label in labels
    ]


@dataclasses.dataclass
class _Rows:
    """What came of each, and what went wrong."""

    done: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    found: list[Problem] = dataclasses.field(default_factory=list)
    lost: list[GovCloudError] = dataclasses.field(default_factory=list)

    def end(self) -> None:
        """Raise all that went wrong, by the gravest kind."""
        problems = [problem for error in self.lost for problem in error.problems] + self.found
        if problems:
            kinds = [type(error) for error in self.lost] or [GovCloudError]
            raise max(kinds, key=lambda kind: kind.exit_code)(list(dict.fromkeys(problems)))


def _each(
    console: Console,
    things: Sequence[_T],
    one: Callable[[_T, Interruption], tuple[dict[str, Any], list[Problem]]],
) -> _Rows:
    """Do something with each, whatever becomes of the others, until somebody asks to stop."""
    from govcloud.cli.backing import most_told

    rows = _Rows()
    with Interruption() as interruption:
        for thing in things:
            try:
                row, problems = one(thing, interruption)
            except InterruptedError:
                break
            except EnvironmentProblem as error:
                rows.lost.append(error)  # the disk is the same for the others
                break
            except GovCloudError as error:
                rows.lost.append(error)
            else:
                rows.done.append(row)
                rows.found += most_told(console, str(row["bag"]), problems)
    if interruption.event.is_set():
        said = Text("stopped; the next run goes on there", "đã dừng; lần chạy sau sẽ tiếp tục từ đó")
        console.print(said.said)
    interruption.check()
    return rows


def _bar(console: Console, name: str, doing: Text) -> Any:
    from govcloud.cli.transferring import Transferring

    return Transferring(console, f"{name}: {doing.said}")


def _said(checked: Checked) -> Text:
    size = decimal(checked.bytes)
    signature = (
        Text("signature right", "chữ ký đúng")
        if checked.verified
        else Text("SIGNATURE NOT CONFIRMED", "CHỮ KÝ CHƯA ĐƯỢC XÁC NHẬN")
        if checked.signed
        else Text("NOT SIGNED", "KHÔNG KÝ")
    )
    wrong = Text(f"{checked.wrong} problems", f"{checked.wrong} vấn đề")
    read = Text(f"{checked.files} files read, {size}", f"đã đọc {checked.files} tệp, {size}")
    return Text.joined([read, signature, wrong, Text.quoted(f"sha256 {checked.digest}")])


def _told(checked: Checked) -> dict[str, Any]:
    return {
        "files": checked.files,
        "bytes": checked.bytes,
        "signed": checked.signed,
        "verified": checked.verified,
        "digest": checked.digest or None,
        "problems": checked.wrong,
    }


def _print(line: str) -> None:
    Console(soft_wrap=True).print(line, markup=False, highlight=False)
