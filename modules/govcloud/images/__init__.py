"""The project's own images: built reproducibly from Debian packages, pushed to a registry, checked where they run."""

from __future__ import annotations

from govcloud.images.archive import digest
from govcloud.images.building import Report, build
from govcloud.images.recipe import OWN, Recipe

__all__ = ["OWN", "Recipe", "Report", "build", "digest"]
