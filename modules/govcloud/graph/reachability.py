"""Reachability: which namespaces may open connections to which, by tenant and zone. What is not here is dropped."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.graph.selection import Selection, too_large
from govcloud.graph.topology import titled
from govcloud.model import names
from govcloud.render.reachability import reachability as relation
from govcloud_base.errors import Language, Text

__all__ = ["MOST", "Opening", "Reach", "Room", "reach"]

MOST = 80
"""Namespaces in one picture."""


@dataclass(frozen=True)
class Room:
    """A namespace in the picture."""

    namespace: str
    tenant: str
    environment: str
    zone: str


@dataclass(frozen=True)
class Opening:
    """Connections that one namespace may open to another."""

    source: str
    target: str
    ports: tuple[int, ...]


@dataclass(frozen=True)
class Reach:
    """The picture's content."""

    title: str
    tenants: dict[str, str]
    """Titles of the tenants by name."""
    rooms: tuple[Room, ...]
    openings: tuple[Opening, ...]


def reach(country: Country, selection: Selection, date: datetime.date, language: Language) -> Reach:
    """Return the relation between the namespaces of the selected tenants on `date`.

    Raises UsageError where there are more than a person can read.
    """
    rooms: list[Room] = []
    for name in selection.parents:
        for environment in country.tenants[name].spec.environments:
            zones = list(country.zones(country.tenants[name], environment))
            zones += [names.GATEWAY_ZONE] if (name, environment) in country.segments_by_tenant else []
            owned = (p for p in country.platforms.values() if p.spec.owner == country.tenants[name].spec.agency)
            zones += [p.spec.zone for p in owned if p.spec.environment == environment]
            rooms += [Room(names.namespace(name, environment, zone), name, environment, zone) for zone in zones]
    shown = {room.namespace for room in rooms}
    if len(rooms) > MOST:
        raise too_large(Text("namespaces", "namespace"), len(rooms), MOST)
    ports: dict[tuple[str, str], set[int]] = defaultdict(set)
    for flow in relation(country, date).flows:
        if flow.source in shown and flow.target in shown:
            ports[flow.source, flow.target].add(flow.port)
    titles = {}
    for name in selection.parents:
        agency = country.agencies_by_code.get(country.tenants[name].spec.agency)
        titles[name] = titled(agency.spec.title, language) if agency else name
    openings = tuple(Opening(*ends, tuple(sorted(found))) for ends, found in sorted(ports.items()))
    return Reach(titled(country.spec.title, language), titles, tuple(rooms), openings)
