"""Connection table: which tiers may be linked, for what, by which way. A pair that is not in it is denied."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from govcloud.model.declaration import Declaration, Shape, Title, Validity
from govcloud.model.identifier import Identifier
from govcloud.model.link import Kind
from govcloud.model.platform_kind import Via

__all__ = ["ConnectionRow", "ConnectionTable", "ConnectionTableSpec", "Relation"]

Relation = Literal["same-body", "other-body", "any"]
"""Whether both ends hang below the same top agency."""


class ConnectionRow(Shape):
    """One row: links between these tiers, so related, for these reasons, may take these ways."""

    between: Annotated[tuple[Identifier, ...], Field(min_length=2, max_length=2)]
    """Tiers of the two ends, in either order."""
    relation: Relation = "any"
    """How the ends are related."""
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    """Reasons that the row covers."""
    via: Annotated[tuple[Via, ...], Field(min_length=1)]
    """Ways that it allows."""
    source: Annotated[str, Field(min_length=3)]
    """Legal text."""
    provisional: bool = False
    """True where only a secondary source was read."""

    def covers(self, tiers: tuple[str, str], *, same_body: bool, kind: str) -> bool:
        """Return whether the row speaks about such a link, whatever its way."""
        related = self.relation == "any" or (self.relation == "same-body") == same_body
        return sorted(self.between) == sorted(tiers) and related and kind in self.kinds


class ConnectionTableSpec(Validity):
    """The rows in force on the days of validity."""

    title: Title
    """Name for people."""
    rows: tuple[ConnectionRow, ...]
    """All rows; a link needs one that covers it and allows its way."""
    titles: dict[Identifier, Title] = Field(default_factory=dict)
    """What kinds of links, ways and kinds of platforms are called."""
    through_lgsp: tuple[Via, ...] = ()
    """Ways that lead through the integration platform (LGSP) of each end's body."""


class ConnectionTable(Declaration):
    """A connection table with its days of validity."""

    kind: Literal["ConnectionTable"]
    spec: ConnectionTableSpec
