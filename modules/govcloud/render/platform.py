"""A shared platform: one namespace with its guards, in which its kind's blueprint says what runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.platform import Platform
from govcloud.render import access
from govcloud.render.blueprints import blueprint_of
from govcloud.render.manifest import Manifest, Rendering, keyed
from govcloud.render.namespace import guards
from govcloud.render.zone import Zone, platform_home
from govcloud.rules.shared_room import room

__all__ = ["PlatformManifests", "platform"]


@dataclass(frozen=True, kw_only=True)
class PlatformManifests(Rendering):
    """What the stack `platform.<name>` consists of."""

    platform: str
    """Name of the platform."""


def platform(country: Country, name: str) -> PlatformManifests:
    """Render the platform called `name`. Expects a country without errors. Raises KeyError for an unknown one."""
    declared = country.platforms[name]
    zone = platform_home(country, declared)
    return PlatformManifests(
        cloud=country.tenants_by_agency[declared.spec.owner].spec.cloud,
        manifests=keyed(_manifests(country, declared, zone)),
        namespaces=(zone.namespace,),
        platform=name,
    )


def _manifests(country: Country, declared: Platform, zone: Zone) -> Iterable[Manifest]:
    owner = country.tenants_by_agency[declared.spec.owner]
    blueprint = blueprint_of(declared)
    left = room(country, owner, declared.spec.level)
    openings = list(blueprint.openings(country, declared))
    yield from guards(zone, declared.spec.quota, left, country.clouds[owner.spec.cloud].spec, openings)
    # Whoever could open a shell here could ask any linked agency in the name of any other: the owner may look.
    yield from access.bindings(country.law.catalogue, zone, ["viewer"])
    yield from blueprint.manifests(country, declared, zone)
