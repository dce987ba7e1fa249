"""Separation: from a level on, systems share no data zone with others, and from a higher one no site.

The levels are data of each regime's table. A tenant in transition follows two regimes, and the stricter one counts.
Namespaces and buckets belong to one tenant at any level; what declarations can join are zones, by direct links, and
sites. A site whose nodes, storage and network devices serve one agency alone says so (`dedicatedTo`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from govcloud.country import Country
from govcloud.model.level import LevelTableSpec
from govcloud.model.link import Link
from govcloud.model.tenant import Tenant
from govcloud.rules.finding import At
from govcloud_base.errors import Problem

__all__ = ["holds_data", "judge", "of_tenant", "tables"]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield tenants whose level demands a site of their own (GC-LEVEL-011), tenants on a site that serves another
    agency (GC-CLOUD-008), and direct links between data zones of systems that must be apart (GC-LEVEL-012).
    """
    for tenant in country.tenants.values():
        yield from _site(country, tenant)
    for link in country.links.values():
        yield from _joined(country, link, date)


def of_tenant(country: Country, tenant: Tenant, date: datetime.date) -> Iterable[Problem]:
    """Yield the same of one tenant, which may have other values than that of its name in the country."""
    yield from _site(country, tenant)
    for link in country.links_by_agency.get(tenant.spec.agency, ()):
        yield from _joined(country, link, date, tenant)


def holds_data(country: Country, tenant: Tenant, environment: str) -> bool:
    """Return whether a zone in which data lives is attached to the tenant's segment."""
    segment, table = country.segments_by_tenant.get((tenant.name, environment)), country.level_table(tenant)
    if segment is None or table is None:
        return False
    zones = (table.spec.zones.get(name) for name in segment.spec.zones)
    return any(zone is not None and zone.holds_data for zone in zones)


def tables(country: Country, tenant: Tenant) -> Iterator[tuple[LevelTableSpec, int]]:
    """Yield the tables of the regimes that a tenant follows, each with its level there."""
    followed = [(country.regime(tenant), tenant.spec.level)]
    if tenant.spec.transition is not None:
        followed.append((tenant.spec.transition.regime, tenant.spec.transition.level))
    for regime, level in followed:
        if (table := country.law.levels(regime)) is not None:
            yield table.spec, level


def _site(country: Country, tenant: Tenant) -> Iterable[Problem]:
    cloud = country.clouds.get(tenant.spec.cloud)
    if cloud is None or tenant.leaving:
        return
    only = cloud.spec.dedicated_to
    if only is not None and only != tenant.spec.agency:
        yield _elsewhere(country, tenant, only)
    elif only is None and any(level >= t.physical_separation_from for t, level in tables(country, tenant)):
        yield _alone(country, tenant)


def _alone(country: Country, tenant: Tenant) -> Problem:
    code = tenant.spec.agency
    own = [cloud.name for cloud in country.clouds.values() if cloud.spec.dedicated_to == code]
    return At(country, tenant, "spec", "cloud").problem(
        "GC-LEVEL-011",
        (
            f"level {tenant.spec.level} demands nodes, storage and network of its own; {tenant.spec.cloud} is shared",
            f"cấp độ {tenant.spec.level} phải có máy chủ, lưu trữ và mạng riêng; {tenant.spec.cloud} dùng chung",
        ),
        (
            f"move the tenant to {' or '.join(own) or f'a site of its own, with dedicatedTo: {code}'}",
            f"chuyển tenant sang {' hoặc '.join(own) or f'một đám mây riêng, có dedicatedTo: {code}'}",
        ),
        value=tenant.spec.cloud,
        allowed=", ".join(own) or None,
    )


def _elsewhere(country: Country, tenant: Tenant, only: str) -> Problem:
    return At(country, tenant, "spec", "cloud").problem(
        "GC-CLOUD-008",
        (f"the site serves {only} alone", f"đám mây này chỉ dành riêng cho {only}"),
        ("use another cloud", "dùng đám mây khác"),
        value=tenant.spec.cloud,
        allowed=", ".join(c.name for c in country.clouds.values() if c.spec.dedicated_to in (None, tenant.spec.agency)),
    )


def _joined(country: Country, link: Link, date: datetime.date, changed: Tenant | None = None) -> Iterable[Problem]:
    """Yield a direct link between data zones of systems that must be apart; `changed` is taken for that of its name."""
    if link.spec.via != "direct" or not link.holds(date):
        return
    ends = [tenant for code in link.spec.ends if (tenant := country.tenants_by_agency.get(code)) is not None]
    ends = [changed if changed is not None and tenant.name == changed.name else tenant for tenant in ends]
    if len(ends) < 2 or not all(holds_data(country, tenant, link.spec.environment) for tenant in ends):
        return
    apart = [
        tenant
        for tenant in ends
        if any(level >= table.logical_separation_from for table, level in tables(country, tenant))
    ]
    if apart:
        yield At(country, link, "spec", "ends").problem(
            "GC-LEVEL-012",
            (
                f"the link joins data zones, but {apart[0].name} of level {apart[0].spec.level} stands apart",
                f"liên kết nối hai vùng dữ liệu, nhưng {apart[0].name} cấp độ {apart[0].spec.level} phải tách biệt",
            ),
            (
                "attach servers to one of the segments in place of the zone of data, or link through a platform",
                "gắn vùng máy chủ thay cho vùng dữ liệu vào một phân đoạn, hoặc kết nối qua nền tảng",
            ),
            value=", ".join(link.spec.ends),
        )
