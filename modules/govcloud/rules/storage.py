"""Buckets: what is asked of them fits their class, their level and each other."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.model.level import REPLACED_VERSIONS
from govcloud.model.tenant import Bucket, Tenant
from govcloud.rules.finding import At
from govcloud.rules.separation import tables
from govcloud_base.errors import Problem

__all__ = ["judge"]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield buckets without the versions that the level or a lock demands (GC-LEVEL-003, 020), open data that is
    personal (006), core or important (021), keys that shall be younger than today (022), and buckets that end replaced
    versions too early (023) or keep none (024).
    """
    for tenant in country.tenants.values():
        yield from _buckets(country, tenant)
        since = tenant.spec.storage.keys_since
        if since is not None and since > date:
            yield At(country, tenant, "spec", "storage", "keysSince").problem(
                "GC-LEVEL-022",
                (
                    "keys cannot be newer than today: they would be replaced now and be older all the same",
                    "khóa không thể mới hơn hôm nay: khóa bị thay ngay mà vẫn cũ hơn ngày đã ghi",
                ),
                (f"write keysSince: {date} or earlier", f"ghi keysSince: {date} hoặc sớm hơn"),
                value=since,
                allowed=f"<= {date}",
            )


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
        if bucket.keep_days and not bucket.versioning:
            yield At(country, tenant, *path, "keepDays").problem(
                "GC-LEVEL-020",
                ("what is kept for days needs versions", "giữ theo ngày cần lưu phiên bản"),
                ("remove versioning: false", "bỏ versioning: false"),
                value=bucket.keep_days,
            )
        yield from _ended(country, tenant, name, bucket)
        if bucket.share_class == "open" and bucket.importance != "other":
            yield At(country, tenant, *path, "class").problem(
                "GC-LEVEL-021",
                (
                    "core and important data is never open data",
                    "dữ liệu cốt lõi, dữ liệu quan trọng không phải dữ liệu mở",
                ),
                ("use class private or shared", "dùng `class: private` hoặc `class: shared`"),
                value="open",
                allowed="private, shared",
            )
        if bucket.share_class == "open" and bucket.personal_data:
            yield At(country, tenant, *path, "class").problem(
                "GC-LEVEL-006",
                ("personal data is never open data", "dữ liệu cá nhân không phải dữ liệu mở"),
                ("use class private or shared", "dùng `class: private` hoặc `class: shared`"),
                value="open",
                allowed="private, shared",
            )


def _ended(country: Country, tenant: Tenant, name: str, bucket: Bucket) -> Iterable[Problem]:
    """Yield what is wrong with the days after which a bucket ends what was replaced or deleted."""
    if bucket.versions_days is None:
        return
    at = At(country, tenant, "spec", "storage", "buckets", name, "versionsDays")
    if not bucket.versioning:
        yield at.problem(
            "GC-LEVEL-024",
            ("the bucket keeps no versions that could end", "kho không lưu phiên bản nào để kết thúc"),
            ("remove versionsDays", "bỏ versionsDays"),
            value=bucket.versions_days,
        )
    by_level = [table.amount(REPLACED_VERSIONS, level) for table, level in tables(country, tenant)]
    least = max(bucket.keep_days or 0, *(days or 0 for days in by_level), 0)
    if bucket.versions_days < least:
        yield at.problem(
            "GC-LEVEL-023",
            (
                f"at level {tenant.spec.level} and with the lock of this bucket, replaced versions stay for {least} "
                "days at least",
                f"ở cấp độ {tenant.spec.level} và theo khóa của kho này, phiên bản bị thay phải giữ ít nhất "
                f"{least} ngày",
            ),
            (f"write versionsDays: {least} or more", f"ghi `versionsDays: {least}` trở lên"),
            value=bucket.versions_days,
            allowed=f">= {least}",
        )
