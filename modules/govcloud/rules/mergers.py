"""Mergers: whoever was merged into another body ended on a day, and on the day after somebody goes on.

Three tell of that day: the body that ended (`validTo`), the one that goes on (`validFrom`) and, for territories, the
law's tables of administrative units. They must agree.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from govcloud.country import Country
from govcloud.country.units import Unit, UnitTable
from govcloud.model.agency import Agency
from govcloud.rules.finding import At
from govcloud_base.errors import Problem, Text

__all__ = ["judge"]

_DAY = datetime.timedelta(1)


def judge(country: Country) -> Iterable[Problem]:
    """Yield circles of mergers (GC-AGENCY-014), mergers without a day (016), on another day than the law or the
    successor says (017), and into a body of another territory than the law says (018).
    """
    lost: set[str] = set()
    for circle in _circles(country):
        lost.update(circle)
        yield At(country, country.agencies_by_code[circle[0]], "spec", "mergedInto").problem(
            "GC-AGENCY-014",
            ("the agency was merged into itself", "cơ quan được nhập vào chính nó"),
            ("name the body that goes on, or remove mergedInto", "nêu cơ quan tiếp tục hoạt động, hoặc bỏ mergedInto"),
            value=" > ".join([*circle, circle[0]]),
        )
    for agency in country.agencies.values():
        heirs = [a for code in country.heirs(agency.code) if (a := country.agencies_by_code.get(code)) is not None]
        if not heirs or agency.code in lost or not lost.isdisjoint(heir.code for heir in heirs):
            continue  # not merged, reported as a dangling reference, or leads into a circle
        if agency.spec.valid_to is None:
            yield _without_day(country, agency, heirs[0])
        elif (problem := _against_law(country, agency, agency.spec.valid_to, heirs[0])) is not None:
            yield problem
        elif not any(heir.spec.holds(agency.spec.valid_to + _DAY) for heir in heirs):
            yield _nobody_goes_on(country, agency, agency.spec.valid_to, heirs[0])


def _circles(country: Country) -> Iterator[list[str]]:
    """Yield each circle of mergers once, from its first agency by code: nobody would be the heir."""
    seen: set[str] = set()
    for start in country.agencies_by_code:
        way: list[str] = []
        code: str | None = start
        while code is not None and code not in seen and code in country.agencies_by_code:
            seen.add(code)
            way.append(code)
            code = country.agencies_by_code[code].spec.merged_into
        if code in way:
            circle = way[way.index(code) :]
            first = circle.index(min(circle))
            yield circle[first:] + circle[:first]


def _without_day(country: Country, agency: Agency, heir: Agency) -> Problem:
    day = _lawful_day(country, agency)
    if day is None and heir.spec.valid_from > agency.spec.valid_from:
        day = heir.spec.valid_from - _DAY
    stated = Text.quoted(str(day)) if day else Text("its last day", "ngày cuối của cơ quan")
    too = _heir_too(country, agency, day, heir)
    return At(country, agency, "spec", "mergedInto").problem(
        "GC-AGENCY-016",
        (
            f"{agency.code} was merged into {heir.code} on no day",
            f"{agency.code} sáp nhập vào {heir.code} nhưng không nêu ngày",
        ),
        (
            f"add validTo: {stated.en}{too.en}; remove mergedInto if the agency goes on",
            f"thêm validTo: {stated.vi}{too.vi}; bỏ mergedInto nếu cơ quan còn hoạt động",
        ),
        value=heir.code,
    )


def _lawful_day(country: Country, agency: Agency) -> datetime.date | None:
    """Return the last day of the agency's territory, where the law's tables know one that is over."""
    code = agency.spec.administrative_unit
    for administration in country.law.administrations if code else ():
        last = administration.spec.valid_to
        day = _last_day(country, code or "", last) if last is not None else None
        if day is not None and _unit(country, code or "", day + _DAY) is None and day >= agency.spec.valid_from:
            return day
    return None


def _last_day(country: Country, code: str, last: datetime.date) -> datetime.date | None:
    """Return the last day of a unit within the model that ended on `last`; None where that model knows no such unit."""
    table = country.law.units(last)
    unit = table.get(code) if table is not None else None
    return (unit.valid_to or last) if unit is not None else None


def _unit(country: Country, code: str, date: datetime.date) -> Unit | None:
    table = country.law.units(date)
    unit = table.get(code) if table is not None else None
    return unit if unit is not None and unit.holds(date) else None


def _against_law(country: Country, agency: Agency, last: datetime.date, heir: Agency) -> Problem | None:
    """Return what contradicts the tables of units, where the agency governs a unit that they know on both days."""
    code = agency.spec.administrative_unit
    before, after = country.law.units(last), country.law.units(last + _DAY)
    if code is None or before is None or after is None:
        return None
    unit = next(filter(None, (table.get(code) for table in (before, after, *country.law.former_units(last)))), None)
    if unit is None:
        return None  # no unit has this code, ever
    goes_on, stood = _unit(country, code, last + _DAY), _unit(country, code, last)
    target = heir.spec.administrative_unit
    lawful = _lawful_day(country, agency)
    if goes_on is not None and target in (None, code):
        return None  # the body was formed anew for the same territory
    if goes_on is not None or stood is None:
        too = _heir_too(country, agency, lawful, heir)
        return At(country, agency, "spec", "validTo").problem(
            "GC-AGENCY-017",
            (
                f"{unit.name} {'goes on after' if goes_on else 'had ended before'} that day",
                f"{unit.name} {'vẫn tồn tại sau' if goes_on else 'đã kết thúc trước'} ngày này",
            ),
            (
                f"write validTo: {lawful}{too.en}"
                if lawful
                else f"name the body that governs unit {code} in mergedInto",
                f"ghi validTo: {lawful}{too.vi}" if lawful else f"nêu ở `mergedInto` cơ quan quản lý đơn vị {code}",
            ),
            value=last,
            allowed=None if lawful is None else str(lawful),
        )
    heirs = _lawful_heirs(country, agency, last, heir)
    if not heirs:
        return None
    fix = _heir(country, heirs, after)
    return At(country, agency, "spec", "mergedInto").problem(
        "GC-AGENCY-018",
        (f"{unit.name} did not go into unit {target}", f"{unit.name} không nhập vào đơn vị {target}"),
        (fix.en, fix.vi),
        value=heir.code,
        allowed=", ".join(heirs),
    )


def _lawful_heirs(country: Country, agency: Agency, last: datetime.date, heir: Agency) -> list[str]:
    """Return the units into which an agency's went after `last`, where the tables know them and `heir` governs none."""
    code, target, after = agency.spec.administrative_unit, heir.spec.administrative_unit, country.law.units(last + _DAY)
    if code is None or after is None or target is None or len(target) != len(code):
        return []
    heirs = [s.code for s in after.successors(code)]
    return [] if target in heirs else heirs


def _heir(country: Country, heirs: list[str], after: UnitTable) -> Text:
    """Return how the body is named that governs one of the units `heirs`."""
    shown = ", ".join(f"{found.code} ({found.name})" for h in heirs if (found := after.get(h)) is not None)
    body = next((a.code for a in country.agencies.values() if a.spec.administrative_unit in heirs), None)
    if body is None:
        return Text(f"name the body that governs {shown}", f"nêu cơ quan quản lý {shown}")
    return Text(f"write mergedInto: {body}, which governs {shown}", f"ghi mergedInto: {body}, cơ quan quản lý {shown}")


def _heir_too(country: Country, agency: Agency, last: datetime.date | None, heir: Agency) -> Text:
    """Return what must be written beside the last day, where `heir` is not whom the law of that day names."""
    after = country.law.units(last + _DAY) if last else None
    heirs = _lawful_heirs(country, agency, last, heir) if last else []
    if after is None or not heirs:
        return Text("", "")
    fix = _heir(country, heirs, after)
    return Text(f", and {fix.en}", f", và {fix.vi}")


def _nobody_goes_on(country: Country, agency: Agency, last: datetime.date, heir: Agency) -> Problem:
    after = last + _DAY
    message = (f"{heir.code} does not exist on {after}", f"{heir.code} không tồn tại vào ngày {after}")
    if heir.spec.valid_from <= after:
        return At(country, agency, "spec", "mergedInto").problem(
            "GC-AGENCY-017",
            message,
            (
                f"name the body that goes on from {after}, or correct the last day of {heir.code}",
                f"nêu cơ quan tiếp tục từ ngày {after}, hoặc sửa ngày cuối của {heir.code}",
            ),
            value=heir.code,
        )
    if _lawful_day(country, agency) == last:
        return (
            At(country, heir, "spec", "validFrom")
            .following(agency, "spec", "validTo")
            .problem(
                "GC-AGENCY-017",
                (
                    f"{agency.code} went into it on {after}, when it did not exist",
                    f"{agency.code} nhập vào cơ quan này ngày {after}, khi nó chưa tồn tại",
                ),
                (f"write validFrom: {after}", f"ghi validFrom: {after}"),
                value=heir.spec.valid_from,
                allowed=f"<= {after}",
            )
        )
    day = heir.spec.valid_from - _DAY
    return At(country, agency, "spec", "validTo").problem(
        "GC-AGENCY-017",
        message,
        (f"write validTo: {day}", f"ghi validTo: {day}"),
        value=last,
        allowed=f">= {day}",
    )
