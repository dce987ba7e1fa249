"""Every name in a declaration leads to something that is declared."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.model.declaration import Declaration
from govcloud.model.identifier import slug
from govcloud.model.link import Link
from govcloud.model.platform import Platform
from govcloud.model.tenant import Tenant
from govcloud.rules import offers
from govcloud.rules.finding import At, unknown
from govcloud_base.errors import Problem

__all__ = ["judge"]

_AGENCY = ("agency", "cơ quan")
_CLOUD = ("cloud", "đám mây")
_TENANT = ("tenant", "tenant")
_PLATFORM = ("platform", "nền tảng")
_REGIME = ("regime", "chế độ cấp độ")
_ENVIRONMENT = ("environment", "môi trường")
_NAME_OF_TENANT = (
    "name a declared tenant of the body meant: it is called like the agency's code, in small letters with dashes",
    "dùng tenant đã khai báo của đúng cơ quan: tên là mã cơ quan viết thường, dấu chấm thay bằng dấu gạch",
)
_OWN_AGENCY = (
    "write the code of the agency to which this folder belongs, or declare the agency first",
    "ghi mã của cơ quan sở hữu thư mục này, hoặc khai báo cơ quan trước",
)
_OPEN_PLATFORM = (
    "name a platform of your own body or one that is open to it, or declare it first",
    "dùng nền tảng của chính cơ quan hoặc nền tảng mở cho cơ quan, hoặc khai báo nền tảng trước",
)


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield a problem for every reference that leads nowhere (GC-REF-001 to 006)."""
    codes = sorted(country.agencies_by_code)
    elsewhere = country.rest.known

    def absent(code: str) -> bool:
        return code not in country.agencies_by_code and ("Agency", code) not in elsewhere

    def agency(
        declaration: Declaration, code: str | None, *path: str | int, but: str | None = None
    ) -> Iterable[Problem]:
        if code is not None and absent(code):
            others = [known for known in codes if known != but]
            at = At(country, declaration, *path).following(country.agencies.get(slug(code)), "metadata", "name")
            yield unknown(at, "GC-REF-001", _AGENCY, code, others)

    yield from _regime(country, country.settings, country.spec.regime)
    for cloud in country.clouds.values():
        yield from agency(cloud, cloud.spec.dedicated_to, "spec", "dedicatedTo")
    for body in country.agencies.values():
        yield from agency(body, body.spec.parent, "spec", "parent", but=body.code)
        yield from agency(body, body.spec.merged_into, "spec", "mergedInto", but=body.code)
    for tenant in country.tenants.values():
        if absent(tenant.spec.agency):
            named = country.agencies.get(slug(tenant.spec.agency))
            at = At(country, tenant, "spec", "agency").following(named, "metadata", "name")
            own = offers.agencies(country, tenant)
            yield unknown(at, "GC-REF-001", _AGENCY, tenant.spec.agency, own, otherwise=_OWN_AGENCY)
        if tenant.spec.cloud not in country.clouds:
            at = At(country, tenant, "spec", "cloud")
            yield unknown(at, "GC-REF-002", _CLOUD, tenant.spec.cloud, offers.clouds(country, tenant))
        backup = tenant.spec.storage.backup
        if backup is not None and backup.cloud not in country.clouds:
            at = At(country, tenant, "spec", "storage", "backup", "cloud")
            others = [name for name in offers.clouds(country, tenant) if name != tenant.spec.cloud]
            yield unknown(at, "GC-REF-002", _CLOUD, backup.cloud, others)
        for index, name in enumerate(tenant.spec.platforms):
            yield from _platform(country, tenant, name, "spec", "platforms", index)
        if tenant.spec.regime is not None:
            yield from _regime(country, tenant, tenant.spec.regime)
        if tenant.spec.transition is not None:
            yield from _regime(country, tenant, tenant.spec.transition.regime, "transition", "regime")
    for segment in country.segments.values():
        yield from _environment(country, segment, segment.spec.tenant, segment.spec.environment)
    for link in country.links.values():
        for index, end in enumerate(link.spec.ends):
            yield from agency(link, end, "spec", "ends", index)
        if link.spec.platform is not None:
            yield from _platform(country, link, link.spec.platform, "spec", "platform")
    for platform in country.platforms.values():
        yield from agency(platform, platform.spec.owner, "spec", "owner")
        for index, name in enumerate(platform.spec.depends_on):
            yield from _platform(country, platform, name, "spec", "dependsOn", index)
        if platform.spec.consumers != "linked":
            for index, code in enumerate(platform.spec.consumers.agencies):
                yield from agency(platform, code, "spec", "consumers", "agencies", index)
    for waiver in country.waivers.values():
        if waiver.spec.tenant not in country.tenants and ("Tenant", waiver.spec.tenant) not in elsewhere:
            yield _tenant(country, waiver, waiver.spec.tenant)


def _regime(country: Country, declaration: Declaration, name: str, *path: str) -> Iterable[Problem]:
    known = sorted(r.name for r in country.law.regimes if country.law.levels(r.name))
    if name not in known:
        at = At(country, declaration, "spec", *(path or ("regime",)))
        yield unknown(at, "GC-REF-005", _REGIME, name, known)


def _tenant(country: Country, declaration: Declaration, name: str) -> Problem:
    known = offers.tenants(country, declaration.name, name)
    misnamed = next((t for t in country.tenants.values() if slug(t.spec.agency) == name), None)
    at = At(country, declaration, "spec", "tenant").following(misnamed, "metadata", "name")
    return unknown(at, "GC-REF-003", _TENANT, name, known, otherwise=_NAME_OF_TENANT)


def _platform(
    country: Country, declaration: Tenant | Link | Platform, name: str, *path: str | int
) -> Iterable[Problem]:
    """Yield a platform that is not there: mistyped, or removed although it is still used."""
    if name not in country.platforms and ("Platform", name) not in country.rest.known:
        known = offers.platforms(country, declaration)
        at = At(country, declaration, *path)
        yield unknown(at, "GC-REF-004", _PLATFORM, name, known, otherwise=_OPEN_PLATFORM)


def _environment(country: Country, declaration: Declaration, tenant: str, environment: str) -> Iterable[Problem]:
    if tenant not in country.tenants:
        yield _tenant(country, declaration, tenant)
    elif environment not in country.tenants[tenant].spec.environments:
        at = At(country, declaration, "spec", "environment")
        known = sorted(country.tenants[tenant].spec.environments)
        yield unknown(at, "GC-REF-006", _ENVIRONMENT, environment, known)
