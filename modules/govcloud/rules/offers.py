"""What may be offered to whoever wrote a name that is not declared: never what belongs to another body.

A name that is taken over without a second look gives one body's network, database or cloud to another. So a near name
is offered only where the writer may use it: it belongs to the same ministry or province, to all of them, or its owner
opened it to the body.
"""

from __future__ import annotations

from collections.abc import Collection

from govcloud.country import Country
from govcloud.model.agency import Agency
from govcloud.model.link import Link
from govcloud.model.platform import Platform
from govcloud.model.platform_kind import KINDS
from govcloud.model.tenant import Tenant
from govcloud.rules.ownership import folder_of
from govcloud.rules.platforms import entitled

__all__ = ["agencies", "carriers", "clouds", "platforms", "tenants"]


def tenants(country: Country, *names: str) -> list[str]:
    """Return the tenants that may be meant: those of the body of which the first of `names` speaks that speaks of one.

    Central folders hold declarations for every body, so only names tell whose they are: that of the declaration, and
    the one that was written. `tsl-h41-101` and `h41-1o1` are of H41. Where none names an agency, nothing is returned.
    """
    bodies = (_named(country, name) for name in names)
    body = next((found for found in bodies if found is not None), None)
    if body is None:
        return []
    return sorted(t.name for t in country.tenants.values() if _body(country, t.spec.agency) == body)


def platforms(country: Country, declaration: Tenant | Link | Platform) -> list[str]:
    """Return the platforms that a tenant, link or platform may name."""
    if isinstance(declaration, Link):
        return carriers(country, declaration.spec.ends, declaration.spec.via, declaration.spec.environment)
    code = declaration.spec.agency if isinstance(declaration, Tenant) else declaration.spec.owner
    found = (p for p in country.platforms.values() if p is not declaration)
    return sorted(p.name for p in found if _open(country, p, code))


def carriers(country: Country, ends: Collection[str], way: str, environment: str) -> list[str]:
    """Return the platforms that may carry a link: they fit its way, and are central or belong to the body of an end."""
    bodies = {agency.code for end in ends for agency in _lineage(country, end)}

    def carries(platform: Platform) -> bool:
        near = KINDS[platform.spec.kind].central or platform.spec.owner in bodies
        fits = platform.spec.kind == way and platform.spec.environment == environment and platform.provisioned
        return near and fits and all(entitled(country, platform, end) for end in ends)

    return sorted(p.name for p in country.platforms.values() if carries(p))


def clouds(country: Country, tenant: Tenant) -> list[str]:
    """Return the clouds on which a tenant may lie: those of all, and those that serve its agency alone."""
    return sorted(c.name for c in country.clouds.values() if c.spec.dedicated_to in (None, tenant.spec.agency))


def agencies(country: Country, tenant: Tenant) -> list[str]:
    """Return the codes of the agencies whose tenant a file may declare: those that own its folder."""
    folder = folder_of(country, tenant)
    return sorted(a.code for a in country.agencies.values() if a.spec.path == folder)


def _open(country: Country, platform: Platform, code: str) -> bool:
    if not entitled(country, platform, code):
        return False
    everybodys = KINDS[platform.spec.kind].central or platform.spec.national_database
    opened = platform.spec.consumers != "linked"
    return everybodys or opened or _body(country, code) == (_body(country, platform.spec.owner) or "")


def _named(country: Country, name: str) -> str | None:
    """Return the top agency of the first agency that a name such as `tsl-h41-101` speaks of."""
    parts = name.upper().split("-")
    runs = (parts[start:end] for start in range(len(parts)) for end in range(len(parts), start, -1))
    return next((_body(country, code) for run in runs if (code := ".".join(run)) in country.agencies_by_code), None)


def _body(country: Country, code: str) -> str | None:
    """Return the code of the agency at the top above an agency, which may be itself; None where it is not declared."""
    return next((a.code for a in reversed(_lineage(country, code))), None)


def _lineage(country: Country, code: str) -> tuple[Agency, ...]:
    agency = country.agencies_by_code.get(code)
    return () if agency is None else (agency, *country.ancestors(agency))
