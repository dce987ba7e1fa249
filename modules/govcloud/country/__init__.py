"""A folder of YAML files becomes a checked :class:`Country`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from govcloud.country.country import Country, Rest, load, remembered
    from govcloud.country.readings import Readings

__all__ = ["Country", "Readings", "Rest", "load", "remembered"]


def __getattr__(name: str) -> Any:
    """Import the models on first use: a program whose plan was made before has no need of them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from govcloud.country import country

    return getattr(country, name)
