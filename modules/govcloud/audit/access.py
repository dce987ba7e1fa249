"""Whose eyes an audit looks through: a read-only auditor, every tenant with its own credential, and nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from govcloud.audit.run import Run
from govcloud.clouds.object_store import ObjectStore, StoreSession
from govcloud.clouds.request import Api
from govcloud.country.controls import Catalogue, in_force
from govcloud.country.law_folder import PROJECT_LAW
from govcloud.render.image import Image
from govcloud_base.errors import Problem, Text

if TYPE_CHECKING:
    from govcloud.audit.store_reading import StoreReader

__all__ = ["Access", "BucketSubject", "DeclaredFlow", "DeclaredHost", "DeclaredService", "TenantAccess"]


@dataclass(frozen=True)
class BucketSubject:
    """A bucket as declared."""

    name: str
    versioning: bool
    objects: int | None = None
    """Most objects that it may hold, all versions counted; None where it states no number."""
    granted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Which other tenants may read or write all that is in it, by declaration."""
    attested: Text | None = None
    """Who attests that it lies on encrypted disks, where its store encrypts nothing."""


@dataclass(frozen=True, order=True)
class DeclaredFlow:
    """One TCP flow that the declaration opens: from every pod of a namespace to a port in another."""

    source: str
    target: str
    port: int


@dataclass(frozen=True, order=True)
class DeclaredHost:
    """One TCP flow that the declaration opens to a host outside the cluster."""

    source: str
    address: str
    port: int


@dataclass(frozen=True, order=True)
class DeclaredService:
    """Something that pods of a namespace may use over HTTP, and what it must answer."""

    source: str
    host: str
    port: int
    path: str
    answer: str

    def __str__(self) -> str:
        return f"{self.source} > {self.host}:{self.port}{self.path}"


@dataclass(frozen=True)
class TenantAccess:
    """One tenant: what was declared for it, and its own credentials."""

    name: str
    api: Api
    """The tenant's administrator at the API server."""
    home: str
    """The namespace in which the audit may make and remove small objects of the tenant."""
    namespaces: tuple[str, ...]
    """Every declared namespace that carries the tenant's label, gateways' and platforms' included."""
    zones: tuple[str, ...]
    """Those of them that the tenant itself administers."""
    probe: Image
    """What pods run that the audit makes as the tenant."""
    manifests: Mapping[str, Mapping[str, Any]]
    """What the platform declared in these namespaces, by `<namespace>/<Kind>/<name>`."""
    buckets: tuple[BucketSubject, ...] = ()
    credentials: tuple[str, str] | None = None
    """Namespace and name of the Secret that holds the tenant's keys of the object store."""
    secrets: tuple[tuple[str, str], ...] = ()
    """Namespace and name of each Secret in which keys were delivered, one for each environment with buckets."""
    store_identities: tuple[str, ...] = ()
    """Names of its identities at the object store."""
    level: int = 1

    def versioned(self, from_level: int) -> tuple[str, ...]:
        """Return its buckets that must keep versions: all of them from this level on, else those that declare it."""
        return tuple(bucket.name for bucket in self.buckets if bucket.versioning or self.level >= from_level)


@dataclass(frozen=True)
class Access:
    """Everything that checks may use. Tests replace a part to plant a violation or to blind a check."""

    tenants: Mapping[str, TenantAccess]
    auditor: Api
    """Reads everywhere, writes nowhere."""
    store: ObjectStore
    """The object store's address; whoever uses it brings a key, or none."""
    run: Run
    """What tells this run's objects from all others."""
    refused: Sequence[Problem] = ()
    """Why tenants' identities could not be had through whose eyes checks wanted to look; grows while they do."""
    flows: frozenset[DeclaredFlow] = frozenset()
    """The declared relation, computed from links and zones, not from the policies that should enforce it."""
    hosts: frozenset[DeclaredHost] = frozenset()
    """Hosts outside the cluster that zones may reach: the object store, for those that hold its keys."""
    services: frozenset[DeclaredService] = frozenset()
    """What links must bring: through one's own gateway, the agency at the other end."""
    admission: tuple[Mapping[str, Any], ...] = ()
    """The admission policies and bindings that must be in force."""
    catalogue: Catalogue = field(default_factory=lambda: in_force(PROJECT_LAW))
    """The controls of the country's law: what checks compare with."""
    lawful: frozenset[str] = frozenset()
    """Users and groups whom the country's law lets hold rights across the cluster."""
    registries: tuple[str, ...] = ()
    """From where the cloud lets images come."""
    cluster: tuple[Mapping[str, Any], ...] = ()
    """All that the cluster's own stack declares."""
    owners: frozenset[str] = frozenset()
    """All tenants that may have namespaces here, also those that are not examined."""
    janitor: StoreSession | None = None
    """Who may remove the versions that the audit itself wrote; without one, a few bytes a run stay."""
    administrator: StoreReader | None = None
    """Who reads the settings of the object store, and whom it lets in."""
    prober: Api | None = None
    """Who may run probe pods in every namespace, where tenants cannot; only flows need it."""

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return every ordered pair of different tenants."""
        return tuple((a, b) for a in self.tenants for b in self.tenants if a != b)

    def namespaces(self) -> tuple[str, ...]:
        """Return every declared namespace of every tenant, ordered."""
        return tuple(sorted(ns for tenant in self.tenants.values() for ns in tenant.namespaces))

    def close(self) -> None:
        """Release what looking at the object store has opened."""
        if self.administrator is not None:
            self.administrator.close()
