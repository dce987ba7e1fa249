"""A country: every declaration of one folder, typed and findable, with the law that applies."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from govcloud.country.document import Document
from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.country.law import Law
from govcloud.model.agency import Agency
from govcloud.model.cloud import Cloud
from govcloud.model.declaration import Declaration
from govcloud.model.image_lock import ImageLock
from govcloud.model.level import LevelTable
from govcloud.model.link import Link
from govcloud.model.platform import Platform
from govcloud.model.segment import Segment
from govcloud.model.settings import CountrySettings, SettingsSpec
from govcloud.model.store_table import StoreTable
from govcloud.model.tenant import Tenant
from govcloud.model.waiver import Waiver
from govcloud_base.errors import GovCloudError, Place, Problem

__all__ = ["Country", "Rest"]


@dataclass(frozen=True)
class Rest:
    """What matters of the declarations that a part of a country leaves out."""

    known: frozenset[tuple[str, str]] = frozenset()
    """(kind, name) of declarations to which there are references; of agencies the code."""
    ports: tuple[tuple[str, str, int, str], ...] = ()
    """Ports of gateways: agency code, environment, port, and the link in force that has it."""
    shares: Mapping[tuple[str, str], Mapping[str, tuple[int, ...]]] = field(default_factory=dict)
    """Of the budget of each (kind, name), what tenants draw on it by name: amounts in the order of Quota.RESOURCES.
    Under the kind `Elsewhere`, what they take of a tenant's budget on other clouds than its own."""
    pools: tuple[tuple[str, datetime.date | None], ...] = ()
    """Pools of segments, and the day on which each was allocated where that is known."""


@dataclass(frozen=True)
class Country:
    """What a folder declares. Names are unique within a kind; references may still dangle: rules judge that."""

    folder: Path
    law: Law
    settings: CountrySettings
    clouds: Mapping[str, Cloud]
    agencies: Mapping[str, Agency]
    tenants: Mapping[str, Tenant]
    segments: Mapping[str, Segment]
    links: Mapping[str, Link]
    platforms: Mapping[str, Platform]
    waivers: Mapping[str, Waiver]
    documents: Mapping[tuple[str, str], Document]
    """The document of each (kind, name)."""
    image_locks: Mapping[str, ImageLock] = field(default_factory=dict)
    store_tables: Mapping[str, StoreTable] = field(default_factory=dict)
    """What was found of the object stores of clouds, by cloud."""
    rest: Rest = Rest()
    """What is left out, where this is a part of a country."""
    unread: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    """Tenants of which a file cannot be read, with what is wrong. Among `tenants` stands, for each, what others say of
    it (:mod:`govcloud.country.apart`): nothing may be made of that."""

    def require_read(self, *tenants: str) -> None:
        """Refuse to speak of tenants of which a file cannot be read: GovCloudError with what is wrong there."""
        if unread := [problem for tenant in tenants for problem in self.unread.get(tenant, ())]:
            raise GovCloudError(unread)

    @property
    def name(self) -> str:
        """The country's code in lower case: the first part of every bucket's name."""
        return self.settings.metadata.name

    @property
    def spec(self) -> SettingsSpec:
        """What holds for the whole country."""
        return self.settings.spec

    @cached_property
    def declarations(self) -> dict[tuple[str, str], Declaration]:
        """Every declaration by (kind, name)."""
        kinds = [kind for kind in COUNTRY_KINDS.values() if kind is not CountrySettings]
        tables = [getattr(self, kind.table).values() for kind in kinds]
        return {(d.kind, d.name): d for table in (*tables, [self.settings]) for d in table}

    @cached_property
    def agencies_by_code(self) -> dict[str, Agency]:
        """Agencies by electronic identifier."""
        return {a.code: a for a in self.agencies.values()}

    @cached_property
    def segments_by_tenant(self) -> dict[tuple[str, str], Segment]:
        """Segments by (tenant, environment)."""
        return {(s.spec.tenant, s.spec.environment): s for s in self.segments.values()}

    @cached_property
    def tenants_by_agency(self) -> dict[str, Tenant]:
        """Tenants by their agency's code."""
        return {t.spec.agency: t for t in self.tenants.values()}

    @cached_property
    def platforms_by_owner(self) -> dict[tuple[str, str, str], Platform]:
        """Platforms that run, by (agency code of the owner, environment, kind)."""
        found = (p for p in self.platforms.values() if p.provisioned)
        return {(p.spec.owner, p.spec.environment, p.spec.kind): p for p in found}

    @cached_property
    def links_by_agency(self) -> dict[str, tuple[Link, ...]]:
        """Links by the code of either end, in the order of their names."""
        found: dict[str, list[Link]] = defaultdict(list)
        for link in self.links.values():
            for end in link.spec.ends:
                found[end].append(link)
        return {code: tuple(links) for code, links in found.items()}

    def place(self, declaration: Declaration, *path: str | int, key: bool = False) -> Place:
        """Return where a declaration, or the part of it at `path` (field names as in the file), stands."""
        return self.document(declaration).place(*path, key=key)

    def document(self, declaration: Declaration) -> Document:
        """Return the document of a declaration."""
        return self.documents[declaration.kind, declaration.name]

    def including(self, declaration: Declaration, document: Document) -> Country:
        """Return the country with one declaration more, or with a changed one in the place of the old."""
        documents = {**self.documents, (declaration.kind, declaration.name): document}
        if isinstance(declaration, CountrySettings):
            return dataclasses.replace(self, settings=declaration, documents=documents)
        table = declaration.table
        entries = {**getattr(self, table), declaration.name: declaration}
        changes: dict[str, Any] = {table: dict(sorted(entries.items())), "documents": documents}
        return dataclasses.replace(self, **changes)

    def without(self, key: tuple[str, str]) -> Country:
        """Return the country with one declaration less, which is not its head; `key` is its (kind, name)."""
        table = self.declarations[key].table
        changes: dict[str, Any] = {
            table: {name: d for name, d in getattr(self, table).items() if name != key[1]},
            "documents": {other: d for other, d in self.documents.items() if other != key},
        }
        return dataclasses.replace(self, **changes)

    def on(self, date: datetime.date) -> Country:
        """Return the country as it stands on `date`: with the links in force then, and the platforms that run."""
        return dataclasses.replace(
            self,
            links={n: k for n, k in self.links.items() if k.holds(date)},
            platforms={n: p for n, p in self.platforms.items() if p.provisioned},
        )

    def within(self, clouds: Collection[str]) -> Country:
        """Return the country as far as it lies on `clouds`: their tenants, and what belongs to those.

        Agencies stay: they are no part of any cloud. A link stays where both ends do. A tenant that cannot be read may
        lie on any of them.
        """
        tenants = {n: t for n, t in self.tenants.items() if t.spec.cloud in clouds or n in self.unread}
        bodies = {t.spec.agency for t in tenants.values()}

        def stays(declared: Declaration) -> bool:
            if isinstance(declared, Agency):
                return True
            if isinstance(declared, Cloud):
                return declared.name in clouds
            of = declared.of_tenant
            return of in tenants if of is not None else bodies.issuperset(declared.bodies)

        kept: dict[str, dict[str, Declaration]] = {}
        for (_, name), declared in self.declarations.items():
            if declared is not self.settings:
                table = kept.setdefault(declared.table, {})
                if stays(declared):
                    table[name] = declared
        changes: dict[str, Any] = {**kept}
        return dataclasses.replace(self, **changes)

    def of_stack(self, stack: str) -> Declaration | None:
        """Return what a stack such as `segment.tsl-h41` provisions; None where the country declares no such thing."""
        kind, _, name = stack.partition(".")
        table = next((k.table for k in COUNTRY_KINDS.values() if k.stack == kind), None)
        found: Declaration | None = getattr(self, table).get(name) if table else None
        return found

    def cloud_of(self, stack: str) -> str:
        """Return the cloud on which a stack such as `segment.tsl-h41` is provisioned.

        Raises KeyError where the country declares no such stack.
        """
        declared = self.of_stack(stack)
        if isinstance(declared, Cloud):
            return declared.name
        return self.tenants[self.tenant_of(stack) or stack].spec.cloud

    def tenant_of(self, stack: str) -> str | None:
        """Return the tenant to which a stack such as `segment.tsl-h41` belongs; None where it belongs to none."""
        declared = self.of_stack(stack)
        if declared is None:
            return None
        owners = [self.tenants_by_agency.get(code) for code in declared.bodies]
        return declared.of_tenant or next((owner.name for owner in owners if owner), None)

    def bodies(self, declared: Declaration) -> tuple[str, ...]:
        """Return the codes of the agencies whose business a declaration is: those that it names, or its tenant's."""
        of = self.tenants.get(declared.of_tenant) if declared.of_tenant is not None else None
        return declared.bodies or (of.bodies if of else ())

    def parent(self, agency: Agency) -> Agency | None:
        """Return the agency above; None at the top or where the reference dangles."""
        return self.agencies_by_code.get(agency.spec.parent) if agency.spec.parent else None

    def ancestors(self, agency: Agency) -> tuple[Agency, ...]:
        """Return the agencies above, nearest first. Ends at a cycle, which rules report."""
        found: list[Agency] = []
        seen = {agency.code}
        above = self.parent(agency)
        while above is not None and above.code not in seen:
            found.append(above)
            seen.add(above.code)
            above = self.parent(above)
        return tuple(found)

    def heirs(self, code: str) -> tuple[str, ...]:
        """Return every agency into which `code` was merged, directly or through others. Ends at a circle."""
        found: list[str] = []
        agency = self.agencies_by_code.get(code)
        while agency is not None and agency.spec.merged_into and agency.spec.merged_into not in found:
            found.append(agency.spec.merged_into)
            agency = self.agencies_by_code.get(agency.spec.merged_into)
        return tuple(found)

    def regime(self, tenant: Tenant) -> str:
        """Return the name of the regime that a tenant follows."""
        return tenant.spec.regime or self.spec.regime

    def level_table(self, tenant: Tenant) -> LevelTable | None:
        """Return the level table of a tenant's regime."""
        return self.law.levels(self.regime(tenant))

    def zones(self, tenant: Tenant, environment: str) -> tuple[str, ...]:
        """Return the zones of a tenant's environment: the level's minimum and those declared beyond it."""
        table = self.level_table(tenant)
        minimum = table.minimum(tenant.spec.level) if table else ()
        other = tenant.spec.transition
        second = self.law.levels(other.regime) if other else None
        if other is not None and second is not None:
            minimum += tuple(zone for zone in second.minimum(other.level) if zone not in minimum)
        declared = tenant.spec.environments[environment].zones
        return (*minimum, *(name for name in declared if name not in minimum))

    def stacks(self) -> tuple[str, ...]:
        """Return the name of every stack, in the order in which they can be provisioned."""
        depth = {t.name: len(self.ancestors(a)) for a in self.agencies.values() for t in self._tenant(a)}
        kinds = [kind for kind in COUNTRY_KINDS.values() if kind.stack]

        def order(item: tuple[str, Declaration]) -> tuple[int, str]:
            return depth.get(item[0], 0) if isinstance(item[1], Tenant) else 0, item[0]

        return tuple(
            f"{kind.stack}.{name}"
            for kind in kinds
            for name, declared in sorted(getattr(self, kind.table).items(), key=order)
            if declared.provisioned
        )

    def _tenant(self, agency: Agency) -> tuple[Tenant, ...]:
        tenant = self.tenants_by_agency.get(agency.code)
        return (tenant,) if tenant else ()
