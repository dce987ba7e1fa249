"""Buckets: what is asked of them fits their class, their level and each other."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.model.tenant import Tenant
from govcloud.rules.finding import At
from govcloud_base.errors import Problem

__all__ = ["judge"]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield buckets without the versions that the level or a lock demands (GC-LEVEL-003, 020), open data that is
    personal (006), core or important (021), and keys that shall be younger than today (022).
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
