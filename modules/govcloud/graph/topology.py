"""Topology: clouds, the tenants on them as a tree, their segments and platforms, and the links between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.graph.selection import Selection
from govcloud.model.declaration import Title
from govcloud_base.errors import Language

__all__ = ["Site", "Tie", "Topology", "titled", "topology"]


@dataclass(frozen=True)
class Site:
    """A tenant in the picture."""

    name: str
    title: str
    """Name of its agency."""
    agency: str
    tier: str
    cloud: str
    level: int
    state: str
    depth: int
    parent: str | None
    segments: tuple[str, ...]
    """Environment and pool of each: `prod 10.80.41.0/24`."""
    platforms: tuple[str, ...]
    hidden: int
    """Tenants below that are not shown."""


@dataclass(frozen=True)
class Tie:
    """A link, or several between the same shown tenants."""

    first: str
    second: str
    kind: str
    via: str
    platform: str | None
    direction: str
    port: int | None
    """Port at the gateways; None where the tie stands for several links."""
    count: int


@dataclass(frozen=True)
class Topology:
    """The picture's content, ready for any format."""

    title: str
    clouds: dict[str, str]
    """Titles by name."""
    sites: tuple[Site, ...]
    ties: tuple[Tie, ...]


def topology(country: Country, selection: Selection, language: Language) -> Topology:
    """Return the topology of the selected tenants; links to hidden ones lead to the tenant that stands for them."""
    segments: dict[str, list[str]] = {}
    for segment in country.segments.values():
        segments.setdefault(segment.spec.tenant, []).append(f"{segment.spec.environment} {segment.spec.pool}")
    platforms: dict[str, list[str]] = {}
    for platform in country.platforms.values():
        owner = country.tenants_by_agency.get(platform.spec.owner)
        if owner is not None:
            platforms.setdefault(owner.name, []).append(platform.name)
    sites = []
    for name, parent in selection.parents.items():
        tenant = country.tenants[name]
        agency = country.agencies_by_code.get(tenant.spec.agency)
        sites.append(
            Site(
                name=name,
                title=titled(agency.spec.title if agency else tenant.spec.purpose, language),
                agency=tenant.spec.agency,
                tier=agency.spec.tier if agency else "",
                cloud=tenant.spec.cloud,
                level=tenant.spec.level,
                state=tenant.spec.lifecycle.state,
                depth=selection.depths[name],
                parent=parent,
                segments=tuple(segments.get(name, ())),
                platforms=tuple(platforms.get(name, ())),
                hidden=selection.hidden[name],
            )
        )
    used = {site.cloud for site in sites}
    clouds = {c.name: titled(c.spec.title, language) for c in country.clouds.values() if c.name in used}
    return Topology(titled(country.spec.title, language), clouds, tuple(sites), _ties(country, selection))


def titled(title: Title, language: Language) -> str:
    """Return a title in the reader's language, or the Vietnamese one, which always exists."""
    return title.vi if language is Language.VI else title.en or title.vi


def _ties(country: Country, selection: Selection) -> tuple[Tie, ...]:
    found: Counter[tuple[str, str, str, str, str | None, str]] = Counter()
    ports: dict[tuple[str, str, str, str, str | None, str], int] = {}
    for link in country.links.values():
        tenants = [country.tenants_by_agency.get(end) for end in link.spec.ends]
        ends = [selection.stands_for.get(t.name) if t else None for t in tenants]
        first, second = ends
        if first is None or second is None or first == second or not selection.focus & {first, second}:
            continue
        tie = (first, second, link.spec.kind, link.spec.via, link.spec.platform, link.spec.direction)
        found[tie] += 1
        ports[tie] = link.spec.listen
    return tuple(
        Tie(*tie, port=ports[tie] if count == 1 else None, count=count) for tie, count in sorted(found.items(), key=str)
    )
