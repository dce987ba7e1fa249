"""Images: where gateways and platforms run there is a registry for theirs, and none is locked twice."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.model.declaration import Declaration
from govcloud.model.tenant import Tenant
from govcloud.rules.finding import At
from govcloud_base.errors import Problem

__all__ = ["judge"]

_SHOWN = 5
"""Names that a finding shows."""


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield clouds whose gateways and platforms have no registry (GC-IMAGE-001), clouds of tenants of a level that asks
    whence images come that do not say (GC-IMAGE-002, control SUP-01), and locks for the same registry (GC-IMAGE-003).
    """
    running: dict[str, list[str]] = defaultdict(list)
    for name, declared in _running(country):
        running[name].append(declared.name)
    for name, users in running.items():
        cloud = country.clouds.get(name)
        if cloud is None or cloud.spec.images is not None:
            continue  # a dangling reference is reported as one
        more = f", ... ({len(users)})" if len(users) > _SHOWN else ""
        yield At(country, cloud, "spec").problem(
            "GC-IMAGE-001",
            (
                "gateways or platforms run here, and no registry is declared",
                "có cổng kết nối hoặc nền tảng chạy ở đây nhưng chưa khai báo kho ảnh",
            ),
            (
                "declare images.registry: the host that the nodes get images from",
                "khai báo `images.registry`: máy mà các nút lấy ảnh",
            ),
            value=", ".join(users[:_SHOWN]) + more,
        )
    yield from _levels(country)
    yield from _locks(country)


def _running(country: Country) -> Iterable[tuple[str, Declaration]]:
    """Yield what runs an image of the project, with its cloud."""
    for segment in country.segments.values():
        tenant = country.tenants.get(segment.spec.tenant)
        if tenant is not None:
            yield tenant.spec.cloud, segment
    for platform in country.platforms.values():
        owner = country.tenants_by_agency.get(platform.spec.owner)
        if owner is not None and platform.provisioned:
            yield owner.spec.cloud, platform


def _levels(country: Country) -> Iterable[Problem]:
    asking = country.law.catalogue["SUP-01"].level
    found: dict[str, list[Tenant]] = defaultdict(list)
    for tenant in country.tenants.values():
        if tenant.spec.level >= asking and tenant.spec.environments and not tenant.leaving:
            found[tenant.spec.cloud].append(tenant)
    for name, tenants in found.items():
        cloud = country.clouds.get(name)
        if cloud is None or cloud.spec.images is not None:
            continue
        names = [tenant.name for tenant in tenants]
        more = f", ... ({len(names)})" if len(names) > _SHOWN else ""
        yield At(country, cloud, "spec").problem(
            "GC-IMAGE-002",
            (
                f"from level {asking} on images come from declared registries, and none is declared here",
                f"từ cấp độ {asking} ảnh phải lấy từ kho ảnh đã khai báo, nhưng ở đây chưa khai báo kho nào",
            ),
            ("declare images.registry (SUP-01)", "khai báo `images.registry` (SUP-01)"),
            value=", ".join(names[:_SHOWN]) + more,
        )


def _locks(country: Country) -> Iterable[Problem]:
    first: dict[str | None, str] = {}
    for lock in country.image_locks.values():
        other = first.setdefault(lock.spec.registry, lock.name)
        if other != lock.name:
            yield At(country, lock, "spec").problem(
                "GC-IMAGE-003",
                (f"{other} locks images of the same registry", f"{other} đã khóa ảnh của cùng kho ảnh"),
                ("keep one of them", "chỉ giữ lại một"),
                value=lock.spec.registry,
            )
