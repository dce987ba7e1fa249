"""Shared platforms: each has a home and its consumers, none depends on itself, and data has one master."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.model.platform import Platform
from govcloud.model.platform_kind import KINDS, Reach
from govcloud.model.tenant import Tenant
from govcloud.rules import precedence
from govcloud.rules.chains import chain
from govcloud.rules.finding import At, misplaced
from govcloud_base.errors import Problem

__all__ = ["STOPPED", "entitled", "judge", "users"]

STOPPED = ("halted", "exported", "removed")
"""States of an owner in which its platforms do not run."""


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield platforms without a home (GC-PLATFORM-001) or doubled (002), consumers that are not entitled (003),
    dependencies in a circle (004), datasets with two masters (005), a second LGSP of one body (006), national databases
    elsewhere than at the National Data Centre (007) and platforms that stop while they are used (008).
    """
    yield from _homes(country)
    yield from _doubled(country)
    yield from _consumers(country, date)
    yield from _circles(country)
    yield from _masters(country, date)
    yield from _exchanges(country)
    yield from _national(country)
    yield from _stopped(country, date)


def entitled(country: Country, platform: Platform, code: str) -> bool:
    """Return whether an agency may use a platform: its owner and all below may, and whom `consumers` names."""
    wanted = platform.spec.consumers
    agency = country.agencies_by_code.get(code)
    if wanted == "linked" or agency is None:
        return True
    lineage = {agency.code, *(above.code for above in country.ancestors(agency))}
    return agency.spec.tier in wanted.tiers or bool(lineage & {platform.spec.owner, *wanted.agencies})


def users(country: Country, date: datetime.date) -> Counter[str]:
    """Return how many declarations use each platform on `date`: links, tenants and other platforms."""
    found: Counter[str] = Counter()
    for link in country.links.values():
        if link.spec.platform is not None and link.holds(date):
            found.update(p.name for p in chain(country, link))
    for tenant in country.tenants.values():
        found.update(tenant.spec.platforms)
    for platform in country.platforms.values():
        found.update(platform.spec.depends_on)
    return found


def _homes(country: Country) -> Iterable[Problem]:
    for platform in country.platforms.values():
        if platform.spec.owner not in country.agencies_by_code:
            continue  # reported as a dangling reference
        owner = country.tenants_by_agency.get(platform.spec.owner)
        if owner is None or platform.spec.environment not in owner.spec.environments:
            at = At(country, platform, "spec", "owner").following(
                misplaced(country, platform.spec.owner), "spec", "agency"
            )
            yield at.problem(
                "GC-PLATFORM-001",
                (
                    f"{platform.spec.owner} has no tenant with environment {platform.spec.environment}",
                    f"{platform.spec.owner} không có tenant với môi trường {platform.spec.environment}",
                ),
                ("declare the owner's tenant first", "khai báo tenant của chủ quản trước"),
                value=platform.spec.owner,
            )


def _doubled(country: Country) -> Iterable[Problem]:
    """Yield platforms beside another of the same kind, owner and environment."""

    def home(platform: Platform) -> tuple[str, ...]:
        return (platform.spec.owner, platform.spec.environment, platform.spec.kind)

    platforms = country.platforms.values()
    for platform, other in precedence.contests(platforms, home, precedence.platform_of_its_kind):
        yield At(country, platform, "spec", "kind").problem(
            "GC-PLATFORM-002",
            (f"{other.name} serves this body as well", f"{other.name} cũng phục vụ cơ quan này"),
            ("keep one of a kind for each body", "mỗi cơ quan một nền tảng cho mỗi loại"),
            value=platform.spec.kind,
        )


def _consumers(country: Country, date: datetime.date) -> Iterable[Problem]:
    for link in country.links.values():
        if link.spec.platform is None or not link.holds(date):
            continue
        for platform in chain(country, link):
            for index, end in enumerate(link.spec.ends):
                yield from _consumer(At(country, link, "spec", "ends", index), country, platform, end)
    for tenant in country.tenants.values():
        for index, name in enumerate(tenant.spec.platforms):
            used = country.platforms.get(name)
            if used is not None:
                at = At(country, tenant, "spec", "platforms", index)
                yield from _consumer(at, country, used, tenant.spec.agency)


def _consumer(at: At, country: Country, platform: Platform, code: str) -> Iterable[Problem]:
    wanted = platform.spec.consumers
    if wanted == "linked" or entitled(country, platform, code):
        return
    yield at.problem(
        "GC-PLATFORM-003",
        (f"{code} is not among the consumers of {platform.name}", f"{code} không thuộc đối tượng dùng {platform.name}"),
        (
            f"have {platform.spec.owner} add it to consumers of {platform.name}",
            f"đề nghị {platform.spec.owner} bổ sung vào consumers của {platform.name}",
        ),
        value=code,
        allowed=", ".join((*wanted.tiers, *wanted.agencies)) or platform.spec.owner,
    )


def _circles(country: Country) -> Iterable[Problem]:
    """Yield each circle of dependencies once, at its first platform by name."""
    done: set[str] = set()
    for start in country.platforms:
        if start in done:
            continue
        way = [start]
        pending = [iter(country.platforms[start].spec.depends_on)]
        while way:
            after = next(pending[-1], None)
            if after is None:
                done.add(way.pop())
                pending.pop()
            elif after in way:
                circle = way[way.index(after) :]
                first = circle.index(min(circle))
                yield _circle(country, circle[first:] + circle[:first])
            elif after not in done and after in country.platforms:
                way.append(after)
                pending.append(iter(country.platforms[after].spec.depends_on))


def _circle(country: Country, circle: list[str]) -> Problem:
    way = " > ".join([*circle, circle[0]])
    return At(country, country.platforms[circle[0]], "spec", "dependsOn").problem(
        "GC-PLATFORM-004",
        ("the platform depends on itself", "nền tảng phụ thuộc vào chính nó"),
        ("remove one of the dependencies", "bỏ một trong các phụ thuộc"),
        value=way,
    )


_Claim = tuple[str, Platform | Tenant, tuple[str | int, ...]]
"""A dataset, who says to be its master, and where."""


def _masters(country: Country, date: datetime.date) -> Iterable[Problem]:
    claims: list[_Claim] = []
    for platform in country.platforms.values():
        claims += [(name, platform, ("spec", "masterOf", n)) for n, name in enumerate(platform.spec.master_of)]
    for tenant in country.tenants.values():
        held = tenant.spec.datasets.items()
        claims += [(name, tenant, ("spec", "datasets", name)) for name, dataset in held if dataset.master]

    def right(claim: _Claim) -> tuple[object, ...]:
        return precedence.master(country, claim[1], date)

    for (name, holder, path), (_, other, _) in precedence.contests(claims, lambda claim: claim[0], right):
        if other is not holder:
            yield At(country, holder, *path).problem(
                "GC-PLATFORM-005",
                (
                    f"the master of {name!r} is {other.kind} {other.name}",
                    f"{name!r} có dữ liệu chủ tại {_shown(other)}",
                ),
                (
                    "keep the master there and read it from there",
                    "giữ dữ liệu chủ ở đó và khai thác từ đó",
                ),
                value=name,
            )


def _shown(holder: Platform | Tenant) -> str:
    return f"nền tảng {holder.name}" if isinstance(holder, Platform) else f"tenant {holder.name}"


def _exchanges(country: Country) -> Iterable[Problem]:
    """Yield LGSPs of one body beside another: a ministry or province has exactly one for each environment."""

    def served(platform: Platform) -> tuple[str, str]:
        owner = country.agencies_by_code[platform.spec.owner]
        return ((owner, *country.ancestors(owner))[-1].code, platform.spec.environment)

    def right(platform: Platform) -> tuple[object, ...]:
        return precedence.bodys_exchange(country, platform)

    exchanges = [
        p
        for p in country.platforms.values()
        if KINDS[p.spec.kind].reach is Reach.BODY and p.spec.owner in country.agencies_by_code
    ]
    for platform, first in precedence.contests(exchanges, served, right):
        if first.spec.owner != platform.spec.owner:
            body = served(platform)[0]
            yield At(country, platform, "spec", "owner").problem(
                "GC-PLATFORM-006",
                (f"{body} already has the LGSP {first.name}", f"{body} đã có LGSP {first.name}"),
                ("share it: one LGSP for each ministry or province", "dùng chung: mỗi bộ, tỉnh chỉ có một LGSP"),
                value=platform.spec.owner,
                allowed=first.spec.owner,
            )


def _national(country: Country) -> Iterable[Problem]:
    centres = sorted(c.name for c in country.clouds.values() if c.spec.national_data_centre)
    for platform in country.platforms.values():
        owner = country.tenants_by_agency.get(platform.spec.owner)
        if platform.spec.national_database and owner is not None and owner.spec.cloud not in centres:
            site = owner.spec.cloud
            yield At(country, platform, "spec", "nationalDatabase").problem(
                "GC-PLATFORM-007",
                (
                    f"a national database lives at the National Data Centre, not on {site} (STO-08)",
                    f"cơ sở dữ liệu quốc gia phải đặt tại Trung tâm dữ liệu quốc gia, không phải {site} (STO-08)",
                ),
                (
                    "move the owner's tenant to the National Data Centre",
                    "chuyển tenant của chủ quản về Trung tâm dữ liệu quốc gia",
                ),
                value=site,
                allowed=", ".join(centres) or None,
            )


def _stopped(country: Country, date: datetime.date) -> Iterable[Problem]:
    used = users(country, date)
    for platform in country.platforms.values():
        owner = country.tenants_by_agency.get(platform.spec.owner)
        if owner is not None and owner.spec.lifecycle.state in STOPPED and used[platform.name]:
            yield At(country, owner, "spec", "lifecycle", "state").problem(
                "GC-PLATFORM-008",
                (
                    f"{platform.name} runs here and {used[platform.name]} declarations use it",
                    f"{platform.name} chạy ở đây và còn {used[platform.name]} khai báo sử dụng",
                ),
                ("give the platform another owner first", "chuyển nền tảng cho chủ quản khác trước"),
                value=owner.spec.lifecycle.state,
            )
