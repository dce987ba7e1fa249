"""Link: permission for two agencies' systems to talk to each other."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from govcloud.model.declaration import Declaration, LastDay, Reference, Shape, Title
from govcloud.model.identifier import AgencyCode, Identifier, PortNumber, ShortName
from govcloud.model.platform_kind import Via

__all__ = ["PORTS", "Approval", "Link", "LinkSpec"]

Kind = Literal["administrative", "mandatory-sharing", "internal", "external", "monitoring"]

PORTS = range(9000, 10000)
"""Ports of gateways for links."""


class Approval(Shape):
    """One end's consent."""

    agency: AgencyCode
    """The end that consents."""
    reference: Reference
    """Document."""
    date: datetime.date
    """Day of the document."""


class LinkSpec(Shape):
    """A link between two ends. What no link allows is dropped."""

    purpose: Title
    """What it is for."""
    ends: Annotated[tuple[AgencyCode, ...], Field(min_length=2, max_length=2)]
    """Two agencies. Their tenants' segments are joined."""
    environment: ShortName = "prod"
    """Environment at both ends; environments never mix."""
    kind: Kind
    """Why they talk; the connection table depends on it."""
    via: Via
    """The way: directly from gateway to gateway, or through a platform."""
    platform: Identifier | None = None
    """The platform, where `via` is not direct."""
    direction: Literal["both", "first-to-second", "second-to-first"] = "both"
    """Who may open connections."""
    listen: Annotated[PortNumber, Field(ge=PORTS[0], le=PORTS[-1])]
    """Port at which each end's own gateway offers the other end to its zones."""
    approvals: Annotated[tuple[Approval, ...], Field(min_length=2, max_length=2)]
    """Both ends' consent."""
    valid_from: datetime.date
    """First day."""
    valid_to: LastDay | None = None
    """Last day; absent while it lasts."""


class Link(Declaration):
    """Who may talk to whom: two agencies, why, by which way, approved by both."""

    kind: Literal["Link"]
    spec: LinkSpec
    table: ClassVar[str] = "links"
    vietnamese: ClassVar[str] = "liên kết"
    folder: ClassVar[str | None] = "links"

    @property
    def bodies(self) -> tuple[str, ...]:
        """Both ends."""
        return self.spec.ends

    def topics(self, country: str) -> Iterator[str]:
        """Yield its ends, and the platform that it goes through."""
        # Zones that a direct link inside a body joins are one system to the rule about splitting.
        joins = self.spec.kind == "internal" and self.spec.via == "direct"
        for code in self.spec.ends:
            yield f"end {code}"
            if joins:
                yield f"joins {code}"
        if self.spec.platform:
            yield f"through {self.spec.platform}"

    def directions(self) -> tuple[tuple[str, str], ...]:
        """Return the (initiator, target) pairs of agency codes that the link allows."""
        first, second = self.spec.ends
        pairs = {"first-to-second": ((first, second),), "second-to-first": ((second, first),)}
        return pairs.get(self.spec.direction, ((first, second), (second, first)))

    def holds(self, date: datetime.date) -> bool:
        """Return whether the link is in force on `date`."""
        return self.spec.valid_from <= date and (self.spec.valid_to is None or date <= self.spec.valid_to)
