"""Advice that names what another distribution brings: given only where that is installed."""

from __future__ import annotations

from govcloud_base.errors import Text

__all__ = ["CLOUDS", "alternative"]

CLOUDS = "govcloud.clouds"
"""Group of the entry points of distributions that bring a cloud, and the command `govcloud local` with it."""


def alternative(with_one: Text, without: Text) -> Text:
    """Return `with_one` where a distribution that brings a cloud is installed, whose commands it may name."""
    from importlib import metadata  # a plugin starts sooner without

    return with_one if metadata.entry_points(group=CLOUDS) else without
