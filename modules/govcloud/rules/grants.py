"""Grants: one agency's bucket for another, only along a link that both approved."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from govcloud.country import Country
from govcloud.model.tenant import BucketGrant, Tenant
from govcloud.rules.finding import At, unknown
from govcloud_base.errors import Problem, Severity

__all__ = ["judge"]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield grants on buckets that are not shared (GC-GRANT-001), to nobody (002), along no link that joins the two
    (003), to a tenant on another store (004) or without an identity there (005), and as a warning those that are over
    (007), which gives nothing to anybody.
    """
    for tenant in country.tenants.values():
        for label, bucket in tenant.spec.storage.buckets.items():
            if bucket.grants and bucket.share_class != "shared":
                yield At(country, tenant, "spec", "storage", "buckets", label, "class").problem(
                    "GC-GRANT-001",
                    (
                        "only a shared bucket may be granted to others",
                        "chỉ kho có lớp `shared` mới được cấp quyền cho bên khác",
                    ),
                    ("use class shared, or remove the grants", "dùng `class: shared`, hoặc bỏ `grants`"),
                    value=bucket.share_class,
                    allowed="shared",
                )
            for number, grant in enumerate(bucket.grants):
                at = At(country, tenant, "spec", "storage", "buckets", label, "grants", number)
                yield from _grantee(country, tenant, grant, at)
                yield from _along(country, tenant, grant, at, date)


def _grantee(country: Country, owner: Tenant, grant: BucketGrant, at: At) -> Iterator[Problem]:
    other = country.tenants.get(grant.to)
    if other is None:
        known = sorted(name for name in country.tenants if name != owner.name)
        yield unknown(at.below("to"), "GC-GRANT-002", ("other tenant", "tenant khác"), grant.to, known)
        return
    if other is owner:
        yield at.below("to").problem(
            "GC-GRANT-002",
            ("the bucket is this tenant's own", "kho là của chính tenant này"),
            ("name the tenant of the other agency", "nêu tenant của cơ quan kia"),
            value=grant.to,
        )
        return
    here, there = (country.clouds.get(tenant.spec.cloud) for tenant in (owner, other))
    if here is not None and there is not None and here is not there:
        yield at.below("to").problem(
            "GC-GRANT-004",
            (
                f"{other.name} is on {there.name}, the bucket on {here.name}: no store knows both",
                f"{other.name} ở {there.name}, còn kho ở {here.name}: không hệ thống lưu trữ nào biết cả hai",
            ),
            ("exchange the data through a platform", "trao đổi dữ liệu qua nền tảng"),
            value=grant.to,
        )
        return
    link = country.links.get(grant.link)
    environment = link.spec.environment if link is not None else None
    if not other.spec.storage.buckets or (environment is not None and environment not in other.spec.environments):
        yield at.below("to").problem(
            "GC-GRANT-005",
            (
                f"{other.name} has no identity on the store there: it declares no bucket, or no such environment",
                f"{other.name} không có danh tính ở đó: chưa khai báo kho nào, hoặc không có môi trường đó",
            ),
            ("let the other tenant declare a bucket of its own first", "để tenant kia khai báo một kho của mình trước"),
            value=grant.to if environment is None else f"{grant.to}, {environment}",
        )


def _along(country: Country, owner: Tenant, grant: BucketGrant, at: At, date: datetime.date) -> Iterator[Problem]:
    other, link = country.tenants.get(grant.to), country.links.get(grant.link)
    if other is None or other is owner:
        return
    pair = (other.spec.agency, owner.spec.agency)
    joining = sorted(
        one.name
        for one in country.links_by_agency.get(owner.spec.agency, ())
        if pair in one.directions() and one.spec.valid_from <= date and one.spec.environment in owner.spec.environments
    )
    if link is None or grant.link not in joining:
        named = ", ".join(joining)
        yield at.below("link").problem(
            "GC-GRANT-003",
            (
                f"no link by which {other.spec.agency} may ask {owner.spec.agency}",
                f"không phải liên kết mà qua đó {other.spec.agency} được hỏi {owner.spec.agency}",
            ),
            (
                f"name one of: {named}" if joining else "declare a link that both approve, and name it",
                f"nêu một trong: {named}" if joining else "khai báo liên kết hai bên cùng duyệt rồi nêu tên",
            ),
            value=grant.link,
            allowed=named or None,
        )
    days = [day for day in (grant.until, link.spec.valid_to if link else None) if day is not None]
    if days and min(days) < date:
        yield at.problem(
            "GC-GRANT-007",
            (
                "the grant, or its link, is over: the next `up` takes the right away",
                "quyền, hoặc liên kết của nó, đã hết hạn: lần `up` tới sẽ thu hồi",
            ),
            ("remove it, or have a new day approved", "bỏ đi, hoặc đề nghị duyệt ngày mới"),
            value=min(days),
            allowed=f">= {date}",
            severity=Severity.WARNING,
        )
