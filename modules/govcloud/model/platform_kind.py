"""The kinds of shared platforms, and all that is known of each: one entry says it for every room.

A kind with a blueprint can be provisioned: the blueprint is the module of its name in `govcloud.render.blueprints`. The
others are declared and judged, and wait for theirs.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

__all__ = ["KINDS", "Kind", "PlatformKind", "Reach", "Via"]


class Reach(enum.Enum):
    """Whom a platform of a kind joins."""

    BODY = enum.auto()
    """The agencies of one ministry or province with others: each body has one (LGSP)."""
    NATIONAL = enum.auto()
    """The bodies' own ones."""
    CENTRAL = enum.auto()
    """Everybody, whoever owns it."""
    OWN = enum.auto()
    """Nobody: it serves its consumers, and no link goes through it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of platforms."""

    name: str
    reach: Reach = Reach.OWN
    blueprint: str | None = None
    home: str | None = None
    """Its zone where the kind is not the zone's name: each kind has its own, as they share no quota."""

    @property
    def zone(self) -> str:
        """Zone in the environment of its owner."""
        return self.home or self.name

    @property
    def central(self) -> bool:
        """Whether it may belong to neither end of a link."""
        return self.reach in (Reach.NATIONAL, Reach.CENTRAL)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        # They exchange data: of a ministry or province, between all of them (`ngsp` until it became `ndxp`), and that
        # through which obligatory sharing goes.
        Kind("lgsp", Reach.BODY, "exchange", home="xch"),
        Kind("ngsp", Reach.NATIONAL, "exchange"),
        Kind("ndxp", Reach.NATIONAL, "exchange"),
        Kind("ndop", Reach.NATIONAL, "exchange"),
        # They serve their consumers: public services, analytics, monitoring of security, reports, open data, login, a
        # national or sector database.
        Kind("portal", Reach.CENTRAL, "exchange"),
        Kind("analytics"),
        Kind("soc"),
        Kind("reporting"),
        Kind("open-data", home="opendata"),
        Kind("identity"),
        Kind("database"),
    )
}
"""What the names of kinds are called, and which ways the law opens, stands in the tables of connections."""

if TYPE_CHECKING:
    PlatformKind = str
    Via = str
else:  # the one list is above
    PlatformKind = Literal[tuple(KINDS)]
    Via = Literal[("direct", *(name for name, kind in KINDS.items() if kind.reach is not Reach.OWN))]
