"""A folder of YAML files becomes a checked :class:`Country`."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from govcloud.country.country import Country, Rest
    from govcloud.country.loading import known, load, readable, remembered
    from govcloud.country.readings import Readings

__all__ = ["Country", "Readings", "Rest", "known", "load", "readable", "remembered"]

_HOMES = {"Country": "country", "Rest": "country", "Readings": "readings"}


def __getattr__(name: str) -> Any:
    """Import the models on first use: a program whose plan was made before has no need of them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"govcloud.country.{_HOMES.get(name, 'loading')}"), name)
