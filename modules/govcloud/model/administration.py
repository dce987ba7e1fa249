"""Administrative model: which tiers of agencies exist, by law and date."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from govcloud.model.declaration import Declaration, Shape, Title, Validity
from govcloud.model.identifier import Identifier

__all__ = ["Administration", "AdministrationSpec", "Tier"]


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


class AdministrationSpec(Validity):
    """The tiers in force on the days of validity."""

    title: Title
    """Name for people."""
    source: Annotated[str, Field(min_length=3)]
    """Legal text."""
    tiers: dict[Identifier, Tier]
    """Tiers by name."""


class Administration(Declaration):
    """An administrative model: tiers and how they hang together."""

    kind: Literal["Administration"]
    spec: AdministrationSpec
