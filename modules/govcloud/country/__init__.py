"""A folder of YAML files becomes a checked :class:`Country`."""

from __future__ import annotations

from govcloud.country.country import Country, load

__all__ = ["Country", "load"]
