"""The text of a planned country's files, in the style in which people write declarations here.

Files are written as text, not dumped from objects: twenty-five thousand of them take seconds, and they read like those
that people wrote.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from govcloud.country.schema import schema_file
from govcloud.model.dialect import DIALECTS
from govcloud.synthesis.amounts import Amounts
from govcloud.synthesis.bodies import Body
from govcloud.synthesis.network import MONITOR, NETWORK, Connection
from govcloud.synthesis.plan import GATEWAY, Plan, Site, Wish, platforms

__all__ = ["PLATFORM_TITLES", "files", "scalar"]

_PLAIN = re.compile(r"[^\W\d_][\w '().-]*")
"""What YAML reads as text without quotes, even inside braces."""
_RESERVED = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
PLATFORM_TITLES = {
    "lgsp": ("Nền tảng tích hợp, chia sẻ dữ liệu", "Integration and data sharing platform"),
    "ndxp": ("Nền tảng tích hợp, chia sẻ dữ liệu quốc gia", "National data exchange platform"),
    "portal": ("Cổng dịch vụ công và hệ thống một cửa điện tử", "Public service portal and one-stop system"),
    "analytics": ("Nền tảng phân tích, xử lý dữ liệu tổng hợp", "Analytics platform and data warehouse"),
    "soc": ("Trung tâm giám sát, điều hành an toàn, an ninh mạng", "Security operations centre"),
    "open-data": ("Cổng dữ liệu mở", "Open data portal"),
    "reporting": ("Hệ thống thông tin báo cáo", "Reporting system"),
}
_PURPOSES = {
    "administrative": ("Trao đổi văn bản và hồ sơ công việc", "Exchange of documents and files"),
    "internal": ("Điều hành nội bộ", "Internal administration"),
    "monitoring": ("Gửi dữ liệu giám sát an toàn về trung tâm quốc gia", "Security events go to the national centre"),
}
_FLOWS = (
    ("edge", ("dmz",), (443, 8443), 2),
    ("dmz", ("srv",), (8080,), 2),
    ("int", ("srv",), (8080,), 2),
    ("srv", ("db",), (5432,), 3),
    ("mgt", ("edge", "dmz", "srv", "db", "int"), (22,), 3),
)
"""Allowed traffic, with the level from which both ends exist."""


def files(country: Plan, schema: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield the path of each file below the country's folder, and its text.

    `schema` is the folder of the JSON Schemas as seen from the country's folder; without it no file names one.
    """
    writer = _Writer(schema)
    monitor = next((f"soc-{w.body.name}" for w in country.wishes if w.body.code == MONITOR), None)
    yield writer.country()
    for site in country.sites:
        yield writer.cloud(site)
    yield writer.image_lock()
    for wish in country.wishes:
        yield writer.agency(wish.body)
        yield writer.tenant(wish, country.year)
        yield writer.segment(wish, country.pools[wish.body.code])
        for kind, quota in platforms(wish.body).items():
            yield writer.platform(wish.body, kind, quota, monitor)
    for number, connection in enumerate(country.connections, 1):
        yield writer.link(connection, number)


class _Writer:
    def __init__(self, schema: str | None) -> None:
        self._schema = schema

    def _file(self, path: str, kind: str, name: str, spec: str) -> tuple[str, str]:
        head = ""
        if self._schema is not None:
            up = "../" * path.count("/")
            head = f"# yaml-language-server: $schema={up}{self._schema}/{schema_file(kind)}\n"
        return path, f"{head}apiVersion: govcloud/v1\nkind: {kind}\nmetadata:\n  name: {name}\nspec:\n{spec}"

    def country(self) -> tuple[str, str]:
        spec = (
            "  title: {vi: Việt Nam, en: Viet Nam}\n"
            "  regions: [vn-hn-1, vn-hcm-1, vn-dn-1]\n"
            "  regime: nd331-2026\n"
            f"  dedicatedNetwork: [{NETWORK}]\n"
            "  reservedNetworks: [10.250.0.0/16, 10.251.0.0/16, 10.252.0.0/16]\n"
        )
        return self._file("country.yaml", "Country", "vn", spec)

    def cloud(self, site: Site) -> tuple[str, str]:
        spec = (
            f"  kind: {site.kind}\n"
            f"  title: {_title(site.vi, site.en)}\n"
            f"  region: {site.region}\n"
            "  cluster:\n"
            f"    context: {site.name}\n"
            "    version: v1.36\n"
            "    dnsAddress: 10.252.0.10\n"
            "  objectStore:\n"
            f"    adapter: {DIALECTS[0]}\n"
            f"    endpoint: https://s3.{site.name}.example.gov.vn\n"
            f'    workloads: {{endpoint: "https://s3.{site.name}.example.gov.vn", addresses: [203.0.113.10]}}\n'
            f"  images: {{registry: registry.{site.name}.example.gov.vn, path: govcloud}}\n"
            f"  capacity: {site.capacity.written()}\n"
        )
        return self._file(f"clouds/{site.name}.yaml", "Cloud", site.name, spec)

    def image_lock(self) -> tuple[str, str]:
        """Return a lock of images that nobody built: this country is judged and rendered, and runs nowhere."""
        images = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("gateway", "probe")}
        spec = "  images:\n" + "".join(
            f"    {name}:\n      digest: sha256:{digest}\n      architecture: amd64\n"
            for name, digest in images.items()
        )
        return self._file("images.yaml", "ImageLock", "images", spec)

    def agency(self, body: Body) -> tuple[str, str]:
        lines = [
            f"  code: {body.code}",
            f"  title: {_title(body.vi, body.en)}",
            f"  tier: {body.tier}",
            *([f"  parent: {body.parent}"] if body.parent else []),
            *([f"  legacyCode: {body.legacy_code}"] if body.legacy_code else []),
            *([f'  administrativeUnit: "{body.unit}"'] if body.unit else []),
            f"  path: tenants/{body.name}",
            f"  contacts: [ungcuu@{body.name}.example.gov.vn]",
            f"  validFrom: {body.valid_from}",
            *(["  # No published source confirms this code.", "  provisional: true"] if body.provisional else []),
        ]
        return self._file(_below("agencies", body, body.name), "Agency", body.name, "\n".join(lines) + "\n")

    def tenant(self, wish: Wish, year: int) -> tuple[str, str]:
        body = wish.body
        flows = [flow for flow in _FLOWS if wish.level >= flow[3]] or [("edge", ("int",), (443,), 1)]
        lines = [
            f"  agency: {body.code}",
            f"  cloud: {wish.cloud}",
            "  purpose:",
            f"    vi: {scalar(f'Hệ thống thông tin của {body.vi}')}",
            f"    en: {scalar(f'Information systems of the {body.en}')}",
            f"  level: {wish.level}",
            f"  levelDossier: HSCD-{body.code}-2026",
            *(["  levelApprover: appraised"] if wish.level >= 4 else []),
            f"  criteria: {_criteria(wish)}",
            f"  quota: {wish.budget.written()}",
            "  environments:",
        ]
        for name, quota in wish.environments.items():
            lines += [f"    {name}:", f"      quota: {quota.written()}", "      flows:"]
            lines += [
                f"        - {{from: {source}, to: [{', '.join(to)}], ports: [{', '.join(map(str, ports))}]}}"
                for source, to, ports, _ in flows
            ]
        lines += ["  storage:", "    buckets:"]
        for bucket, (share, size) in wish.buckets.items():
            personal = ", personalData: true" if share == "private" and wish.subjects else ""
            lines.append(f"      {bucket}: {{class: {share}{personal}, quota: {size}Gi}}")
        if wish.backup:
            lines.append(f"    backup: {{cloud: {wish.backup}, keepDays: 90}}")
        due = f"reviewBy: {year + 1}-{1 + wish.subjects % 12:02}-15"
        life = f"state: trial, {due}, expires: {year + 1}-12-31" if wish.trial else f"state: active, {due}"
        lines.append(f"  lifecycle: {{{life}}}")
        return self._file(f"tenants/{body.name}/tenant.yaml", "Tenant", body.name, "\n".join(lines) + "\n")

    def segment(self, wish: Wish, pool: str) -> tuple[str, str]:
        body = wish.body
        level = {"ministry": "I", "province": "I", "government-body": "I", "commune": "III"}.get(body.tier, "II")
        lines = [
            f"  title: {_title(f'Phân đoạn TSLCD của {body.vi}', f'Dedicated segment of {body.name}')}",
            f"  tenant: {body.name}",
            f"  tierLevel: {level}",
            f"  pool: {pool}",
            f"  allocation: CPQH-TSLCD-2026/{body.code}",
            *(["  gateway: {replicas: 2}"] if wish.level >= 3 else []),
            f"  zones: [{'srv' if wish.level >= 2 else 'int'}]",
            f"  quota: {GATEWAY.written()}",
        ]
        name = f"tsl-{body.name}"
        return self._file(_below("segments", body, name), "Segment", name, "\n".join(lines) + "\n")

    def platform(self, body: Body, kind: str, quota: Amounts, monitor: str | None) -> tuple[str, str]:
        vi, en = PLATFORM_TITLES[kind]
        name = f"{kind}-{body.name}"
        above = monitor if kind == "soc" and monitor != name else None
        lines = [
            f"  kind: {kind}",
            f"  title: {_title(f'{vi} ({body.vi})', f'{en}, {body.en}')}",
            f"  owner: {body.code}",
            *([] if kind in ("lgsp", "ndxp") else ["  state: planned"]),
            "  level: 3",
            "  exposure: dedicated-network",
            *([f"  dependsOn: [{above}]"] if above else []),
            *(["  consumers: {tiers: [ministry, province]}"] if monitor == name else []),
            "  replicas: 2",
            f"  quota: {quota.written()}",
        ]
        return self._file(f"platforms/{name}.yaml", "Platform", name, "\n".join(lines) + "\n")

    def link(self, connection: Connection, number: int) -> tuple[str, str]:
        first, second = connection.first, connection.second
        day = 1 + number % 28
        lines = [
            f"  purpose: {_title(*_PURPOSES.get(connection.kind, _PURPOSES['administrative']))}",
            f"  ends: [{first.code}, {second.code}]",
            f"  kind: {connection.kind}",
            f"  via: {connection.platform.partition('-')[0] if connection.platform else 'direct'}",
            *([f"  platform: {connection.platform}"] if connection.platform else []),
            *(["  direction: second-to-first"] if connection.kind == "monitoring" else []),
            f"  listen: {connection.port}",
            "  approvals:",
            f"    - {{agency: {first.code}, reference: CV-{first.code}-2026/{number}, date: 2026-09-{day:02}}}",
            f"    - {{agency: {second.code}, reference: CV-{second.code}-2026/{number}, date: 2026-09-{day:02}}}",
            "  validFrom: 2026-10-01",
        ]
        suffix = "-monitoring" if connection.kind == "monitoring" else ""
        name = f"{first.name}-{second.name}{suffix}"
        return self._file(f"links/{second.top.lower()}/{name}.yaml", "Link", name, "\n".join(lines) + "\n")


def _below(folder: str, body: Body, name: str) -> str:
    """Return a file's path: bodies at the top lie in the folder itself, those below them in a folder of the top one."""
    return f"{folder}/{name}.yaml" if body.parent is None else f"{folder}/{body.top.lower()}/{name}.yaml"


def _criteria(wish: Wish) -> str:
    if wish.level == 1:
        return "{information: public}"
    parts = ["information: private"]
    if wish.level == 4:
        parts.append("infrastructure: nationwide, nonstop: true")
    elif wish.level == 3:
        parts.append("administrativeProcedures: true")
        if wish.body.parent is None:
            parts.append("infrastructure: ministry-or-province")
    parts.append(f"dataSubjects: {{basic: {wish.subjects}}}")
    return "{" + ", ".join(parts) + "}"


def _title(vi: str, en: str) -> str:
    return f"{{vi: {scalar(vi)}, en: {scalar(en)}}}"


def scalar(text: str) -> str:
    """Return a text as a YAML scalar: plain where that is unambiguous, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED and not text.endswith(" "):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
