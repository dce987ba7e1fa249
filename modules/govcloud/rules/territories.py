"""Territories: an agency's administrative unit exists on the date, lies where its parent's does, and is the one that
its title names.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.country.suggestion import did_you_mean
from govcloud.country.units import LEVEL_OF_DIGITS, Unit, UnitTable, bare
from govcloud.model.administration import Tier
from govcloud.model.agency import Agency
from govcloud.rules.finding import At
from govcloud_base.errors import Problem, Severity, Text

__all__ = ["territory"]

_DIGITS = {level: digits for digits, level in LEVEL_OF_DIGITS.items()}


def territory(country: Country, agency: Agency, tier: Tier, date: datetime.date) -> Iterable[Problem]:
    """Yield codes of the wrong kind (GC-AGENCY-007), unknown (012) or abolished (009) ones, units outside the parent's
    (010), and as a warning units that the title does not name (011).
    """
    code = agency.spec.administrative_unit
    if code is None:
        return
    at = At(country, agency, "spec", "administrativeUnit")
    digits = _DIGITS[tier.governs] if tier.governs else 0
    if len(code) != digits:
        yield at.problem(
            "GC-AGENCY-007",
            (
                f"not the code of a {tier.governs or 'territory, which this tier has not'}",
                f"không phải mã đơn vị hành chính của {tier.title.vi}",
            ),
            ("write the code with all its digits, in quotes", "viết đủ chữ số của mã, trong dấu nháy"),
            value=code,
            allowed=Text(f"{digits} digits", f"{digits} chữ số") if digits else "-",
        )
        return
    table = country.law.units(date)
    if table is None:
        return
    unit = table.get(code)
    if unit is None or not unit.holds(date):
        yield _gone(country, agency, table, at, date)
        return
    yield from _elsewhere(country, agency, table, unit, at, date)


def _gone(country: Country, agency: Agency, table: UnitTable, at: At, date: datetime.date) -> Problem:
    code = agency.spec.administrative_unit or ""
    unit = table.get(code) or next(filter(None, (former.get(code) for former in country.law.former_units(date))), None)
    if unit is None:
        near = _named_like(country, agency, table, date)
        english, vietnamese = did_you_mean(code, [u.code for u in _candidates(country, agency, table, date)])
        return at.problem(
            "GC-AGENCY-012",
            ("no administrative unit has this code", "không có đơn vị hành chính mang mã này"),
            (
                f"did you mean {near.code!r} ({near.name})?" if near else english or "look it up in QĐ 19/2025/QĐ-TTg",
                f"có phải ý bạn là {near.code!r} ({near.name})?"
                if near
                else vietnamese or "tra mã trong QĐ 19/2025/QĐ-TTg",
            ),
            value=code,
        )
    heirs = [(found, part) for found, part in _heirs(table, code) if found.holds(date)]
    shown = ", ".join(f"{found.code} ({found.name}{', một phần' if part else ''})" for found, part in heirs)
    if agency.spec.merged_into is not None:
        at = at.following(agency, "spec", "mergedInto")  # a merger without a day
    shown_en = ", ".join(f"{found.code} ({found.name}{', a part' if part else ''})" for found, part in heirs)
    return at.problem(
        "GC-AGENCY-009",
        (f"{unit.name} no longer exists on {date}", f"{unit.name} không còn tồn tại vào ngày {date}"),
        (
            f"it went into {shown_en}: use that, or give the agency its last day (validTo) and mergedInto"
            if heirs
            else "give the agency its last day (validTo) and mergedInto",
            f"đã nhập vào {shown}: dùng mã đó, hoặc ghi ngày cuối (validTo) và `mergedInto` của cơ quan"
            if heirs
            else "ghi ngày cuối (validTo) và `mergedInto` của cơ quan",
        ),
        value=code,
        allowed=", ".join(found.code for found, _ in heirs) or None,
        scope=agency.tenant_name,
    )


def _heirs(table: UnitTable, code: str) -> Iterable[tuple[Unit, bool]]:
    for successor in table.successors(code):
        found = table.get(successor.code)
        if found is not None:
            yield found, successor.part


def _elsewhere(
    country: Country, agency: Agency, table: UnitTable, unit: Unit, at: At, date: datetime.date
) -> Iterable[Problem]:
    above = country.parent(agency)
    around = above.spec.administrative_unit if above else None
    if around is not None and unit.parent and around != unit.parent:
        home = table.get(unit.parent)
        near = _named_like(country, agency, table, date)
        yield at.problem(
            "GC-AGENCY-010",
            (
                f"{unit.name} lies in {home.name if home else unit.parent}, not in the territory of the parent",
                f"{unit.name} thuộc {home.name if home else unit.parent}, không thuộc địa bàn của cấp trên",
            ),
            (
                f"did you mean {near.code!r} ({near.name})?" if near else "correct the code or the parent",
                f"có phải ý bạn là {near.code!r} ({near.name})?" if near else "sửa mã hoặc cấp trên",
            ),
            value=unit.code,
        )
    elif not _names(agency, unit):
        near = _named_like(country, agency, table, date)
        yield At(country, agency, "spec", "title").problem(
            "GC-AGENCY-011",
            (
                f"unit {unit.code} is {unit.name}, which the title does not name",
                f"mã {unit.code} là {unit.name}, khác với tên cơ quan",
            ),
            (
                f"if the title is right, the unit is {near.code!r} ({near.name})" if near else "correct title or code",
                f"nếu tên đúng thì mã là {near.code!r} ({near.name})" if near else "sửa tên hoặc mã",
            ),
            value=agency.spec.title.vi,
            severity=Severity.WARNING,
        )


def _candidates(country: Country, agency: Agency, table: UnitTable, date: datetime.date) -> list[Unit]:
    """Return the units that could be meant: those in the parent's territory, else all of the same level."""
    above = country.parent(agency)
    around = above.spec.administrative_unit if above else None
    digits = len(agency.spec.administrative_unit or "")
    inside = [u for u in table.below(around or "") if len(u.code) == digits]
    return [u for u in inside or table.all() if len(u.code) == digits and u.holds(date)]


def _named_like(country: Country, agency: Agency, table: UnitTable, date: datetime.date) -> Unit | None:
    """Return the unit that the agency's title names, with or without diacritics; the longest name where several do."""
    found = [unit for unit in _candidates(country, agency, table, date) if _names(agency, unit)]
    return max(found, key=lambda unit: len(unit.name), default=None)


def _names(agency: Agency, unit: Unit) -> bool:
    """Return whether a title of the agency names the unit, whatever its type and diacritics."""
    place = f" {bare(unit.place)} "
    return any(place in f" {bare(title)} " for title in (agency.spec.title.vi, agency.spec.title.en or ""))
