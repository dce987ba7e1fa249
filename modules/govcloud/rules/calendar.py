"""Working days of the State, by the calendars of the law."""

from __future__ import annotations

import datetime

from govcloud.country.law import Law

__all__ = ["WorkingDays", "working_days"]

_WEEKEND = (6, 7)


class WorkingDays(int):
    """A number of working days, and whether all of them are certain."""

    certain: bool

    def __new__(cls, count: int, *, certain: bool) -> WorkingDays:
        """Return the number; `certain` is False where a day's calendar is missing or provisional."""
        found = super().__new__(cls, count)
        found.certain = certain
        return found


def working_days(law: Law, after: datetime.date, before: datetime.date) -> WorkingDays:
    """Return how many full working days lie between two days, neither of them counted.

    Where no calendar was entered for a day, or only a provisional one, the count is not certain; weekends are free in
    any case.
    """
    count, certain = 0, True
    day = after + datetime.timedelta(1)
    while day < before:
        calendar = law.calendar(day)
        certain = certain and calendar is not None and not calendar.spec.provisional
        count += calendar.spec.works(day) if calendar else day.isoweekday() not in _WEEKEND
        day += datetime.timedelta(1)
    return WorkingDays(count, certain=certain)
