"""Agencies: codes, tiers and parents fit the administrative model of the date and each other."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.model.administration import Tier
from govcloud.model.agency import Agency
from govcloud.model.identifier import issuers
from govcloud.rules import mergers, precedence
from govcloud.rules.finding import At, unknown
from govcloud.rules.territories import territory
from govcloud_base.errors import Problem

__all__ = ["judge"]

_WITHOUT_SYSTEMS = ("requested", "removed")
"""States of a tenant in which nothing of it exists."""


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield problems of agencies (GC-AGENCY-*); one that has ended is judged only where somebody still uses it."""
    tiers = country.law.tiers(date)
    yield from _codes(country)
    yield from mergers.judge(country)
    yield from _contacts(country)
    used = {t.spec.agency for t in country.tenants.values()} | {
        end for link in country.links.values() if link.holds(date) for end in link.spec.ends
    }
    for agency in country.agencies.values():
        if not agency.spec.holds(date):
            if agency.code in used:
                yield _ended(country, agency, date)
            continue
        if agency.spec.tier not in tiers:
            at = At(country, agency, "spec", "tier")
            titles = {name: tier.title.vi for name, tier in tiers.items()}
            yield unknown(at, "GC-AGENCY-003", ("tier", "cấp"), agency.spec.tier, sorted(tiers), titles)
            continue
        yield from _parent(country, agency, tiers, date)
        yield from _outside(country, agency, tiers[agency.spec.tier])
        yield from territory(country, agency, tiers[agency.spec.tier], date)


def _codes(country: Country) -> Iterable[Problem]:
    for agency in country.agencies.values():
        if agency.name != agency.tenant_name:
            yield At(country, agency, "metadata", "name").problem(
                "GC-AGENCY-001",
                (f"the name does not follow from the code {agency.code}", f"tên không suy ra từ mã {agency.code}"),
                (f"name it {agency.tenant_name}", f"đặt tên là {agency.tenant_name}"),
                value=agency.name,
                allowed=agency.tenant_name,
            )
    for agency, other in precedence.contests(country.agencies.values(), lambda a: a.code, precedence.coded):
        yield At(country, agency, "spec", "code").problem(
            "GC-AGENCY-002",
            (f"the code belongs to {other.name}", f"mã thuộc về {other.name}"),
            ("give the agency its own code", "dùng mã riêng của cơ quan"),
            value=agency.code,
        )


def _contacts(country: Country) -> Iterable[Problem]:
    """Yield agencies with a system and nobody to tell of an incident: neither they nor a body above name an address."""
    for tenant in country.tenants.values():
        agency = country.agencies_by_code.get(tenant.spec.agency)
        if agency is None or tenant.spec.lifecycle.state in _WITHOUT_SYSTEMS:
            continue
        if not any(body.spec.contacts for body in (agency, *country.ancestors(agency))):
            yield At(country, agency, "spec").problem(
                "GC-AGENCY-015",
                (
                    f"nobody is named for incidents of {agency.code} (NĐ 331/2026, article 31)",
                    f"{agency.code} chưa có đầu mối sự cố (NĐ 331/2026, Điều 31)",
                ),
                (
                    "add contacts: with an address that is read at all hours",
                    "thêm contacts: với địa chỉ luôn có người trực",
                ),
            )


def _wrong_day(agency: Agency, date: datetime.date) -> str:
    """Return the field that says that an agency does not exist on `date`."""
    return "validFrom" if agency.spec.valid_from > date else "validTo"


def _ended(country: Country, agency: Agency, date: datetime.date) -> Problem:
    heir = agency.spec.merged_into
    return At(country, agency, "spec", _wrong_day(agency, date)).problem(
        "GC-AGENCY-006",
        (
            f"{agency.code} does not exist on this date but still has a tenant or links",
            f"{agency.code} không tồn tại vào ngày này nhưng vẫn có tenant hoặc liên kết",
        ),
        (
            f"move them to {heir}" if heir else "correct the dates, or remove its tenant and links",
            f"chuyển chúng cho {heir}" if heir else "sửa ngày, hoặc bỏ tenant và liên kết của nó",
        ),
        value=f"{agency.spec.valid_from} .. {agency.spec.valid_to or ''}",
        scope=agency.tenant_name,
    )


def _parent(country: Country, agency: Agency, tiers: dict[str, Tier], date: datetime.date) -> Iterable[Problem]:
    allowed = tiers[agency.spec.tier].parents
    at = At(country, agency, "spec", "parent")
    if agency.spec.parent is None:
        if allowed:
            yield at.problem(
                "GC-AGENCY-004",
                (
                    f"an agency of tier {agency.spec.tier} has a parent",
                    f"cơ quan thuộc cấp {tiers[agency.spec.tier].title.vi} phải có cấp trên",
                ),
                ("add parent: with the code of the body above", "thêm parent: với mã cơ quan cấp trên"),
                allowed=", ".join(allowed),
            )
        return
    above = country.parent(agency)
    if above is None:
        return  # reported as a dangling reference
    if above.spec.tier not in allowed:
        yield at.following(above, "spec", "tier").problem(
            "GC-AGENCY-004",
            (
                f"the parent {above.code} has tier {above.spec.tier}, which is not directly above {agency.spec.tier}",
                f"cấp trên {above.code} là {_called(tiers, above)}, "
                f"không phải cấp ngay trên của {_called(tiers, agency)}",
            ),
            ("name the body directly above", "nêu cơ quan ngay trên"),
            value=above.code,
            allowed=", ".join(allowed) or "-",
        )
    elif not above.spec.holds(date):
        yield at.following(above, "spec", _wrong_day(above, date)).problem(
            "GC-AGENCY-019",
            (
                f"the parent {above.code} does not exist on this date",
                f"cấp trên {above.code} không tồn tại vào ngày này",
            ),
            _another_parent(country, above, date),
            value=above.code,
        )
    chain = country.ancestors(agency)
    last = country.parent(chain[-1]) if chain else None
    if last is not None and last.code == agency.code:
        yield at.problem(
            "GC-AGENCY-005",
            ("the agency is its own ancestor", "cơ quan là cấp trên của chính nó"),
            ("correct one of the parents", "sửa một trong các cấp trên"),
            value=" < ".join([agency.code, *(a.code for a in chain), agency.code]),
        )
    elif above.spec.tier in allowed:
        yield from _code_of_parent(country, agency, above)


def _another_parent(country: Country, above: Agency, date: datetime.date) -> tuple[str, str]:
    """Return what to do about a parent that has ended or not begun: its heir of the day, where there is one."""
    heirs = (country.agencies_by_code.get(code) for code in country.heirs(above.code))
    heir = next((agency.code for agency in heirs if agency is not None and agency.spec.holds(date)), None)
    if heir is None:
        return (
            "name a body that exists, or correct its days",
            "nêu cơ quan đang tồn tại, hoặc sửa ngày của cơ quan đó",
        )
    return (f"write parent: {heir}", f"ghi parent: {heir}")


def _called(tiers: dict[str, Tier], agency: Agency) -> str:
    tier = tiers.get(agency.spec.tier)
    return tier.title.vi if tier else agency.spec.tier


def _code_of_parent(country: Country, agency: Agency, above: Agency) -> Iterable[Problem]:
    """Yield a code that another body issued than the parent, or than one that was merged into it.

    A code begins with that of the body above (QĐ 20/2020/QĐ-TTg, article 4); after a merger the old ones go on.
    """
    found = issuers(agency.code)
    if above.code in found or any(above.code in country.heirs(code) for code in found):
        return
    wanted = found[0] if found else None
    issuer = next(filter(None, map(country.agencies_by_code.get, found)), None)
    misnamed = agency.name != agency.tenant_name  # then the code itself is wrong
    at = At(country, agency, "spec", "parent")
    at = at.following(agency, "metadata", "name") if misnamed else at.following(issuer, "spec", "mergedInto")
    yield at.problem(
        "GC-AGENCY-013",
        (
            f"the code {agency.code} does not begin with the parent's, {above.code}",
            f"mã {agency.code} không bắt đầu bằng mã của cấp trên {above.code}",
        ),
        _of_issuer(country, wanted, above),
        value=above.code,
        allowed=", ".join(found) or None,
    )


def _of_issuer(country: Country, wanted: str | None, above: Agency) -> tuple[str, str]:
    if wanted is None:
        return f"write a code of {above.code}", f"ghi mã do {above.code} cấp"
    if wanted in country.agencies_by_code:
        return f"write parent: {wanted}, or correct the code", f"ghi parent: {wanted}, hoặc sửa mã"
    return (
        f"correct the code, or declare {wanted} as the parent",
        f"sửa mã, hoặc khai báo {wanted} làm cấp trên",
    )


def _outside(country: Country, agency: Agency, tier: Tier) -> Iterable[Problem]:
    """Yield codes that say the opposite of the tier about whether the body belongs to the State."""
    if agency.code.startswith("Z") != tier.external:
        yield At(country, agency, "spec", "code").problem(
            "GC-AGENCY-008",
            (
                "codes that begin with Z, and no others, belong to bodies outside the State",
                "chỉ tổ chức ngoài Nhà nước mới có mã bắt đầu bằng Z",
            ),
            ("correct the code or the tier", "sửa mã hoặc cấp"),
            value=f"{agency.code}, {agency.spec.tier}",
            allowed="Z.." if tier.external else "A.. - Y..",
        )
