"""Security levels: declared ones are not below what the criteria give, and what a level demands is declared."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.errors import Problem, Severity
from govcloud.model.level import Criterion
from govcloud.model.tenant import Tenant
from govcloud.rules.finding import At

__all__ = ["computed", "judge"]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield levels that are too low (GC-LEVEL-001), platforms above their owner's level (002), buckets without the
    versions that the level demands (003), missing dossiers (004) and regimes not in force (005).
    """
    for tenant in country.tenants.values():
        level, reasons = computed(country, tenant)
        if tenant.spec.level < level:
            why = "; ".join(reason.source for reason in reasons)
            yield At(country, tenant, "spec", "level").problem(
                "GC-LEVEL-001",
                (f"the criteria give level {level} ({why})", f"theo tiêu chí phải là cấp độ {level} ({why})"),
                (f"declare level {level}", f"khai báo cấp độ {level}"),
                value=tenant.spec.level,
                allowed=f">= {level}",
            )
        yield from _buckets(country, tenant)
        if tenant.spec.level_dossier is None and tenant.spec.lifecycle.state == "active":
            yield At(country, tenant, "spec").problem(
                "GC-LEVEL-004",
                ("no approved level dossier is named", "chưa nêu hồ sơ đề xuất cấp độ được duyệt"),
                ("add levelDossier: with its reference", "thêm levelDossier: với số hiệu hồ sơ"),
                severity=Severity.WARNING,
            )
        regime = country.law.regime(country.regime(tenant))
        if regime is not None and not regime.spec.holds(date):
            yield At(country, tenant, "spec", "regime").problem(
                "GC-LEVEL-005",
                (f"{regime.name} is not in force on {date}", f"{regime.name} không có hiệu lực ngày {date}"),
                ("name the regime in force", "dùng chế độ đang có hiệu lực"),
                value=regime.name,
                allowed=", ".join(r.name for r in country.law.regimes if r.spec.holds(date)) or None,
            )
    for platform in country.platforms.values():
        owner = country.tenants_by_agency.get(platform.spec.owner)
        if owner is not None and platform.spec.level > owner.spec.level:
            yield At(country, platform, "spec", "level").problem(
                "GC-LEVEL-002",
                (
                    f"the platform's level is above that of its owner's tenant ({owner.spec.level})",
                    f"cấp độ nền tảng cao hơn tenant của chủ quản ({owner.spec.level})",
                ),
                ("raise the owner tenant's level", "nâng cấp độ tenant của chủ quản"),
                value=platform.spec.level,
                allowed=f"<= {owner.spec.level}",
            )


def computed(country: Country, tenant: Tenant) -> tuple[int, tuple[Criterion, ...]]:
    """Return the lowest level that the criteria allow, and the articles that demand it; the highest criterion wins."""
    regime = country.law.regime(country.regime(tenant))
    if regime is None:
        return 1, ()
    applying = [c for c in regime.spec.criteria if c.applies(tenant.spec.criteria)]
    level = max((c.level for c in applying), default=regime.spec.lowest)
    return level, tuple(c for c in applying if c.level == level)


def _buckets(country: Country, tenant: Tenant) -> Iterable[Problem]:
    table = country.level_table(tenant)
    for name, bucket in tenant.spec.storage.buckets.items():
        path = ("spec", "storage", "buckets", name)
        if table and tenant.spec.level >= table.spec.versioning_from and not bucket.versioning:
            yield At(country, tenant, *path, "versioning").problem(
                "GC-LEVEL-003",
                (
                    f"at level {tenant.spec.level} every bucket keeps versions (STO-04)",
                    f"từ cấp độ {table.spec.versioning_from}, mọi kho phải lưu phiên bản (STO-04)",
                ),
                ("remove versioning: false", "bỏ versioning: false"),
                value="false",
                allowed="true",
            )
        if bucket.share_class == "open" and bucket.personal_data:
            yield At(country, tenant, *path, "class").problem(
                "GC-LEVEL-006",
                ("personal data is never open data", "dữ liệu cá nhân không phải dữ liệu mở"),
                ("use class private or shared", "dùng class private hoặc shared"),
                value="open",
                allowed="private, shared",
            )
