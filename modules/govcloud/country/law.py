"""The law as data: administrative models, regimes, level and connection tables, each with its days of validity."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from govcloud.country.controls import Catalogue, in_force, in_force_of
from govcloud.country.folder import declaration_files, shown_name
from govcloud.country.law_folder import LAW_PARTS, REVIEW_PART
from govcloud.country.reader import content
from govcloud.country.readings import Readings
from govcloud.country.units import UnitTable
from govcloud.model.administration import Administration, Tier
from govcloud.model.calendar import Calendar
from govcloud.model.connection import ConnectionRow, ConnectionTable
from govcloud.model.declaration import Declaration, Title
from govcloud.model.level import LevelTable, Regime
from govcloud.model.lifecycle import LifecycleTable
from govcloud.model.review_policy import ReviewPolicy
from govcloud_base.errors import GovCloudError, Place, Problem, Text

__all__ = ["LAW_KINDS", "UNIT_FOLDER", "Law", "assemble", "load"]

UNIT_FOLDER = "administration"
"""Folder of the tables of administrative units and agency codes, beside the law's own folders."""

LAW_KINDS: dict[str, type[Declaration]] = {
    "Administration": Administration,
    "Regime": Regime,
    "LevelTable": LevelTable,
    "ConnectionTable": ConnectionTable,
    "LifecycleTable": LifecycleTable,
    "Calendar": Calendar,
    "ReviewPolicy": ReviewPolicy,
}
"""Kinds that the law's folders may hold."""
_Dated = TypeVar("_Dated", Administration, Regime, LevelTable, ConnectionTable, LifecycleTable, Calendar, ReviewPolicy)


@dataclass(frozen=True)
class Law:
    """All rules that ever held, asked by date."""

    folder: Path
    """Where they were read from; admission rules lie beside them."""
    administrations: tuple[Administration, ...]
    regimes: tuple[Regime, ...]
    level_tables: tuple[LevelTable, ...]
    connection_tables: tuple[ConnectionTable, ...]
    lifecycle_tables: tuple[LifecycleTable, ...]
    calendars: tuple[Calendar, ...]
    review_policies: tuple[ReviewPolicy, ...]
    controls: Mapping[str, bytes] | None = field(default=None, repr=False)
    """Files of controls by name, of a law that was not read from its folder; None where they lie there."""
    tables: Mapping[str, bytes] | None = field(default=None, repr=False)
    """Tables of units by name, of a law that was not read from its folder; None where they lie there."""

    def tiers(self, date: datetime.date) -> dict[str, Tier]:
        """Return the tiers of agencies on `date`."""
        return {name: tier for a in _on(self.administrations, date) for name, tier in a.spec.tiers.items()}

    def units(self, date: datetime.date) -> UnitTable | None:
        """Return the administrative units of the model in force on `date`; None where it has no table."""
        return next(filter(None, (self._units.get(a.name) for a in _on(self.administrations, date))), None)

    def former_units(self, date: datetime.date) -> tuple[UnitTable, ...]:
        """Return the units of the models that had ended by `date`, the latest first."""
        ended = [a for a in self.administrations if a.spec.valid_to is not None and a.spec.valid_to < date]
        ended.sort(key=lambda a: a.spec.valid_from, reverse=True)
        return tuple(filter(None, (self._units.get(a.name) for a in ended)))

    @cached_property
    def catalogue(self) -> Catalogue:
        """The controls that this law has, by id, for every gate. Raises GovCloudError where one cannot be read."""
        return in_force(self.folder) if self.controls is None else in_force_of(self.controls)

    @cached_property
    def _units(self) -> dict[str, UnitTable]:
        """The tables of units by the model's name; a model without any, or whose are missing, has none here."""
        found = {}
        for model in self.administrations:
            names = model.spec.territories and (model.spec.territories.table, model.spec.territories.successors)
            table = self._table(*filter(None, names)) if names else None
            if table is not None:
                found[model.name] = table
        return found

    def _table(self, *names: str) -> UnitTable | None:
        if self.tables is None:
            paths = [self.folder / UNIT_FOLDER / name for name in names]
            return UnitTable.at(*paths) if all(path.is_file() for path in paths) else None
        held = self.tables
        return UnitTable(*((n, partial(held.__getitem__, n)) for n in names)) if held.keys() >= set(names) else None

    def regime(self, name: str) -> Regime | None:
        """Return the regime called `name`."""
        return next((r for r in self.regimes if r.name == name), None)

    def levels(self, regime: str) -> LevelTable | None:
        """Return the level table of a regime."""
        return next((t for t in self.level_tables if t.spec.regime == regime), None)

    def connections(self, date: datetime.date) -> tuple[ConnectionRow, ...]:
        """Return the rows of the connection tables in force on `date`."""
        return tuple(row for t in _on(self.connection_tables, date) for row in t.spec.rows)

    def titles(self, date: datetime.date) -> dict[str, Title]:
        """Return what kinds of links, ways and kinds of platforms are called on `date`."""
        return {name: title for t in _on(self.connection_tables, date) for name, title in t.spec.titles.items()}

    def through_lgsp(self, date: datetime.date) -> frozenset[str]:
        """Return the ways that lead through the LGSP of each end's body on `date`."""
        return frozenset(via for t in _on(self.connection_tables, date) for via in t.spec.through_lgsp)

    def lifecycle(self, date: datetime.date) -> LifecycleTable | None:
        """Return the states of a tenant's life in force on `date`."""
        return next(iter(_on(self.lifecycle_tables, date)), None)

    def calendar(self, date: datetime.date) -> Calendar | None:
        """Return the calendar to which `date` belongs; None where none was entered yet."""
        return next(iter(_on(self.calendars, date)), None)

    def review(self, date: datetime.date) -> ReviewPolicy | None:
        """Return the review policy in force on `date`."""
        return next(iter(_on(self.review_policies, date)), None)


def _on(declarations: Iterable[_Dated], date: datetime.date) -> list[_Dated]:
    return [d for d in declarations if d.spec.holds(date)]


def load(folder: Path, readings: Readings | None = None) -> Law:
    """Read the law from `folder`; `readings` remember files that an earlier run read.

    Raises GovCloudError with every problem found.
    """
    readings = readings or Readings()
    problems: list[Problem] = []
    found: list[Declaration] = []
    for name in (*LAW_PARTS, *([REVIEW_PART] if (folder / REVIEW_PART).is_dir() else [])):
        for file in declaration_files(folder / name):
            try:
                found.append(readings.declared(content(file.path, file.shown), file.shown, LAW_KINDS)[1])
            except GovCloudError as error:
                problems.extend(error.problems)
    problems += [p for d in found if isinstance(d, Administration) for p in _missing_tables(folder, d)]
    if problems:
        raise GovCloudError(problems)
    return assemble(folder, found)


def assemble(folder: Path, found: Iterable[Declaration]) -> Law:
    """Return the law of declarations already read."""
    found = tuple(found)
    return Law(
        folder,
        tuple(d for d in found if isinstance(d, Administration)),
        tuple(d for d in found if isinstance(d, Regime)),
        tuple(d for d in found if isinstance(d, LevelTable)),
        tuple(d for d in found if isinstance(d, ConnectionTable)),
        tuple(d for d in found if isinstance(d, LifecycleTable)),
        tuple(d for d in found if isinstance(d, Calendar)),
        tuple(d for d in found if isinstance(d, ReviewPolicy)),
    )


def _missing_tables(folder: Path, administration: Administration) -> Iterable[Problem]:
    """Yield tables that the model names and that are not there; what stands in them is read when it is asked for."""
    territories = administration.spec.territories
    for name in (territories.table, territories.successors) if territories else ():
        if name is not None and not (folder / UNIT_FOLDER / name).is_file():
            yield Problem(
                "GC-LAW-002",
                Text(
                    f"{administration.name} names a table that is missing", f"{administration.name} nêu bảng không có"
                ),
                Text(
                    "copy policies/administration of the project beside the regimes",
                    "chép policies/administration của dự án đến cạnh thư mục `regimes`",
                ),
                Place(shown_name(folder / UNIT_FOLDER / name)),
                value=name,
            )
