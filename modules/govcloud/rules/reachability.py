"""Who may reach whom: the relation that all declarations together allow on a date, as a value.

Everything that is not in it is denied. It speaks of agencies, platforms and zones, so a reviewer can read it, a graph
can draw it, and two revisions can be compared as sets (:func:`changes`). The namespaces and ports that enforce it
follow in `render.reachability`. :func:`of_link` and :func:`of_tenant` give the part of one declaration, so that
comparing two revisions costs no more than what changed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model import names
from govcloud.model.link import Link
from govcloud.model.tenant import Tenant
from govcloud.rules.chains import chain

__all__ = ["GATEWAY_PORT", "Changes", "Reach", "changes", "of_link", "of_tenant", "relation"]

GATEWAY_PORT = 8080
"""Where a gateway answers for its agency when the segment publishes no service."""


@dataclass(frozen=True, order=True)
class Reach:
    """`source` may open TCP connections to `target`."""

    source: str
    """Agency code for links (`G09`), namespace for flows inside a tenant (`h41-prod-srv`)."""
    target: str
    """The same, of who is reached."""
    environment: str
    """Environment at both ends."""
    port: int
    """Port that is reached: of the published service, else the gateway's own; of the flow."""
    listen: int | None
    """Port of the source's own gateway that leads there; None inside a tenant."""
    hops: tuple[str, ...]
    """What lies between, in order: segments and platforms by name; empty inside a tenant. The last is the target's
    segment, or missing where the target stands outside the State's network."""
    because: str
    """The declaration that allows it: `link g09-h41`, `tenant h41`."""


@dataclass(frozen=True)
class Changes:
    """What two revisions differ in."""

    gained: tuple[Reach, ...]
    """Allowed only afterwards."""
    lost: tuple[Reach, ...]
    """Allowed only before."""


def relation(country: Country, date: datetime.date) -> frozenset[Reach]:
    """Return the whole relation on `date`. Declarations with dangling references add nothing."""
    found: set[Reach] = set()
    for link in country.links.values():
        found.update(of_link(country, link, date))
    for tenant in country.tenants.values():
        found.update(of_tenant(tenant))
    return frozenset(found)


def changes(before: Iterable[Reach], after: Iterable[Reach]) -> Changes:
    """Return what was gained and lost between two relations, or parts of them, in order."""
    old, new = frozenset(before), frozenset(after)
    return Changes(tuple(sorted(new - old, key=_order)), tuple(sorted(old - new, key=_order)))


def of_link(country: Country, link: Link, date: datetime.date) -> Iterable[Reach]:
    """Yield what a link allows on `date`: nothing before its first day and after its last."""
    if not link.holds(date):
        return
    for source, target in link.directions():
        first, last = _segment(country, source, link), _segment(country, target, link)
        if source not in country.agencies_by_code or target not in country.agencies_by_code:
            continue
        platforms = chain(country, link, source=source)
        if link.spec.via != "direct" and not platforms:
            continue
        between = (first, *(p.name for p in platforms), last)
        yield Reach(
            source=source,
            target=target,
            environment=link.spec.environment,
            port=_published(country, last),
            listen=link.spec.listen,
            hops=tuple(name for name in between if name is not None),
            because=f"link {link.name}",
        )


def of_tenant(tenant: Tenant) -> Iterable[Reach]:
    """Yield the flows between a tenant's own zones."""
    for environment, declared in tenant.spec.environments.items():
        for flow in declared.flows:
            for target in flow.to:
                for port in flow.ports:
                    yield Reach(
                        source=names.namespace(tenant.name, environment, flow.source),
                        target=names.namespace(tenant.name, environment, target),
                        environment=environment,
                        port=port,
                        listen=None,
                        hops=(),
                        because=f"tenant {tenant.name}",
                    )


def _segment(country: Country, agency: str, link: Link) -> str | None:
    tenant = country.tenants_by_agency.get(agency)
    segment = country.segments_by_tenant.get((tenant.name, link.spec.environment)) if tenant else None
    return segment.name if segment else None


def _published(country: Country, segment: str | None) -> int:
    offer = country.segments[segment].spec.publishes if segment else None
    return offer.port if offer else GATEWAY_PORT


def _order(reach: Reach) -> tuple[str, str, str, int, int, str]:
    return (reach.source, reach.target, reach.environment, reach.port, reach.listen or 0, reach.because)
