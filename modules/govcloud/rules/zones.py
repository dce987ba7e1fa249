"""Zones and flows: what is declared beyond the level's minimum exists in the regime, and flows join existing zones."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from govcloud.country import Country
from govcloud.model import names
from govcloud.model.platform_kind import KINDS
from govcloud.model.tenant import Tenant
from govcloud.rules import precedence
from govcloud.rules.finding import At, unknown
from govcloud_base.errors import Problem

__all__ = ["judge"]

_ZONE = ("zone", "vùng mạng")
_GATEWAY_ZONES = (names.GATEWAY_ZONE, *(kind.zone for kind in KINDS.values()))
_LONGEST_NAME = 63
"""Of a Kubernetes namespace and of a bucket."""


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield unknown zones (GC-ZONE-001), flows to zones that the environment lacks (002) or that belong to segments and
    platforms (003), and names too long (GC-NAME-001) or taken twice (GC-NAME-002).
    """
    for tenant in country.tenants.values():
        table = country.level_table(tenant)
        if table is None:
            continue  # reported as a dangling reference
        known = list(table.spec.zones)
        for environment, wanted in tenant.spec.environments.items():
            path = ("spec", "environments", environment)
            for name in wanted.zones:
                if name not in known:
                    at = At(country, tenant, *path, "zones", name, key=True)
                    titles = {zone: kind.title.vi for zone, kind in table.spec.zones.items()}
                    yield unknown(at, "GC-ZONE-001", _ZONE, name, known, titles)
            yield from _flows(country, tenant, environment)
            yield from _names(country, tenant, environment)
    yield from _doubled(country)


def _flows(country: Country, tenant: Tenant, environment: str) -> Iterable[Problem]:
    existing = list(country.zones(tenant, environment))
    for index, flow in enumerate(tenant.spec.environments[environment].flows):
        path = ("spec", "environments", environment, "flows", index)
        ends: list[tuple[str, tuple[str | int, ...]]] = [(flow.source, (*path, "from"))]
        ends += [(name, (*path, "to", i)) for i, name in enumerate(flow.to)]
        for name, where in ends:
            if name in _GATEWAY_ZONES:
                yield At(country, tenant, *where).problem(
                    "GC-ZONE-003",
                    (
                        f"flows to and from {name} follow from segments, links and platforms",
                        f"luồng đến và đi từ {name} do phân đoạn, liên kết và nền tảng quyết định",
                    ),
                    (
                        "remove it here; attach the zone in the tenant's segment",
                        "bỏ ở đây; gắn vùng trong phân đoạn của tenant",
                    ),
                    value=name,
                    allowed=", ".join(existing),
                )
            elif name not in existing:
                at = At(country, tenant, *where).following(tenant, "spec", "level")
                yield unknown(at, "GC-ZONE-002", _ZONE, name, existing)


def _names(country: Country, tenant: Tenant, environment: str) -> Iterable[Problem]:
    where = ("spec", "environments", environment)
    for zone in (*country.zones(tenant, environment), *_GATEWAY_ZONES[:2]):
        name = names.namespace(tenant.name, environment, zone)
        if len(name) > _LONGEST_NAME:
            yield _too_long(At(country, tenant, *where, key=True), name)
    for label, path in _labels(tenant):
        name = names.bucket(country.name, tenant.name, environment, label)
        if len(name) > _LONGEST_NAME:
            yield _too_long(At(country, tenant, *path, key=True), name)


def _labels(tenant: Tenant) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what the tenant's buckets are called, and where each is declared; the one with the backups included."""
    storage = ("spec", "storage")
    yield from ((label, (*storage, "buckets", label)) for label in tenant.spec.storage.buckets)
    if tenant.spec.storage.backup:
        yield names.BACKUP, (*storage, "backup")


def _doubled(country: Country) -> Iterable[Problem]:
    """Yield buckets whose names in the store are another's as well."""
    buckets = (
        (tenant, environment, label)
        for tenant in country.tenants.values()
        for environment in tenant.spec.environments
        for label, _ in _labels(tenant)
        if len(names.bucket(country.name, tenant.name, environment, label)) <= _LONGEST_NAME
    )

    def named(claim: tuple[Tenant, str, str]) -> str:
        return names.bucket(country.name, claim[0].name, claim[1], claim[2])

    for (tenant, environment, label), other in precedence.contests(buckets, named, lambda b: precedence.bucket(*b)):
        owner = f"{other[0].name}/{other[1]}/{other[2]}"
        yield At(country, tenant, *dict(_labels(tenant))[label], key=True).problem(
            "GC-NAME-002",
            (f"{owner} has the same bucket name", f"{owner} có cùng tên kho"),
            ("rename this bucket", "đổi tên kho này"),
            value=named((tenant, environment, label)),
        )


def _too_long(at: At, name: str) -> Problem:
    return at.problem(
        "GC-NAME-001",
        (f"a name of {len(name)} characters results", f"tạo ra tên dài {len(name)} ký tự"),
        ("shorten the environment or bucket", "rút ngắn tên môi trường hoặc kho"),
        value=name,
        allowed=f"<= {_LONGEST_NAME}",
    )
