"""Segment: a tenant's attachment to the dedicated network of Party and State bodies."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from govcloud.model.declaration import Declaration, Once, Reference, Shape, Title, Words
from govcloud.model.identifier import AgencyCode, Identifier, PortNumber, ShortName
from govcloud.model.quota import Quota

__all__ = ["Gateway", "InheritedPool", "Publication", "Segment", "SegmentSpec"]


class Publication(Shape):
    """A service of a zone that the gateway offers to the other ends of links."""

    zone: ShortName
    """Zone in which the service runs."""
    service: Annotated[str, StringConstraints(pattern=r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")]
    """Name of the Kubernetes service."""
    port: PortNumber
    """Its port."""


class Gateway(Shape):
    """The only way into and out of the segment (TT 06/2026, article 8)."""

    replicas: Annotated[int, Field(ge=1, le=9)] = 1
    """How many run; at least two from level 3 where the site has the nodes."""


class InheritedPool(Shape):
    """A pool that came with an agency that was merged into this one: hosts keep the addresses that they have."""

    pool: str
    """Address range in CIDR notation."""
    allocation: Reference
    """Reference of the allocation to the agency that ended."""
    source: Annotated[AgencyCode, Field(alias="from")]
    """That agency."""


class SegmentSpec(Shape):
    """A dedicated-network segment of one tenant environment."""

    title: Title
    """Name for people."""
    tenant: Identifier
    """Whose segment."""
    environment: ShortName = "prod"
    """Which environment."""
    tier_level: Literal["I", "II", "III", "IV"]
    """Level of the connection point in the dedicated network."""
    pool: str
    """Address range in CIDR notation, allocated once and overlapping no other."""
    allocation: Reference
    """Reference of the allocation by the network's authority (TT 06/2026, article 7)."""
    allocated: datetime.date | None = None
    """Day of the allocation; the forecast of when the network is full rests on it."""
    reason: Annotated[str, Field(min_length=3, max_length=300), Words] | None = None
    """Why it is this pool and no other, as the allocator said: `next free /24 in 10.80.0.0/13`."""
    inherited: Annotated[tuple[InheritedPool, ...], Once] = ()
    """Pools of agencies that were merged into the tenant's."""
    endpoints: Annotated[int, Field(ge=1)] | None = None
    """Network points that it serves, where they are known; the pool has an address for each."""
    gateway: Gateway = Gateway()
    """Its gateway."""
    zones: Annotated[tuple[ShortName, ...], Field(min_length=1), Once]
    """Zones whose workloads may use the gateway."""
    publishes: Publication | None = None
    """What the gateway offers to others beside its own identity."""
    quota: Quota
    """What the gateway's namespace may use; part of the tenant's budget."""


class Segment(Declaration):
    """A tenant's attachment to the dedicated network: pool, allocation, gateway, attached zones."""

    kind: Literal["Segment"]
    spec: SegmentSpec
    table: ClassVar[str] = "segments"
    vietnamese: ClassVar[str] = "phân đoạn"
    folder: ClassVar[str | None] = "segments"
    stack: ClassVar[str | None] = "segment"

    @property
    def of_tenant(self) -> str | None:
        """Whose segment it is."""
        return self.spec.tenant

    def topics(self, country: str) -> Iterator[str]:
        """Yield its tenant, and whose pools it took over."""
        yield f"of {self.spec.tenant}"
        yield from (f"inherits {old.source}" for old in self.spec.inherited)
