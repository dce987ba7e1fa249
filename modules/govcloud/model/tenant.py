"""Tenant: what an agency asks of the government cloud."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field

from govcloud.model.declaration import Declaration, Shape, Title
from govcloud.model.identifier import AgencyCode, Identifier, PortNumber, ShortName
from govcloud.model.quantity import Bytes
from govcloud.model.quota import Quota

__all__ = [
    "Access",
    "Bucket",
    "Criteria",
    "DataSubjects",
    "Environment",
    "Lifecycle",
    "Storage",
    "Tenant",
    "TenantSpec",
    "Zone",
    "ZoneFlow",
]

Level = Annotated[int, Field(ge=1, le=5)]
"""Security level of an information system, 1 to 5."""


class DataSubjects(Shape):
    """Unique people whose personal data the system holds, all uses together."""

    basic: Annotated[int, Field(ge=0)] = 0
    """People with basic personal data."""
    sensitive: Annotated[int, Field(ge=0)] = 0
    """People with sensitive personal data."""


class Criteria(Shape):
    """Facts from which a regime computes the lowest level allowed."""

    information: Literal["public", "private", "state-secret"] = "public"
    """The most protected information in the system."""
    data_subjects: DataSubjects = DataSubjects()
    """How many people's data."""
    administrative_procedures: bool = False
    """Whether it handles administrative procedures."""
    infrastructure: Literal["none", "body", "ministry-or-province", "nationwide"] = "none"
    """Whom it serves as shared infrastructure."""
    nonstop: bool = False
    """Whether it must run 24/7 without an unplanned stop."""
    critical: bool = False
    """Whether it is listed as critical to national security."""


class Zone(Shape):
    """What differs from the regime's defaults in one network zone of an environment."""

    share: Annotated[int, Field(ge=1, le=100)] | None = None
    """Weight with which the environment's quota is divided; the regime's default where absent."""


class ZoneFlow(Shape):
    """Traffic that is allowed between two zones of one environment. Everything else is dropped."""

    source: Annotated[ShortName, Field(alias="from")]
    """Zone that opens connections."""
    to: Annotated[tuple[ShortName, ...], Field(min_length=1)]
    """Zones that accept them."""
    ports: Annotated[tuple[PortNumber, ...], Field(min_length=1)]
    """TCP ports."""


class Environment(Shape):
    """One separate instance of the tenant's systems: production, test."""

    quota: Quota
    """What its zones and buckets share."""
    zones: dict[ShortName, Zone] = Field(default_factory=dict)
    """Zones beyond the level's minimum, and shares that differ; the minimum itself need not be written."""
    flows: tuple[ZoneFlow, ...] = ()
    """Allowed traffic between zones."""


class Bucket(Shape):
    """A place for objects. Private, encrypted."""

    share_class: Annotated[Literal["private", "shared", "open"], Field(alias="class")] = "private"
    """Sharing class (Data Law 60/2024, article 13): the agency's own, shared among agencies, or open data."""
    personal_data: bool = False
    """Whether objects hold personal data."""
    versioning: bool = True
    """Keep replaced and deleted objects; obligatory from level 2."""
    quota: Bytes
    """Most bytes, all versions counted."""


class Storage(Shape):
    """Object storage of each environment."""

    buckets: dict[Identifier, Bucket] = Field(default_factory=dict)
    """Buckets by short name; in the store they are called `<country>-<tenant>-<environment>-<name>`."""


class Access(Shape):
    """Which of the tenant's identity groups are in use."""

    roles: tuple[Literal["admin", "operator", "viewer"], ...] = ("admin", "operator", "viewer")
    """Roles bound in every zone, each to the group `gov:<tenant>:<role>`."""


class Lifecycle(Shape):
    """Where the tenant is between request and removal."""

    state: Literal["requested", "trial", "active", "suspended", "halted", "exported", "removed"] = "active"
    """State."""
    review_by: datetime.date
    """Day until which the owner confirms that the tenant is still needed."""
    expires: datetime.date | None = None
    """Last day, for trials."""


class TenantSpec(Shape):
    """An agency's request."""

    agency: AgencyCode
    """Who asks, owns and answers for it."""
    cloud: Identifier
    """Site."""
    purpose: Title
    """What it is for."""
    regime: Identifier | None = None
    """Regime of security levels; the country's where absent."""
    level: Level
    """Security level declared and approved; not below what the criteria give."""
    level_dossier: str | None = Field(default=None, max_length=100)
    """Reference of the approved level dossier."""
    criteria: Criteria
    """Facts behind the level."""
    quota: Quota
    """Budget of the whole sub-tree: own environments, segment, platforms and all child agencies."""
    environments: Annotated[dict[ShortName, Environment], Field(min_length=1)]
    """Environments by name."""
    storage: Storage = Storage()
    """Buckets."""
    access: Access = Access()
    """Identity groups."""
    lifecycle: Lifecycle
    """State and dates."""


class Tenant(Declaration):
    """An agency's share of a cloud: environments with network zones, quota, storage, access and security level."""

    kind: Literal["Tenant"]
    spec: TenantSpec

    @property
    def leaving(self) -> bool:
        """Whether the lifecycle allows that the tenant's namespaces and buckets are deleted."""
        return self.spec.lifecycle.state == "removed"
