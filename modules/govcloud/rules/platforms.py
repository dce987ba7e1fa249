"""Platforms, clouds, waivers and lifecycles: the smaller rules."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.errors import Problem, Severity
from govcloud.rules.finding import At, unknown

__all__ = ["judge"]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield platforms without a home (GC-PLATFORM-001) or doubled (002), clouds abroad (GC-CLOUD-002), waivers that do
    not count (GC-WAIVER-*) and tenants overdue (GC-LIFECYCLE-*).
    """
    yield from _platforms(country)
    yield from _clouds(country)
    yield from _waivers(country, date)
    yield from _lifecycles(country, date)


def _platforms(country: Country) -> Iterable[Problem]:
    homes: dict[tuple[str, str, str], str] = {}
    for platform in country.platforms.values():
        owner = country.tenants_by_agency.get(platform.spec.owner)
        if owner is None or platform.spec.environment not in owner.spec.environments:
            yield At(country, platform, "spec", "owner").problem(
                "GC-PLATFORM-001",
                (
                    f"{platform.spec.owner} has no tenant with environment {platform.spec.environment}",
                    f"{platform.spec.owner} không có tenant với môi trường {platform.spec.environment}",
                ),
                ("declare the owner's tenant first", "khai báo tenant của chủ quản trước"),
                value=platform.spec.owner,
            )
        home = (platform.spec.owner, platform.spec.environment, platform.spec.kind)
        if homes.setdefault(home, platform.name) != platform.name:
            yield At(country, platform, "spec", "kind").problem(
                "GC-PLATFORM-002",
                (f"{homes[home]} already serves this body", f"{homes[home]} đã phục vụ cơ quan này"),
                ("keep one of a kind for each body", "mỗi cơ quan một nền tảng cho mỗi loại"),
                value=platform.spec.kind,
            )


def _clouds(country: Country) -> Iterable[Problem]:
    for cloud in country.clouds.values():
        if cloud.spec.region not in country.spec.regions:
            at = At(country, cloud, "spec", "region")
            what = ("region inside the country", "vùng trong lãnh thổ")
            yield unknown(at, "GC-CLOUD-002", what, cloud.spec.region, list(country.spec.regions))


def _waivers(country: Country, date: datetime.date) -> Iterable[Problem]:
    for waiver in country.waivers.values():
        if waiver.spec.approver.casefold() == waiver.spec.author.casefold():
            yield At(country, waiver, "spec", "approver").problem(
                "GC-WAIVER-001",
                ("who asks for a waiver does not approve it", "người đề nghị miễn trừ không được tự duyệt"),
                ("have somebody else approve it", "để người khác phê duyệt"),
                value=waiver.spec.approver,
            )
        if waiver.spec.expires < date:
            yield At(country, waiver, "spec", "expires").problem(
                "GC-WAIVER-002",
                ("the waiver has expired; its control applies again", "miễn trừ đã hết hạn; biện pháp lại có hiệu lực"),
                ("meet the control, or have the waiver renewed", "đáp ứng biện pháp, hoặc gia hạn miễn trừ"),
                value=waiver.spec.expires,
                allowed=f">= {date}",
            )


def _lifecycles(country: Country, date: datetime.date) -> Iterable[Problem]:
    for tenant in country.tenants.values():
        life = tenant.spec.lifecycle
        if life.expires is not None and life.expires < date and life.state in ("trial", "active"):
            yield At(country, tenant, "spec", "lifecycle", "expires").problem(
                "GC-LIFECYCLE-001",
                ("the tenant has expired", "tenant đã hết hạn"),
                ("extend it, or set its state to halted", "gia hạn, hoặc đặt trạng thái halted"),
                value=life.expires,
                allowed=f">= {date}",
            )
        if life.review_by < date and life.state in ("trial", "active"):
            yield At(country, tenant, "spec", "lifecycle", "reviewBy").problem(
                "GC-LIFECYCLE-002",
                ("the review is overdue", "đã quá hạn rà soát"),
                ("confirm that the tenant is needed and set the next date", "xác nhận nhu cầu và đặt ngày rà soát mới"),
                value=life.review_by,
                severity=Severity.WARNING,
            )
