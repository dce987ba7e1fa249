"""How platforms are built: one module for each blueprint, named as the kinds of platforms name it.

A blueprint says what runs in the platform's namespace and who may talk to it. The namespace itself, with its quota,
limits and rights, is the same for all (:mod:`govcloud.render.platform`).
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Protocol

from govcloud.country import Country
from govcloud.model.platform import Platform
from govcloud.model.platform_kind import KINDS
from govcloud.render.manifest import Manifest
from govcloud.render.network import Opening
from govcloud.render.zone import Zone

__all__ = ["Blueprint", "blueprint_of"]


class Blueprint(Protocol):
    """What the module of a blueprint offers. Pure functions; they expect a country without errors."""

    def openings(self, country: Country, platform: Platform) -> Iterable[Opening]:
        """Yield who may talk to whom, beside what is denied to all."""

    def manifests(self, country: Country, platform: Platform, zone: Zone) -> Iterable[Manifest]:
        """Yield what runs in `zone`, the platform's own."""


def blueprint_of(platform: Platform) -> Blueprint:
    """Return the blueprint of a platform that is provisioned."""
    made: Blueprint = importlib.import_module(f"{__name__}.{KINDS[platform.spec.kind].blueprint}")
    return made
