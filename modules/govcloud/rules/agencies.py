"""Agencies: codes, tiers and parents fit the administrative model of the date."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.errors import Problem
from govcloud.model.administration import Tier
from govcloud.model.agency import Agency
from govcloud.rules.finding import At, unknown
from govcloud.rules.territories import territory

__all__ = ["judge"]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield problems of agencies (GC-AGENCY-*); one that has ended is judged only where somebody still uses it."""
    tiers = country.law.tiers(date)
    yield from _codes(country)
    used = {t.spec.agency for t in country.tenants.values()} | {
        end for link in country.links.values() if link.holds(date) for end in link.spec.ends
    }
    for agency in country.agencies.values():
        if not agency.spec.holds(date):
            if agency.code in used:
                yield _ended(country, agency)
            continue
        if agency.spec.tier not in tiers:
            at = At(country, agency, "spec", "tier")
            titles = {name: tier.title.vi for name, tier in tiers.items()}
            yield unknown(at, "GC-AGENCY-003", ("tier", "cấp"), agency.spec.tier, sorted(tiers), titles)
            continue
        yield from _parent(country, agency, tiers)
        yield from _outside(country, agency, tiers[agency.spec.tier])
        yield from territory(country, agency, tiers[agency.spec.tier], date)


def _codes(country: Country) -> Iterable[Problem]:
    first: dict[str, Agency] = {}
    for agency in country.agencies.values():
        if agency.name != agency.tenant_name:
            yield At(country, agency, "metadata", "name").problem(
                "GC-AGENCY-001",
                (f"the name does not follow from the code {agency.code}", f"tên không suy ra từ mã {agency.code}"),
                (f"name it {agency.tenant_name}", f"đặt tên là {agency.tenant_name}"),
                value=agency.name,
                allowed=agency.tenant_name,
            )
        other = first.setdefault(agency.code, agency)
        if other is not agency:
            yield At(country, agency, "spec", "code").problem(
                "GC-AGENCY-002",
                (f"the code already belongs to {other.name}", f"mã đã thuộc về {other.name}"),
                ("give the agency its own code", "dùng mã riêng của cơ quan"),
                value=agency.code,
            )


def _ended(country: Country, agency: Agency) -> Problem:
    heir = agency.spec.merged_into
    return At(country, agency, "spec", "validTo").problem(
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
    )


def _parent(country: Country, agency: Agency, tiers: dict[str, Tier]) -> Iterable[Problem]:
    allowed = tiers[agency.spec.tier].parents
    at = At(country, agency, "spec", "parent")
    if agency.spec.parent is None:
        if allowed:
            yield at.problem(
                "GC-AGENCY-004",
                (
                    f"an agency of tier {agency.spec.tier} has a parent",
                    f"cơ quan cấp {agency.spec.tier} phải có cấp trên",
                ),
                ("add parent: with the code of the body above", "thêm parent: với mã cơ quan cấp trên"),
                allowed=", ".join(allowed),
            )
        return
    above = country.parent(agency)
    if above is None:
        return  # reported as a dangling reference
    if above.spec.tier not in allowed:
        yield at.problem(
            "GC-AGENCY-004",
            (
                f"the parent {above.code} has tier {above.spec.tier}, which is not directly above {agency.spec.tier}",
                f"cấp trên {above.code} thuộc cấp {above.spec.tier}, không phải cấp ngay trên {agency.spec.tier}",
            ),
            ("name the body directly above", "nêu cơ quan ngay trên"),
            value=above.code,
            allowed=", ".join(allowed) or "-",
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
