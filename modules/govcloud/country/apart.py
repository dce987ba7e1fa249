"""What cannot be read of a country, told apart by whose it is: an agency's own file stops its tenant, any other all.

A file that lies below an agency's path can declare that agency's tenant and nothing else. So where one cannot be read,
it is known what is not known, and by name. In the place of the tenant stands one that agrees with all that others say
of it, for what they have with it goes on: its gateway stays the end of their links, its platforms carry them, its
objects are somebody's. Nothing is ever rendered of it (ADR 0054).
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from govcloud.country.document import Document
from govcloud.country.folder import shown_name
from govcloud.model.agency import Agency
from govcloud.model.cloud import Cloud
from govcloud.model.declaration import Declaration, Metadata
from govcloud.model.platform import Platform
from govcloud.model.quota import Quota
from govcloud.model.segment import Segment
from govcloud.model.tenant import Criteria, Environment, Lifecycle, Tenant, TenantSpec, Zone
from govcloud_base.errors import Problem, Text

__all__ = ["SOMEWHERE", "Entry", "Key", "parted", "whom_to_ask"]

Key = tuple[str, str]
"""Kind and name of a declaration."""
Entry = tuple[Document, Declaration]

SOMEWHERE = "somewhere"
"""In the place of the cloud of a tenant that cannot be read: it may lie on any."""


def parted(
    folder: Path, read: Mapping[Key, Entry], rivals: Mapping[str, Key], problems: Iterable[Problem]
) -> tuple[dict[Key, Entry], dict[str, tuple[Problem, ...]]] | None:
    """Return what a folder declares without the tenants of which a file cannot be read, with those in their places, and
    by their names what is wrong, each problem with the tenant as its scope.

    `read` are the declarations that could be read, with their documents; `rivals` the files that declare what another
    one declares as well. None where any of the problems is not an agency's own: then nobody can go on.
    """
    owners = _Owners(folder, [d for _, d in read.values() if isinstance(d, Agency)])
    found: dict[str, list[Problem]] = defaultdict(list)
    bodies: dict[str, Agency] = {}
    for problem in problems:
        file = problem.place.file if problem.place else ""
        owner = owners.of(file)
        if owner is None or not owners.settle(owner, file, rivals, read):
            return None
        bodies[owner.tenant_name] = owner
        fix = Text.joined([problem.fix, whom_to_ask(owner)])
        found[owner.tenant_name].append(dataclasses.replace(problem, scope=owner.tenant_name, fix=fix))
    known = {key: entry for key, entry in read.items() if not _is_of(key, entry, bodies, owners)}
    for name, agency in bodies.items():
        # A declaration of this name in another's folder is a mistake of its own, and is judged as one.
        known.setdefault(("Tenant", name), (Document(owners.file(agency), b""), _unread(agency, read.values())))
    return known, {name: tuple(rows) for name, rows in sorted(found.items())}


def whom_to_ask(agency: Agency) -> Text:
    """Return the advice to ask an agency, by its name and its addresses."""
    title, contacts = agency.spec.title, ", ".join(agency.spec.contacts)
    at = f" ({contacts})" if contacts else ""
    return Text(f"ask {title.en or title.vi}{at}", f"hỏi {title.vi}{at}")


class _Owners:
    """Whose a file is: of the one agency below whose path it lies."""

    def __init__(self, folder: Path, agencies: Iterable[Agency]) -> None:
        self._prefix = f"{shown_name(folder)}/"
        self._by_path: dict[str, list[Agency]] = defaultdict(list)
        for agency in agencies:
            self._by_path[agency.spec.path].append(agency)

    def of(self, file: str) -> Agency | None:
        """Return the agency whose own file this is, as problems show it; None where it is nobody's or several's."""
        path = PurePosixPath(file.removeprefix(self._prefix))
        if path.parts[:1] != ("tenants",):
            return None
        around = [a for each in (path, *path.parents) if len(each.parts) > 1 for a in self._by_path.get(str(each), ())]
        return around[0] if len(around) == 1 else None

    def settle(self, owner: Agency, file: str, rivals: Mapping[str, Key], read: Mapping[Key, Entry]) -> bool:
        """Return whether a file is about its owner alone: also where it declares what another one does."""
        key = rivals.get(file)
        if key is None:
            return True
        return key == ("Tenant", owner.tenant_name) and self.of(read[key][0].file) is owner

    def file(self, agency: Agency) -> str:
        """Return where the tenant of an agency is declared, as problems show it."""
        folder = "" if self._prefix == "./" else self._prefix
        return f"{folder}{agency.spec.path}/tenant.yaml"


def _is_of(key: Key, entry: Entry, bodies: Mapping[str, Agency], owners: _Owners) -> bool:
    """Return whether a declaration is the tenant of one of `bodies`, in its own folder."""
    kind, name = key
    return kind == "Tenant" and name in bodies and owners.of(entry[0].file) is bodies[name]


def _unread(agency: Agency, read: Iterable[Entry]) -> Tenant:
    """Return the tenant of an agency as all other declarations say that it is, and of which nothing more is known."""
    others = [declared for _, declared in read]
    name = agency.tenant_name
    segments = [d for d in others if isinstance(d, Segment) and d.spec.tenant == name]
    platforms = [d for d in others if isinstance(d, Platform) and d.spec.owner == agency.code]
    zones: dict[str, dict[str, Zone]] = {platform.spec.environment: {} for platform in platforms}
    for segment in segments:
        offered = [segment.spec.publishes.zone] if segment.spec.publishes else []
        zones.setdefault(segment.spec.environment, {}).update(dict.fromkeys([*segment.spec.zones, *offered], Zone()))
    environments = {each: Environment(quota=Quota(), zones=named) for each, named in (zones or {"prod": {}}).items()}
    centres = [d.name for d in others if isinstance(d, Cloud) and d.spec.national_data_centre]
    national = any(platform.spec.national_database for platform in platforms)
    return Tenant(
        api_version="govcloud/v1",
        kind="Tenant",
        metadata=Metadata(name=name),
        spec=TenantSpec(
            agency=agency.code,
            cloud=centres[0] if national and centres else SOMEWHERE,
            purpose=agency.spec.title,
            level=max([1, *(platform.spec.level for platform in platforms)]),
            criteria=Criteria(information="public"),
            quota=Quota(),
            environments=environments,
            lifecycle=Lifecycle(review_by=datetime.date.max),
        ),
    )
