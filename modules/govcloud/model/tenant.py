"""Tenant: what an agency asks of the government cloud."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from govcloud.model import names
from govcloud.model.declaration import Declaration, LastDay, Once, Reference, Shape, Title, Words
from govcloud.model.identifier import AgencyCode, Identifier, PortNumber, ShortName
from govcloud.model.quantity import Bytes, Pieces
from govcloud.model.quota import Quota

__all__ = [
    "Access",
    "Backup",
    "Bucket",
    "BucketGrant",
    "Criteria",
    "DataSubjects",
    "Dataset",
    "Environment",
    "Export",
    "LegalHold",
    "Lifecycle",
    "PlannedStop",
    "State",
    "Storage",
    "Tenant",
    "TenantSpec",
    "Transition",
    "Zone",
    "ZoneFlow",
]

Dossier = Annotated[str, Field(min_length=1, max_length=100), Words]
"""Reference of a level dossier."""
Level = Annotated[int, Field(ge=1, le=5)]
"""Security level of an information system, 1 to 5."""

People = Annotated[int, Field(ge=0, le=10_000_000_000)]
"""A number of people: no more than there are."""


class DataSubjects(Shape):
    """Unique people whose personal data the system holds, all uses together."""

    basic: People = 0
    """People with basic personal data."""
    sensitive: People = 0
    """People with sensitive personal data."""


class Criteria(Shape):
    """Facts from which a regime computes the lowest level allowed."""

    information: Literal["public", "private", "state-secret"]
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
    to: Annotated[tuple[ShortName, ...], Field(min_length=1), Once]
    """Zones that accept them."""
    ports: Annotated[tuple[PortNumber, ...], Field(min_length=1), Once]
    """TCP ports."""


class Environment(Shape):
    """One separate instance of the tenant's systems: production, test."""

    quota: Quota
    """What its zones and buckets share."""
    zones: dict[ShortName, Zone] = Field(default_factory=dict)
    """Zones beyond the level's minimum, and shares that differ; the minimum itself need not be written."""
    flows: Annotated[tuple[ZoneFlow, ...], Once] = ()
    """Allowed traffic between zones."""


_LONGEST_PREFIX = 512
"""Bytes of the beginning of keys that a grant may name."""


def _no_pattern(prefix: str) -> str:
    if any(sign in prefix for sign in ("*", "?", "${")) or len(prefix.encode()) > _LONGEST_PREFIX:
        raise PydanticCustomError("GC-GRANT-006", "not the beginning of keys", {"allowed": "outbox/"})
    return prefix


class BucketGrant(Shape):
    """The right of another agency's tenant on a shared bucket, along a link between the two."""

    to: Identifier
    """Tenant that gets it: the identity of its environment of the same name."""
    link: Identifier
    """Link between the two agencies; the right is given in its environment."""
    access: Literal["read", "write"]
    """Reading and listing, or putting objects there; nobody deletes."""
    prefix: Annotated[str, StringConstraints(max_length=_LONGEST_PREFIX), AfterValidator(_no_pattern)] = ""
    """What the keys begin with; all of them where absent."""
    until: datetime.date | None = None
    """Last day; as long as the link where absent."""


class Bucket(Shape):
    """A place for objects. Private, encrypted."""

    share_class: Annotated[Literal["private", "shared", "open"], Field(alias="class")] = "private"
    """Sharing class (Data Law 60/2024, article 13): the agency's own, shared among agencies, or open data."""
    personal_data: bool = False
    """Whether objects hold personal data."""
    importance: Literal["core", "important", "other"] = "other"
    """Importance of the data (Data Law 60/2024, article 13)."""
    keep_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    """Days for which nobody can delete or change what was written, not even the platform (object lock); it needs
    versioning, and no declaration takes it back."""
    grants: Annotated[tuple[BucketGrant, ...], Once] = ()
    """Rights of others on it, where it is shared."""
    versioning: bool = True
    """Keep replaced and deleted objects; obligatory from level 2."""
    versions_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    """Days for which the store keeps what was replaced or deleted, and then ends it; for ever where absent."""
    quota: Bytes
    """Most bytes, all versions counted."""
    objects: Pieces | None = None
    """Most objects, all versions counted; must be stated where a budget above limits them."""


class Backup(Shape):
    """Copies of what buckets hold, on a second cloud (`govcloud backup`)."""

    cloud: Identifier
    """The second cloud: another site with another store, where the agency may lie as well."""
    buckets: Annotated[tuple[Identifier, ...], Once] = ()
    """Buckets that are copied; all of them where absent."""
    every: Literal["hour", "day", "week"] = "day"
    """How often; what was written since the last time is lost with the first cloud."""
    keep_days: Annotated[int, Field(ge=1, le=36_500)]
    """Days for which a backup is kept."""
    immutable: bool = True
    """Whether nobody, administrators included, can change or delete a copy before its days are over."""


class Storage(Shape):
    """Object storage of each environment."""

    buckets: dict[Identifier, Bucket] = Field(default_factory=dict)
    """Buckets by short name; in the store they are called `<country>-<tenant>-<environment>-<name>`."""
    keys_since: datetime.date | None = None
    """Day on which the keys in use shall have been issued at the earliest: a later day replaces them at the next `up`.
    The old ones work until the new ones were used, or a day has passed."""
    backup: Backup | None = None
    """Copies on a second cloud; from some level on there must be some (BAK-01)."""
    read_only: bool = False
    """Whether nobody writes or deletes here for now: while what is stored moves to another store."""

    @property
    def backed_up(self) -> tuple[str, ...]:
        """Buckets that are copied, by short name."""
        if self.backup is None:
            return ()
        return tuple(sorted(self.backup.buckets or self.buckets))


class Access(Shape):
    """Which of the tenant's identity groups are in use."""

    roles: Annotated[tuple[Literal["admin", "operator", "viewer"], ...], Once] = ("admin", "operator", "viewer")
    """Roles bound in every zone, each to the group `gov:<tenant>:<role>`."""


State = Literal["requested", "trial", "active", "suspended", "halted", "exported", "removed"]
"""State of a tenant; what each means and may become is data (policies/regimes/lifecycle.yaml)."""


class LegalHold(Shape):
    """An order to keep everything as it is."""

    reference: Reference
    """Document."""
    since: datetime.date
    """First day."""
    until: LastDay | None = None
    """Last day; absent while no end is known."""

    def holds(self, date: datetime.date) -> bool:
        """Return whether the order binds on `date`."""
        return self.since <= date and (self.until is None or date <= self.until)


class Export(Shape):
    """The hand-over of a tenant's data to its owner."""

    reference: Reference
    """Record of the hand-over."""
    date: datetime.date
    """Day on which the owner confirmed that the data is complete and readable."""


class PlannedStop(Shape):
    """A stop for maintenance, announced in time (NĐ 224/2026, article 13)."""

    environment: ShortName = "prod"
    """What stops."""
    first: datetime.date
    """First day without service."""
    last: datetime.date
    """Last day without service."""
    announced: datetime.date
    """Day on which users were told."""
    reason: Annotated[str, Field(min_length=3, max_length=300), Words]
    """Why."""
    fallback: Annotated[str, Field(min_length=3, max_length=300), Words]
    """What serves in the meantime."""


class Lifecycle(Shape):
    """Where the tenant is between request and removal."""

    state: State = "active"
    """State."""
    since: datetime.date | None = None
    """Day on which the state began; states that end by themselves need it."""
    review_by: datetime.date
    """Day until which the owner confirms that the tenant is still needed."""
    expires: LastDay | None = None
    """Last day, for trials."""
    legal_hold: LegalHold | None = None
    """An order that forbids removal."""
    export: Export | None = None
    """Hand-over of the data, before removal."""
    planned_stops: Annotated[tuple[PlannedStop, ...], Once] = ()
    """Announced stops."""


class Dataset(Shape):
    """A body of data that the tenant's systems hold; data that they only read elsewhere is not named."""

    personal_data: bool = False
    """Whether it is about people."""
    master: bool = False
    """Whether the authoritative copy is here: it is in one place only (NĐ 224/2026, article 23)."""


class Transition(Shape):
    """A second regime that the tenant follows for a while, beside its own (NĐ 331/2026, article 39)."""

    regime: Identifier
    """The other regime."""
    level: Level
    """Level in that regime."""
    level_dossier: Dossier | None = None
    """Reference of the dossier approved in that regime."""
    until: datetime.date
    """Last day on which it is followed."""


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
    level_dossier: Dossier | None = None
    """Reference of the approved level dossier."""
    level_approver: Identifier | None = None
    """Class of who approved it, as the regime names them."""
    transition: Transition | None = None
    """A second regime followed for a while."""
    criteria: Criteria
    """Facts behind the level."""
    datasets: dict[Identifier, Dataset] = Field(default_factory=dict)
    """Bodies of data held here; two systems of one body that hold the same one count as one for the level."""
    platforms: Annotated[tuple[Identifier, ...], Once] = ()
    """Shared platforms that it uses."""
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
    table: ClassVar[str] = "tenants"
    vietnamese: ClassVar[str] = "tenant"
    folder: ClassVar[str | None] = None
    stack: ClassVar[str | None] = "tenant"

    @property
    def of_tenant(self) -> str | None:
        """Itself."""
        return self.name

    @property
    def bodies(self) -> tuple[str, ...]:
        """Its agency."""
        return (self.spec.agency,)

    def topics(self, country: str) -> Iterator[str]:
        """Yield its agency, what it uses, the data that it masters, and the buckets that it has."""
        yield f"body {self.spec.agency}"
        yield from (f"uses {name}" for name in self.spec.platforms)
        yield from (f"dataset {name}" for name in self.spec.datasets)
        for environment in self.spec.environments:
            for label in self.spec.storage.buckets:
                yield f"bucket {names.bucket(country, self.name, environment, label)}"
            if self.spec.storage.backup:
                yield f"bucket {names.backup_bucket(country, self.name, environment)}"

    @property
    def leaving(self) -> bool:
        """Whether the lifecycle allows that the tenant's namespaces and buckets are deleted."""
        return self.spec.lifecycle.state == "removed"
