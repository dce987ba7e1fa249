"""`govcloud storage migrate`: a tenant's buckets to another cloud's store."""

from __future__ import annotations

import configparser
import dataclasses
import datetime
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.filesize import decimal

from govcloud import country
from govcloud.cli import names
from govcloud.cli.at_hand import enter_cloud
from govcloud.cli.backing import most_told
from govcloud.cli.options import CountryFolder, TextOrJson, country_folder
from govcloud.cli.transferring import Transferring
from govcloud.country import Country
from govcloud.refusal import refusal
from govcloud_base.errors import EnvironmentProblem, GovCloudError, Problem, Text, UsageError
from govcloud_base.interruption import Interruption

if TYPE_CHECKING:
    from govcloud.clouds.connection import Connection
    from govcloud.migration.switch import Handed
    from govcloud.migration.way import Way
    from govcloud.providers.storage.endpoint import AccessKey

__all__ = ["migrate"]


def migrate(
    tenant: Annotated[
        str, typer.Argument(autocompletion=names.tenants, help="The tenant, as declared. / Tenant, như đã khai báo.")
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to", autocompletion=names.clouds, help="Cloud whose store gets them. / Đám mây có kho nhận dữ liệu."
        ),
    ],
    environment: Annotated[
        str | None, typer.Option("--environment", metavar="NAME", help="Only this environment. / Chỉ môi trường này.")
    ] = None,
    labels: Annotated[
        list[str] | None,
        typer.Option("--bucket", metavar="NAME", help="Only this bucket; repeatable. / Chỉ kho này; có thể lặp lại."),
    ] = None,
    switch: Annotated[
        bool,
        typer.Option(
            "--switch",
            help="Hand over: see that nobody writes, copy what is left, compare every byte. "
            "/ Bàn giao: kiểm tra không ai ghi, sao chép phần còn lại, so từng byte.",
        ),
    ] = False,
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys",
            metavar="FILE",
            help="AWS profiles with the tenant's keys, named by its identities, where its Secrets can't be read here. "
            "/ Hồ sơ AWS chứa khóa của tenant, đặt tên theo danh tính, khi không đọc được Secret từ đây.",
        ),
    ] = None,
    folder: CountryFolder = None,
    output: TextOrJson = "text",
) -> None:
    """Copy a tenant's buckets to another cloud's store. / Sao chép các kho của tenant sang kho của đám mây khác.

    Every version goes, in its order, with metadata, tags and retention; content flows from store to store over TLS and
    touches no disk. Run again, it copies what is new; a run that was stopped, however it was, is gone on with. / Mọi
    phiên bản được chuyển theo đúng thứ tự, cùng siêu dữ liệu, thẻ và thời hạn giữ; dữ liệu chảy thẳng từ kho sang kho
    qua TLS, không qua đĩa. Chạy lại thì chỉ sao chép phần mới; lần chạy bị dừng được lần sau tiếp tục.

    Exits with 1 when something could not be copied, differs, or somebody can still write; with 4 when a store refuses
    or is out of reach. Nothing at the source is ever changed. / Trả về 1 khi có gì không sao chép được, khác nhau, hoặc
    còn ai ghi được; 4 khi kho từ chối hoặc không tới được. Kho gốc không bao giờ bị thay đổi.
    """
    from govcloud.migration import problems

    declared = country.remembered(country_folder(folder))
    declared.require_read(tenant)
    moving = declared.tenants.get(tenant)
    if moving is None:
        raise UsageError(problems.nothing_to_move(tenant))
    known, lived_in = sorted(moving.spec.storage.buckets), sorted(moving.spec.environments)
    wrong = [problems.nothing_to_move(label, known) for label in labels or () if label not in known]
    if environment is not None and environment not in lived_in:
        wrong.append(problems.nothing_to_move(environment, lived_in))
    if wrong:
        raise UsageError(wrong)
    if switch and not moving.spec.storage.read_only:
        raise GovCloudError(problems.not_read_only(tenant))
    console = Console(stderr=True)
    with _ways(declared, tenant, to, environment, labels, console) as (ways, here), Interruption() as interruption:
        rows: list[dict[str, Any]] = []
        found: list[Problem] = []
        key_of = _key_of(declared, here, keys) if switch else None
        for way in ways:
            work = _Work(console, tenant, way, interruption)
            try:
                rows.append(work.hand_over(declared, here, key_of) if key_of else work.copy())
            except InterruptedError:
                break
            found += most_told(console, work.place, list(dict.fromkeys(work.problems)))
            if output == "text":
                print(_said(work.place, rows[-1]))
        if interruption.event.is_set():
            console.print(Text("stopped; the next run goes on there", "đã dừng; lần chạy sau sẽ tiếp tục").said)
        interruption.check()
    if output == "json":
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    if found:
        raise GovCloudError(found)


class _Work:
    """One bucket's turn."""

    def __init__(self, console: Console, tenant: str, way: Way, interruption: Interruption) -> None:
        self.place = f"{tenant}/{way.environment}/{way.label}"
        self.problems: list[Problem] = []
        self._console = console
        self._way = way
        self._stop = interruption.event

    def copy(self) -> dict[str, Any]:
        """Copy what is new."""
        from govcloud.migration.copying import copy

        with self._reported(), self._bar("copying", "sao chép") as bar:
            copied = copy(self._way, stop=self._stop, told=bar, failed=self._failed)
        return {"bucket": self._way.bucket, **dataclasses.asdict(copied)}

    def hand_over(
        self, declared: Country, here: Connection, key_of: Callable[[str], AccessKey | None]
    ) -> dict[str, Any]:
        """See that nobody writes, copy what is left and compare all."""
        from govcloud.holdings.place import identities
        from govcloud.migration import freezing, problems
        from govcloud.migration.switch import hand_over

        own = [one.name for one in identities(declared, here.name) if self._way.bucket in one.buckets]
        with self._reported():
            self.problems += freezing.writers(self._way, here.stored(), own, key_of)
            uploads = freezing.unfinished(self._way)
        for key in uploads:
            said = Text(f"an upload that nobody can end any more: {key!r}", f"lượt tải lên dở dang: {key!r}")
            self._console.print(f"{self.place}: {said.said}", markup=False, highlight=False, soft_wrap=True)
        if self.problems:
            return {"bucket": self._way.bucket, "handedOver": False, "unfinishedUploads": uploads}
        with self._reported(), self._bar("comparing", "so sánh") as bar:
            handed = hand_over(self._way, stop=self._stop, told=bar, failed=self._failed)
        bucket = self._way.bucket
        self.problems += [problems.differing(bucket, one.key, one.what) for one in handed.compared.differing]
        if not handed.still:
            self.problems.append(problems.not_still(bucket))
        return {"bucket": bucket, "unfinishedUploads": uploads, **_told(handed)}

    def _failed(self, key: str, error: BaseException | None) -> None:
        from govcloud.migration import problems

        bucket = self._way.bucket
        self.problems.append(
            problems.one_version(bucket, key) if error is None else problems.not_copied(bucket, key, error)
        )

    def _bar(self, en: str, vi: str) -> Transferring:
        return Transferring(self._console, f"{self.place}: {Text(en, vi).said}")

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Turn what the clients raise into a CloudError of the store that it is of."""
        from govcloud.providers.storage.endpoint import reported

        try:
            yield
        except (GovCloudError, InterruptedError):
            raise
        except Exception as error:
            source, target = self._way.source.endpoint, self._way.target.endpoint
            with reported(
                Text(f"moving {self.place}", f"việc chuyển {self.place}"),
                source if source.url in str(error) else target,
            ):
                raise


@contextmanager
def _ways(
    declared: Country, tenant: str, to: str, environment: str | None, labels: list[str] | None, console: Console
) -> Iterator[tuple[list[Way], Connection]]:
    """Make the buckets at the target, and yield the ways to them with the cloud that they leave."""
    from govcloud.clouds.connection import Connections
    from govcloud.holdings.place import identities
    from govcloud.migration import way

    moving = declared.tenants[tenant]
    moved = way.there(declared, moving, to, datetime.date.today())
    enter_cloud(console, needed=False)
    connections = Connections(declared.clouds, {moving.spec.cloud, to})
    source, target = connections[moving.spec.cloud], connections[to]
    try:
        ways = []
        for each in sorted(moving.spec.environments):
            for label, spec in way.wanted(declared, moved, each, source.name):
                if environment in (None, each) and (not labels or label in labels):
                    own = [one.name for one in identities(declared, source.name) if spec.name in one.buckets]
                    ways.append(way.prepare(source.store, target.store, own, each, label, spec))
        yield ways, source
    finally:
        connections.close()


def _key_of(declared: Country, here: Connection, file: Path | None) -> Callable[[str], AccessKey | None]:
    """Return what finds the key of an identity: in the file, else in the Secret to which it was delivered.

    Raises EnvironmentProblem where the file can't be read (GC-MOVE-014).
    """
    from govcloud.cli.holdings import delivered
    from govcloud.migration import problems
    from govcloud.providers.storage.endpoint import AccessKey

    if file is None:
        return delivered(declared, here)
    profiles = configparser.ConfigParser(interpolation=None)
    try:
        profiles.read_string(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        # What a parser says quotes lines of the file, in which keys stand.
        known = refusal(error) if isinstance(error, OSError) else Text("not a file of profiles", "không phải tệp hồ sơ")
        raise EnvironmentProblem(problems.no_keys(str(file), known)) from None

    def key_of(name: str) -> AccessKey | None:
        if not profiles.has_section(name):
            return None
        found = profiles[name]
        access, secret = found.get("aws_access_key_id"), found.get("aws_secret_access_key")
        return AccessKey(access, secret) if access and secret else None

    return key_of


def _told(handed: Handed) -> dict[str, Any]:
    compared = handed.compared
    return {
        **dataclasses.asdict(handed.copied),
        "compared": compared.versions,
        "comparedMarkers": compared.markers,
        "comparedBytes": compared.bytes,
        "mended": len(handed.mended),
        "handedOver": handed.whole,
    }


def _said(place: str, row: dict[str, Any]) -> str:
    """Return what became of a bucket in a line."""
    if "versions" not in row:
        return f"{place}: {Text('NOT handed over', 'CHƯA bàn giao').said}"
    size = decimal(row["bytes"])
    number, marks = row["versions"], row["markers"]
    parts = [Text(f"{number} versions copied, {size}", f"đã sao chép {number} phiên bản, {size}")]
    more = {
        Text("deletions", "lần xóa"): marks,
        Text("there already", "đã có sẵn"): row["kept"],
        Text("taken away", "đã bỏ đi"): row["removed"],
        Text("changed meanwhile", "thay đổi trong lúc sao chép"): row["vanished"],
        Text("NOT COPIED", "KHÔNG SAO CHÉP ĐƯỢC"): row["failed"],
        Text("differed and copied anew", "khác và đã sao chép lại"): row.get("mended", 0),
    }
    parts += [Text(f"{number} {word.en}", f"{number} {word.vi}") for word, number in more.items() if number]
    if "compared" in row:
        both, size = row["compared"], decimal(row["comparedBytes"])
        parts.append(Text(f"{both} versions compared, {size}", f"đã so {both} phiên bản, {size}"))
        parts.append(
            Text("handed over", "đã bàn giao") if row["handedOver"] else Text("NOT handed over", "CHƯA bàn giao")
        )
    return f"{place}: {'; '.join(part.said for part in parts)}"
