"""Backups of buckets: what a level demands is declared, and the copy lies where the original's loss does not reach."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from govcloud.country import Country
from govcloud.model.cloud import Cloud
from govcloud.model.level import BackupDemand
from govcloud.model.tenant import Backup, Tenant
from govcloud.rules import offers
from govcloud.rules.finding import At, unknown
from govcloud.rules.separation import tables
from govcloud_base.errors import Problem, Severity

__all__ = ["judge", "targets"]

_AT = ("spec", "storage", "backup")


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield buckets without the backup that their level demands (GC-BACKUP-001; until the law's day as a warning),
    backups on the tenant's own site or store (002), of buckets that are not declared (003), kept too short (004), that
    may be changed (005), and on a site that serves another body alone (006).
    """
    for tenant in country.tenants.values():
        backup = tenant.spec.storage.backup
        yield from _demanded(country, tenant, date)
        if backup is not None:
            yield from _of(country, tenant, backup)


def targets(country: Country, tenant: Tenant) -> list[str]:
    """Return the clouds on which a tenant's backups may lie: another site, another store, open to its agency."""
    here = country.clouds.get(tenant.spec.cloud)
    own = _address(here) if here else None
    return [
        name
        for name in offers.clouds(country, tenant)
        if name != tenant.spec.cloud and _address(country.clouds[name]) != own
    ]


def _address(cloud: Cloud) -> tuple[str, str | None]:
    """Return what tells a cloud's store from others: its address, or the variable that holds it."""
    store = cloud.spec.object_store
    return (store.endpoint or "").lower().removesuffix(":443"), store.endpoint_from


def _demanded(country: Country, tenant: Tenant, date: datetime.date) -> Iterator[Problem]:
    """Yield what the tenant's level demands of its backups and it lacks; the strictest of its regimes counts.

    Where the country has no other store for it, nothing in the tenant's file could mend that, and it is not asked.
    """
    spec = tenant.spec
    if not spec.storage.buckets or spec.lifecycle.state in ("exported", "removed"):
        return
    asked = [(t.backups, level) for t, level in tables(country, tenant) if t.backups and level >= t.backups.from_level]
    if not asked:
        return
    refused = any(date >= demand.refused_from for demand, _ in asked)
    severity = Severity.ERROR if refused else Severity.WARNING
    scope = tenant.name if refused else None
    backup = spec.storage.backup
    missing = sorted(spec.storage.buckets.keys() - set(spec.storage.backed_up))
    possible = targets(country, tenant)
    if missing and possible:
        level = max(level for _, level in asked)
        at = At(country, tenant, *(_AT if backup else ("spec", "storage")))
        example = f"backup: {{cloud: {possible[0]}, keepDays: {_least(asked)}}}"
        yield at.problem(
            "GC-BACKUP-001",
            (
                f"at level {level} each bucket has a backup on a second cloud (BAK-01): {', '.join(missing)}",
                f"ở cấp độ {level}, mỗi kho phải có bản sao lưu ở đám mây thứ hai (BAK-01): {', '.join(missing)}",
            ),
            (
                "leave out backup.buckets, or name them all" if backup else f"declare {example}",
                "bỏ `backup.buckets`, hoặc nêu đủ các kho" if backup else f"khai báo {example}",
            ),
            value=", ".join(spec.storage.backed_up) or None,
            allowed=", ".join(possible),
            severity=severity,
            scope=scope,
        )
    if backup is not None:
        yield from _weak(country, tenant, backup, asked, severity, scope)


def _least(asked: list[tuple[BackupDemand, int]]) -> int:
    return max(demand.keep_days[level - 1] or 1 for demand, level in asked)


def _weak(
    country: Country,
    tenant: Tenant,
    backup: Backup,
    asked: list[tuple[BackupDemand, int]],
    severity: Severity,
    scope: str | None,
) -> Iterator[Problem]:
    least = _least(asked)
    if backup.keep_days < least:
        yield At(country, tenant, *_AT, "keepDays").problem(
            "GC-BACKUP-004",
            (
                f"at level {tenant.spec.level} backups are kept for {least} days at least",
                f"ở cấp độ {tenant.spec.level}, bản sao lưu phải được giữ ít nhất {least} ngày",
            ),
            (f"write keepDays: {least} or more", f"ghi keepDays: {least} trở lên"),
            value=backup.keep_days,
            allowed=f">= {least}",
            severity=severity,
            scope=scope,
        )
    if not backup.immutable and any(level >= demand.immutable_from for demand, level in asked):
        yield At(country, tenant, *_AT, "immutable").problem(
            "GC-BACKUP-005",
            (
                f"at level {tenant.spec.level} one copy can be changed by nobody (STO-05)",
                f"ở cấp độ {tenant.spec.level} phải có một bản sao không ai sửa được (STO-05)",
            ),
            ("remove immutable: false", "bỏ immutable: false"),
            value="false",
            allowed="true",
            severity=severity,
            scope=scope,
        )


def _of(country: Country, tenant: Tenant, backup: Backup) -> Iterator[Problem]:
    """Yield what is wrong with a backup whatever the level."""
    own = sorted(tenant.spec.storage.buckets)
    for index, label in enumerate(backup.buckets):
        if label not in own:
            at = At(country, tenant, *_AT, "buckets", index)
            yield unknown(at, "GC-BACKUP-003", ("bucket of this tenant", "kho của tenant này"), label, own)
    cloud = country.clouds.get(backup.cloud)
    if cloud is None:
        return
    possible = targets(country, tenant)
    at = At(country, tenant, *_AT, "cloud")
    allowed = ", ".join(possible) or None
    if cloud.spec.dedicated_to not in (None, tenant.spec.agency):
        yield at.problem(
            "GC-BACKUP-006",
            (f"the site serves {cloud.spec.dedicated_to} alone", f"đám mây này chỉ dành cho {cloud.spec.dedicated_to}"),
            ("use another cloud", "dùng đám mây khác"),
            value=backup.cloud,
            allowed=allowed,
        )
    elif backup.cloud not in possible:
        yield at.problem(
            "GC-BACKUP-002",
            (
                "the backup would lie in the same store as the original, and be lost with it",
                "bản sao lưu nằm cùng kho lưu trữ với bản gốc và sẽ mất cùng bản gốc",
            ),
            ("name another cloud, with a store of its own", "nêu đám mây khác, có kho lưu trữ riêng"),
            value=backup.cloud,
            allowed=allowed,
        )
