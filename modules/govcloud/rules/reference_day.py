"""The day or year that a document's reference states: `12/2027/QĐ-UBND`, `HSCD-H41-2027`, `CV 5 ngày 03/02/2027`.

Decisions on a single matter are numbered without a year, so `2031/QĐ-UBND` says nothing of one (NĐ 30/2020, annex I):
a number counts as a year only where a year stands, and else as one that may be.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Stated", "to_come"]

_YEAR = r"(?P<year>20[0-9]{2})(?![0-9])"
_DAYS = (
    re.compile(rf"(?<![0-9]){_YEAR}-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})(?![0-9])"),
    re.compile(rf"(?<![0-9])(?P<day>[0-9]{{1,2}})(?P<mark>[./-])(?P<month>[0-9]{{1,2}})(?P=mark){_YEAR}"),
    re.compile(rf"(?<![0-9])(?P<day>[0-9]{{1,2}})\s+tháng\s+(?P<month>[0-9]{{1,2}})\s+năm\s+{_YEAR}", re.IGNORECASE),
)
_YEARS = (
    re.compile(rf"[0-9]\s*/\s*{_YEAR}"),  # 12/2027/QĐ-UBND: the number of the year
    re.compile(rf"(?<![0-9]){_YEAR}\s*/\s*[0-9]"),  # CPQH-2027/12
    re.compile(rf"[-_.]{_YEAR}(?!\s*[/0-9])"),  # HSCD-H41-2027
    re.compile(rf"năm\s+{_YEAR}", re.IGNORECASE),
)
_PERHAPS = re.compile(rf"(?<![0-9]){_YEAR}")


@dataclass(frozen=True)
class Stated:
    """What a reference says about when its document was made."""

    day: datetime.date
    """The day, or the first one of the year."""
    certain: bool
    """False where it may be a running number that looks like a year."""


def to_come(reference: str, date: datetime.date) -> Stated | None:
    """Return when the document was made, where everything that its reference says of it lies after `date`.

    A document of today may speak of a day to come, so the earliest day or year that is stated counts. None where no
    day is stated, or one that has come.
    """
    if max(map(int, _PERHAPS.findall(reference)), default=0) < date.year:
        return None  # nearly every one
    text = reference
    found: list[datetime.date] = []
    for pattern in _DAYS:
        found += filter(None, map(_day, pattern.finditer(text)))
        text = pattern.sub(lambda match: " " if _day(match) else match[0], text)  # a day's year is none by itself
    for pattern in _YEARS:
        found += [datetime.date(int(match["year"]), 1, 1) for match in pattern.finditer(text)]
    certain = bool(found)
    earliest = min(found or _perhaps(text), default=None)
    return Stated(earliest, certain) if earliest is not None and earliest > date else None


def _perhaps(text: str) -> Iterator[datetime.date]:
    return (datetime.date(int(match["year"]), 1, 1) for match in _PERHAPS.finditer(text))


def _day(match: re.Match[str]) -> datetime.date | None:
    try:
        return datetime.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:  # 45/13/2027 is no day
        return None
