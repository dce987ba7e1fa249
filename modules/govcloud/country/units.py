"""Administrative units: the plain tables in policies/administration/, read when somebody asks for a unit.

A table holds every unit of one administrative model with the days on which it existed. Eleven thousand rows are read in
milliseconds and kept as they stand; only the unit that is asked for becomes an object.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from govcloud_base.errors import GovCloudError, Place, Problem, Text

__all__ = ["LEVEL_OF_DIGITS", "Successor", "Unit", "UnitTable", "bare"]

LEVEL_OF_DIGITS = {2: "province", 3: "district", 5: "commune"}
"""The kind of territory that a code of so many digits names (QĐ 124/2004/QĐ-TTg, QĐ 19/2025/QĐ-TTg)."""


Source = tuple[str, Callable[[], bytes]]
"""A table's name, and what gives its content when it is asked for."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A province, district or commune."""

    code: str
    parent: str
    """Code of the unit that it belongs to; empty for a province."""
    type: str
    """What the law calls it: `tỉnh`, `phường`, `đặc khu`."""
    name: str
    """Name with its type: `Phường Thành Vinh`."""
    valid_from: datetime.date | None
    """First day; None where it is at least as old as the model."""
    valid_to: datetime.date | None
    """Last day; None where it lasted as long as the model."""

    @property
    def level(self) -> str:
        """`province`, `district` or `commune`."""
        return LEVEL_OF_DIGITS[len(self.code)]

    @property
    def place(self) -> str:
        """The name without its type: `Thành Vinh`."""
        kind = next((k for k in ("thành phố", self.type) if self.name.lower().startswith(f"{k} ")), "")
        return self.name[len(kind) :].strip()

    def holds(self, date: datetime.date) -> bool:
        """Return whether the unit existed on `date`, within the days of its model."""
        return (self.valid_from is None or self.valid_from <= date) and (self.valid_to is None or date <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Successor:
    """The unit into which another went."""

    code: str
    part: bool
    """Whether only a part of the former unit went there."""


class UnitTable:
    """The units of one model."""

    def __init__(self, table: Source, successors: Source | None = None) -> None:
        """Take where the tables come from; they are read at the first question."""
        self._table = table
        self._successors = successors

    @classmethod
    @cache
    def at(cls, path: Path, successors: Path | None = None) -> UnitTable:
        """Return the table at `path`: the same one for every caller, so that a file is read once in a run."""
        return cls(*((path.name, path.read_bytes) for path in (path, successors) if path is not None))

    @cached_property
    def _rows(self) -> dict[str, list[str]]:
        return {row[0]: row for row in _read(self._table, 6)}

    @cached_property
    def _followers(self) -> dict[str, list[Successor]]:
        found: dict[str, list[Successor]] = defaultdict(list)
        if self._successors is not None:
            for old, new, part in _read(self._successors, 3):
                found[old].append(Successor(new, bool(part)))
        return found

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for code, row in self._rows.items():
            found[row[1]].append(code)
        return found

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, code: str) -> Unit | None:
        """Return the unit with `code`, whenever it existed."""
        row = self._rows.get(code)
        return _unit(row) if row else None

    def below(self, code: str = "") -> tuple[Unit, ...]:
        """Return the units directly below one, in the table's order; the provinces where none is named."""
        return tuple(_unit(self._rows[child]) for child in self._children.get(code, ()))

    def all(self) -> Iterator[Unit]:
        """Yield every unit."""
        return map(_unit, self._rows.values())

    def successors(self, code: str) -> tuple[Successor, ...]:
        """Return what became of a former unit in this model; empty where no source says."""
        return tuple(self._followers.get(code, ()))

    def counts(self, date: datetime.date) -> dict[str, int]:
        """Return how many units of each level existed on `date`."""
        found = dict.fromkeys(LEVEL_OF_DIGITS.values(), 0)
        for unit in self.all():
            if unit.holds(date):
                found[unit.level] += 1
        return found


def _read(source: Source, columns: int) -> list[list[str]]:
    """Return the rows of a table below its head; raises GovCloudError where one has not so many columns."""
    name, content = source
    _, *rows = csv.reader(io.StringIO(content().decode("utf-8"), newline=""))
    for number, row in enumerate(rows, 2):
        if len(row) != columns:
            raise GovCloudError(
                Problem(
                    "GC-LAW-003",
                    Text(
                        f"a row of {len(row)} columns in a table of {columns}", f"dòng có {len(row)} cột, cần {columns}"
                    ),
                    Text(
                        "extract the table again: python policies/administrative_units.py",
                        "trích lại bảng: python policies/administrative_units.py",
                    ),
                    Place(name, number),
                )
            )
    return rows


def _unit(row: list[str]) -> Unit:
    code, parent, kind, name, first, last = row
    return Unit(code, parent, kind, name, _day(first), _day(last))


def _day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def bare(name: str) -> str:
    """Return a name in lower case without diacritics, its words apart by one space: `Ea H'Leo` becomes `ea h leo`."""
    decomposed = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", " ", decomposed.encode("ascii", "ignore").decode()).strip()
