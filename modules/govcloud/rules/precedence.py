"""Who is in the right where two declarations want the same thing, whatever their names and the order of their files.

Each key sorts the rightful first: by what the law or the record says (the national master, the day of the allocation,
the name that follows from a code), and by name only where nothing else tells them apart, so that the answer is always
the same.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar

from govcloud.country import Country
from govcloud.model.agency import Agency
from govcloud.model.link import Link
from govcloud.model.platform import Platform
from govcloud.model.platform_kind import KINDS
from govcloud.model.segment import Segment
from govcloud.model.tenant import Tenant

__all__ = [
    "agency_path",
    "agreed",
    "attached",
    "bodys_exchange",
    "bucket",
    "coded",
    "contests",
    "master",
    "platform_of_its_kind",
]


_C = TypeVar("_C")


def contests(
    claims: Iterable[_C], wanted: Callable[[_C], Hashable], right: Callable[[_C], Any]
) -> Iterator[tuple[_C, _C]]:
    """Yield (whoever is in the wrong, whoever is in the right) for each thing that several claims want."""
    groups: dict[Hashable, list[_C]] = defaultdict(list)
    for claim in claims:
        groups[wanted(claim)].append(claim)
    for group in groups.values():
        if len(group) > 1:
            rightful, *others = sorted(group, key=right)
            for other in others:
                yield other, rightful


def coded(agency: Agency) -> tuple[object, ...]:
    """Of agencies with one code: the one whose name follows from it, the older one."""
    return (agency.name != agency.tenant_name, agency.spec.valid_from, agency.name)


def agency_path(agency: Agency) -> tuple[object, ...]:
    """Of agencies with folders in each other: the one whose folder follows from its code, the outer one."""
    usual = f"tenants/{agency.tenant_name}"
    return (agency.spec.path != usual, agency.spec.path.count("/"), agency.spec.valid_from, agency.name)


def attached(segment: Segment) -> tuple[object, ...]:
    """Of segments of one environment: the first allocated, the one that is called as segments are."""
    usual = segment.name.startswith(f"tsl-{segment.spec.tenant}")
    return (segment.spec.allocated or datetime.date.max, not usual, segment.name)


def agreed(link: Link) -> tuple[object, ...]:
    """Of links that want one port: the one in force first, the one agreed on first."""
    return (link.spec.valid_from, max(approval.date for approval in link.spec.approvals), link.name)


def bucket(tenant: Tenant, environment: str, label: str) -> tuple[object, ...]:
    """Of buckets whose full names are one: that of a tenant that runs, the one whose own name has fewer dashes.

    Names are joined by dashes, so a dash within a name is what makes two of them meet.
    """
    return (tenant.spec.lifecycle.state != "active", label.count("-"), tenant.name, environment)


def platform_of_its_kind(platform: Platform) -> tuple[object, ...]:
    """Of platforms of one kind and owner: a national database, the one that runs, one that holds master data."""
    spec = platform.spec
    return (not spec.national_database, spec.state != "active", not spec.master_of, platform.name)


def bodys_exchange(country: Country, platform: Platform) -> tuple[object, ...]:
    """Of the LGSPs in one ministry or province: that of the body itself, then the one that runs."""
    return (_depth(country, platform.spec.owner), platform.spec.state != "active", platform.name)


def master(country: Country, holder: Platform | Tenant, date: datetime.date) -> tuple[object, ...]:
    """Of the masters of one dataset: the national database, a national platform, a national body's, a shared platform.

    A body is national where the one at its top governs no territory and belongs to the State.
    """
    shared = isinstance(holder, Platform)
    code = holder.spec.owner if isinstance(holder, Platform) else holder.spec.agency
    runs = holder.spec.state == "active" if isinstance(holder, Platform) else holder.spec.lifecycle.state == "active"
    return (
        not (isinstance(holder, Platform) and holder.spec.national_database),
        not (isinstance(holder, Platform) and KINDS[holder.spec.kind].central),
        not _national(country, code, date),
        not shared,
        _depth(country, code),
        not runs,
        holder.kind,
        holder.name,
    )


def _national(country: Country, code: str, date: datetime.date) -> bool:
    agency = country.agencies_by_code.get(code)
    if agency is None:
        return False
    tier = country.law.tiers(date).get((agency, *country.ancestors(agency))[-1].spec.tier)
    return tier is not None and tier.governs is None and not tier.external


def _depth(country: Country, code: str) -> int:
    agency = country.agencies_by_code.get(code)
    return len(country.ancestors(agency)) if agency else 0
