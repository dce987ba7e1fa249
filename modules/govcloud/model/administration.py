"""Administrative model: which tiers of agencies exist, by law and date."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from govcloud.model.declaration import Declaration, Shape, Title, Validity
from govcloud.model.identifier import Identifier

__all__ = ["Administration", "AdministrationSpec", "Territories", "Tier", "UnitCount"]

FileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,60}\.csv$")]
"""A table in policies/administration/."""


class Tier(Shape):
    """A tier of agencies."""

    title: Title
    """Name for people."""
    parents: tuple[Identifier, ...] = ()
    """Tiers of the bodies directly above; none for the top tiers."""
    governs: Literal["province", "district", "commune"] | None = None
    """Kind of territory that such a body governs, where it governs one."""
    external: bool = False
    """Whether such a body stands outside the State: it has no segment here, and only links of that kind reach it."""


class UnitCount(Shape):
    """How many units there are on a day; the tables are checked against it."""

    date: datetime.date
    """Day."""
    province: Annotated[int, Field(ge=0)]
    """Provinces and cities under the Government."""
    district: Annotated[int, Field(ge=0)] = 0
    """Units of district level."""
    commune: Annotated[int, Field(ge=0)]
    """Units of commune level."""
    source: Annotated[str, Field(min_length=3)]
    """Who counted."""
    provisional: bool = False
    """True where no legal text confirms the numbers."""


class Territories(Shape):
    """The administrative units of a model: a plain table, extracted from a maintained package."""

    table: FileName
    """Units: code, parent, type, name, first and last day."""
    successors: FileName | None = None
    """Which unit of the model before became which of this one."""
    source: Annotated[str, Field(min_length=3)]
    """Where the table comes from."""
    counts: Annotated[tuple[UnitCount, ...], Field(min_length=1)]
    """Numbers that the table must have."""


class AdministrationSpec(Validity):
    """The tiers in force on the days of validity."""

    title: Title
    """Name for people."""
    source: Annotated[str, Field(min_length=3)]
    """Legal text."""
    tiers: dict[Identifier, Tier]
    """Tiers by name."""
    territories: Territories | None = None
    """Units that bodies of these tiers govern; codes are not looked up where absent."""


class Administration(Declaration):
    """An administrative model: tiers and how they hang together."""

    kind: Literal["Administration"]
    spec: AdministrationSpec
