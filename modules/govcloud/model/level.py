"""Regime of security levels: what gives a system its level, and which network zones a level demands."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from govcloud.model.declaration import Declaration, Shape, Title, Validity
from govcloud.model.identifier import Identifier, ShortName
from govcloud.model.quantity import Bytes
from govcloud.model.tenant import Criteria

__all__ = [
    "DEFAULT_ROOM",
    "REPLACED_VERSIONS",
    "UNFINISHED_UPLOADS",
    "Approver",
    "BackupDemand",
    "Criterion",
    "LevelTable",
    "LevelTableSpec",
    "QuantityByLevel",
    "Regime",
    "RegimeSpec",
    "Room",
    "SharedRoom",
    "ZoneKind",
]

Level = Annotated[int, Field(ge=1, le=5)]


REPLACED_VERSIONS = "replaced-versions"
"""Quantity of a level table: days for which a store keeps at least what was replaced or deleted in a bucket."""
UNFINISHED_UPLOADS = "unfinished-uploads"
"""Quantity of a level table: days after which a store ends an upload that nobody finished."""


class Criterion(Shape):
    """One article that demands a level. It applies where every condition that it states is met."""

    level: Level
    """Level that it demands."""
    source: Annotated[str, Field(min_length=3)]
    """Article."""
    information: Literal["public", "private", "state-secret"] | None = None
    """The most protected information in the system is this."""
    infrastructure: Literal["body", "ministry-or-province", "nationwide"] | None = None
    """Serves as infrastructure for this."""
    administrative_procedures: bool | None = None
    """Handles administrative procedures."""
    nonstop: bool | None = None
    """Runs 24/7 without an unplanned stop."""
    critical: bool | None = None
    """Is listed as critical to national security."""
    basic_subjects: Annotated[int, Field(ge=1)] | None = None
    """Holds basic personal data of at least this many people."""
    sensitive_subjects: Annotated[int, Field(ge=1)] | None = None
    """Holds sensitive personal data of at least this many people."""
    provisional: bool = False
    """True where the article itself was not read."""

    def applies(self, facts: Criteria) -> bool:
        """Return whether every stated condition is met by `facts`."""
        subjects = facts.data_subjects
        conditions = (
            self.information is None or facts.information == self.information,
            self.infrastructure is None or facts.infrastructure == self.infrastructure,
            self.administrative_procedures is None or facts.administrative_procedures == self.administrative_procedures,
            self.nonstop is None or facts.nonstop == self.nonstop,
            self.critical is None or facts.critical == self.critical,
            self.basic_subjects is None or subjects.basic >= self.basic_subjects,
            self.sensitive_subjects is None or subjects.sensitive >= self.sensitive_subjects,
        )
        return all(conditions)


class Approver(Shape):
    """A class of those who approve level dossiers."""

    title: Title
    """Name for people."""
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    """Levels that it may approve."""
    source: Annotated[str, Field(min_length=3)]
    """Article."""
    provisional: bool = False
    """True where the article itself was not read."""


class RegimeSpec(Validity):
    """The criteria of a regime."""

    title: Title
    """Name for people."""
    source: Annotated[str, Field(min_length=3)]
    """Legal text."""
    lowest: Level = 1
    """Level of a system to which no criterion applies."""
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    """All that apply count; the highest level wins."""
    approvers: Annotated[dict[Identifier, Approver], Field(min_length=1)]
    """Who approves the dossier of a level."""

    def may_approve(self, level: int) -> tuple[str, ...]:
        """Return the classes that may approve a dossier of `level`."""
        return tuple(name for name, approver in self.approvers.items() if level in approver.levels)


class Regime(Declaration):
    """A regime of security levels with its criteria and days of validity."""

    kind: Literal["Regime"]
    spec: RegimeSpec


class ZoneKind(Shape):
    """A network zone as the regime knows it."""

    title: Title
    """Name for people."""
    from_level: Level | None = None
    """Lowest level that must have it; absent where a tenant may have it but no level demands it."""
    share: Annotated[int, Field(ge=1, le=100)] = 1
    """Default weight of its part of the environment's quota."""
    holds_data: bool = False
    """Whether data lives here: systems whose zones of this kind are joined share their data."""


class QuantityByLevel(Shape):
    """An amount that grows with the level: months of logs, days between tests."""

    title: Title
    """Name for people."""
    unit: Literal["months", "days", "copies", "layers", "paths", "percent", "hours", "kilometres"]
    """In what it is counted."""
    levels: Annotated[tuple[Annotated[int, Field(ge=0)] | None, ...], Field(min_length=5, max_length=5)]
    """The amount at levels 1 to 5; null where the level demands none."""
    source: Annotated[str, Field(min_length=3)]
    """Legal text."""
    provisional: bool = False
    """True where only a secondary source was read, or where the amount is a choice of this project."""


class Room(NamedTuple):
    """What a zone of one level may leave in machinery that all tenants share."""

    ephemeral_storage: int
    """Bytes of nodes' disks for each pod of its quota."""
    objects: int
    """Objects of each kind in the cluster's own store, whatever its quota."""
    objects_of_pod: int
    """Further ones of each kind for each pod of its quota."""


class SharedRoom(Shape):
    """What a zone may leave in machinery that all tenants share, for levels 1 to 5 (TEN-03)."""

    ephemeral_storage: Annotated[tuple[Bytes, ...], Field(min_length=5, max_length=5)]
    """Bytes of nodes' disks for each pod of a quota, where the quota states no amount of its own."""
    objects: Annotated[tuple[Annotated[int, Field(ge=1, le=10_000)], ...], Field(min_length=5, max_length=5)]
    """Objects of each kind in the cluster's own store for a zone, however small."""
    objects_of_pod: Annotated[tuple[Annotated[int, Field(ge=1, le=1_000)], ...], Field(min_length=5, max_length=5)]
    """Further objects of each kind for each pod of its quota."""

    def at(self, level: int) -> Room:
        """Return the amounts of `level`, 1 to 5."""
        return Room(self.ephemeral_storage[level - 1], self.objects[level - 1], self.objects_of_pod[level - 1])


DEFAULT_ROOM = SharedRoom(
    ephemeral_storage=tuple(n << 20 for n in (192, 192, 256, 320, 320)),
    objects=(8, 8, 10, 12, 12),
    objects_of_pod=(2, 2, 2, 3, 3),
)
"""For tables that were written before they could say so: a zone without bounds is no choice."""


class BackupDemand(Shape):
    """From which level buckets are backed up on a second cloud, and how (BAK-01, STO-05)."""

    from_level: Level
    """Lowest level at which each bucket has a backup."""
    immutable_from: Level
    """Lowest level at which nobody can change or delete a backup."""
    keep_days: Annotated[tuple[Annotated[int, Field(ge=1)] | None, ...], Field(min_length=5, max_length=5)]
    """Days for which a backup is kept at least, at levels 1 to 5; null where the level demands none."""
    refused_from: datetime.date
    """Day from which a tenant that lacks a backup is refused; it is warned before."""
    source: Annotated[str, Field(min_length=3)]
    """Legal text."""
    provisional: bool = False
    """True where only a secondary source was read, or where an amount is a choice of this project."""


class LevelTableSpec(Validity):
    """Zones and amounts by level."""

    regime: Identifier
    """Regime to which the table belongs."""
    source: Annotated[str, Field(min_length=3)]
    """Legal text."""
    zones: dict[ShortName, ZoneKind]
    """Zones by name, from the outside inwards."""
    versioning_from: Level
    """Lowest level at which every bucket keeps versions (STO-04)."""
    logical_separation_from: Level
    """Lowest level whose systems share no namespace, store or zone with others."""
    physical_separation_from: Level
    """Lowest level whose systems have nodes, storage and main network devices of their own."""
    shared_room: SharedRoom = DEFAULT_ROOM
    """What a zone may leave in machinery that all tenants share."""
    backups: BackupDemand | None = None
    """What is asked of buckets' backups; absent where nothing is."""
    quantities: dict[Identifier, QuantityByLevel] = Field(default_factory=dict)
    """Amounts by name."""

    def amount(self, quantity: str, level: int) -> int | None:
        """Return how much of a quantity a level demands; None where the table says nothing of it."""
        return self.quantities[quantity].levels[level - 1] if quantity in self.quantities else None


class LevelTable(Declaration):
    """What each level of a regime demands."""

    kind: Literal["LevelTable"]
    spec: LevelTableSpec

    def minimum(self, level: int) -> tuple[str, ...]:
        """Return the zones that a system of `level` must have, in the table's order."""
        zones = self.spec.zones.items()
        return tuple(name for name, z in zones if z.from_level is not None and z.from_level <= level)
