"""A tool that was found, and one that was looked at and refused."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from govcloud_base.errors import Text

__all__ = ["Located", "Origin", "Rejected", "Tool"]


class Origin(enum.StrEnum):
    """Where a tool comes from."""

    PATH = "path"
    """The user's own, found on PATH; its version was asked and is accepted."""
    CACHE = "cache"
    """Built by an earlier run from the pins of this checkout."""
    BUILT = "built"
    """Built by this run."""
    WHEEL = "wheel"
    """A PyPI wheel in the running interpreter's environment."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One usable tool."""

    name: str
    path: Path
    """The executable; for a tool of several files (`cni`) the folder that holds them."""
    version: str
    """As the tool itself says it, without a leading `v`."""
    origin: Origin


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file of the right name that is not used, and why."""

    path: Path
    reason: Text


@dataclass(frozen=True, slots=True)
class Located:
    """What is known of a tool without building or installing anything."""

    name: str
    tool: Tool | None
    """None: it would have to be built or installed."""
    rejected: tuple[Rejected, ...] = ()
