"""`govcloud import`: what already runs, as drafts of declarations; the cloud is only read."""

from __future__ import annotations

import contextlib
import enum
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from govcloud import country as countries
from govcloud.adoption.found import Bucket, Keys, Namespace, Owner
from govcloud.adoption.reading import read_buckets, read_namespaces
from govcloud.adoption.tenants import Adopted, Findings, adopt, differences
from govcloud.cli import names
from govcloud.cli.at_hand import enter_cloud, tell
from govcloud.cli.help import RARE
from govcloud.cli.options import CountryFolder, country_folder
from govcloud.cli.selection import out_of_reach, reachable, select
from govcloud.clouds.connection import Connection
from govcloud.clouds.contexts import contexts
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.live_cluster import LiveCluster
from govcloud.country import Country
from govcloud.country.folder import shown_name
from govcloud.country.reader import read_file
from govcloud.country.suggestion import did_you_mean
from govcloud.model.identifier import slug
from govcloud.providers.storage import endpoint
from govcloud.providers.storage.adapters import Adapter
from govcloud.providers.storage.endpoint import Endpoint
from govcloud_base.errors import CloudError, EnvironmentProblem, Language, Place, Problem, Text, UsageError, language

__all__ = ["import_"]


class Source(enum.StrEnum):
    """What is read."""

    KUBERNETES = "kubernetes"
    S3 = "s3"


def import_(
    to: Annotated[Path, typer.Option("--to", help="Folder for the drafts. / Thư mục ghi bản nháp.")],
    sources: Annotated[
        list[Source], typer.Option("--from", help="Kubernetes, s3, or both. / kubernetes, s3 hoặc cả hai.")
    ],
    folder: CountryFolder = None,
    cloud: Annotated[
        str | None,
        typer.Option(
            autocompletion=names.clouds,
            help="Cloud that is read; by default the only one at hand. "
            "/ Đám mây cần đọc; mặc định là đám mây duy nhất tới được.",
        ),
    ] = None,
    assign: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=AGENCY/ENV[/ZONE]",
            help="Owner of an unlabelled namespace or bucket, which has no zone. "
            "/ Chủ của namespace hoặc kho chưa có nhãn; kho không có vùng.",
        ),
    ] = None,
    tenant_label: Annotated[
        str, typer.Option(rich_help_panel=RARE, help="Label or tag that names the tenant. / Nhãn nêu tên tenant.")
    ] = Keys.tenant,
    environment_label: Annotated[
        str,
        typer.Option(rich_help_panel=RARE, help="Label or tag that names the environment. / Nhãn nêu tên môi trường."),
    ] = Keys.environment,
    zone_label: Annotated[
        str, typer.Option(rich_help_panel=RARE, help="Label that names the zone. / Nhãn nêu tên vùng mạng.")
    ] = Keys.zone,
) -> None:
    """Draft tenants from what runs, without changing it. / Soạn khai báo từ những gì đang chạy, không thay đổi gì."""
    where = country_folder(folder)
    declared = countries.load(where, readings=countries.Readings.of(where))
    keys = Keys(tenant_label, environment=environment_label, zone=zone_label, assigned=_assigned(assign or []))
    console = Console(stderr=True)
    enter_cloud(console)
    cloud = _cloud(declared, cloud)
    if cloud and Source.KUBERNETES in sources:
        select(declared, [], contexts(), cloud).require()
    namespaces: list[Namespace] = []
    buckets: list[Bucket] = []
    connection = Connection(declared.clouds[cloud]) if cloud else None
    if cloud:
        tell(console, declared, [cloud])
    if Source.KUBERNETES in sources:
        namespaces = _namespaces(console, connection)
    if Source.S3 in sources:
        buckets = _buckets(connection)
    levels = declared.law.levels(declared.spec.regime)
    found = adopt(namespaces, buckets, keys, country=declared.name, cloud=cloud, levels=levels)
    for line in _report(found, to, language()):
        print(line)


def _cloud(declared: Country, name: str | None) -> str | None:
    """Return the cloud that is meant; None in a country that declares none yet."""
    if name is None:
        at_hand = sorted(declared.clouds if len(declared.clouds) == 1 else reachable(declared, contexts()))
        if len(at_hand) == 1 or not declared.clouds:
            return at_hand[0] if at_hand else None
        if not at_hand:
            raise CloudError([out_of_reach(declared, one, one) for one in sorted(declared.clouds)])
        raise UsageError(
            Problem(
                "GC-IMPORT-004",
                Text("several clouds are at hand", "có nhiều đám mây tới được"),
                Text("name the one that is read", "nêu tên đám mây cần đọc"),
                Place("--cloud"),
                None,
                ", ".join(at_hand),
            )
        )
    if name in declared.clouds:
        return name
    english, vietnamese = did_you_mean(name, declared.clouds)
    raise UsageError(
        Problem(
            "GC-IMPORT-002",
            Text(f"there is no cloud {name!r}", f"không có đám mây {name!r}"),
            Text(english or "name a declared cloud", vietnamese or "dùng tên đám mây đã khai báo"),
            Place("--cloud"),
            name,
            ", ".join(declared.clouds) or None,
        )
    )


def _assigned(written: Sequence[str]) -> dict[str, Owner]:
    """Read `old-portal=H41/prod/srv`. Raises UsageError with every one that is not in this form."""
    owners: dict[str, Owner] = {}
    problems = []
    for text in written:
        name, _, rest = text.partition("=")
        parts = rest.split("/")
        if name and len(parts) in (2, 3) and all(parts):
            agency, environment, *zone = parts
            owners[name] = Owner(slug(agency), agency, environment, zone[0] if zone else None, None)
        else:
            problems.append(
                Problem(
                    "GC-IMPORT-003",
                    Text("not an assignment", "không phải một phép gán"),
                    Text("write NAME=AGENCY/ENVIRONMENT[/ZONE]", "viết TÊN=MÃ CƠ QUAN/MÔI TRƯỜNG[/VÙNG]"),
                    Place("--assign"),
                    text,
                    "old-portal=H41/prod/srv",
                )
            )
    if problems:
        raise UsageError(problems)
    return owners


def _namespaces(console: Console, connection: Connection | None) -> list[Namespace]:
    """Read the namespaces; in a country that declares no cloud yet those of the current context, and say so."""
    if connection is not None:
        return read_namespaces(connection.cluster)
    api = KubernetesApi.from_kubeconfig(os.environ.get("KUBECONFIG") or None)
    said = Text(
        f"No cloud is declared: the current context, {api.server}",
        f"Chưa khai báo đám mây nào: dùng context hiện tại, {api.server}",
    )
    console.print(said.said, style="dim", markup=False, highlight=False, soft_wrap=True)
    return read_namespaces(LiveCluster(api))


def _buckets(connection: Connection | None) -> list[Bucket]:
    """Read the buckets; their quotas only where the store's dialect and its administration are at hand."""
    if connection is None:
        return read_buckets(endpoint.client(Endpoint.from_config({}, os.environ)), _no_quota)
    store = connection.store
    quota: Callable[[str], int | None] = _no_quota
    try:
        with contextlib.suppress(EnvironmentProblem):  # where what administers the store is not at hand
            quota = partial(_quota_of, store.adapter)
        return read_buckets(store.s3, quota)
    finally:
        connection.close()


def _quota_of(adapter: Adapter, bucket: str) -> int | None:
    return adapter.quota(bucket).bytes


def _no_quota(_bucket: str) -> int | None:
    return None


_WORDS = {
    "blank": Text("not known", "chưa biết"),
    "ownerless": Text(
        "without an owner, so nothing was drafted; label them, or use --assign",
        "không rõ chủ, không soạn khai báo; gắn nhãn hoặc dùng --assign",
    ),
    "nothing": Text("nothing was found", "không tìm thấy gì"),
    "unread": Text(
        "not read: flows between zones, segments and platforms; declare them by hand or with `govcloud new`",
        "không đọc: luồng giữa các vùng, phân đoạn và nền tảng; hãy tự khai báo hoặc dùng `govcloud new`",
    ),
    "written": Text("written", "đã ghi"),
    "unchanged": Text("unchanged", "không đổi"),
    "kept": Text("kept as it is", "giữ nguyên"),
}


def _report(found: Findings, to: Path, wanted: Language) -> list[str]:
    """Write the drafts that are not there yet; return what was done and what is left to do."""
    say = {word: text.in_language(wanted) for word, text in _WORDS.items()}
    lines: list[str] = []
    for tenant in found.tenants:
        lines += _draft(tenant, to, say)
        if tenant.blanks:
            lines.append(f"  {say['blank']}: {', '.join(tenant.blanks)}")
        lines += [f"  {note.in_language(wanted)}" for note in tenant.notes]
    if found.ownerless:
        lines += [f"{say['ownerless']}:", *(f"  {name}" for name in found.ownerless)]
    if not found.tenants and not found.ownerless:
        lines.append(say["nothing"])
    if found.tenants:
        lines.append(say["unread"])
    return lines


def _draft(tenant: Adopted, to: Path, say: Mapping[str, str]) -> list[str]:
    file = to / tenant.path
    shown = shown_name(file)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(tenant.text.encode())
        return [f"{say['written']}: {shown}"]
    if file.read_bytes() == tenant.text.encode():
        return [f"{say['unchanged']}: {shown}"]
    value = read_file(file, shown).value
    different = differences(tenant.spec, value.get("spec", {}) if isinstance(value, dict) else {})
    return [f"{say['kept']}: {shown}", *(f"  {line}" for line in different)]
