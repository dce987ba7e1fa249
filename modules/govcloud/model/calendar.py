"""Calendar: the days of a year on which the State does not work, and the Saturdays on which it does."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field

from govcloud.model.declaration import Declaration, Shape, Title, Validity

__all__ = ["Calendar", "CalendarSpec", "Holiday"]

Weekday = Annotated[int, Field(ge=1, le=7)]


class Holiday(Shape):
    """A day off."""

    date: datetime.date
    """The day."""
    title: Title
    """Name for people."""
    provisional: bool = False
    """True where the text that makes it a day off was not read."""


class CalendarSpec(Validity):
    """The working days of the days of validity."""

    source: Annotated[str, Field(min_length=3)]
    """Where the days come from."""
    provisional: bool
    """True until the year's days off have been decreed: swapped days and moved holidays may still change."""
    weekend: tuple[Weekday, ...]
    """Days of the week without work, 1 for Monday to 7 for Sunday."""
    holidays: tuple[Holiday, ...]
    """Days off, moved ones included."""
    made_up: tuple[datetime.date, ...] = ()
    """Days of a weekend that are worked in exchange for a day off."""

    def works(self, date: datetime.date) -> bool:
        """Return whether the State works on `date`, a day of validity."""
        if date in self.made_up:
            return True
        return date.isoweekday() not in self.weekend and all(date != h.date for h in self.holidays)


class Calendar(Declaration):
    """Working days and holidays of a year."""

    kind: Literal["Calendar"]
    spec: CalendarSpec
