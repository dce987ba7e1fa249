"""Versions of tools: the first one in a program's answer, and the range that is accepted."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Range", "Version", "first_version", "spelled"]

Version = tuple[int, ...]

_VERSION = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+){1,2})(?![\d])")


def first_version(text: str) -> Version | None:
    """Return the first dotted number (two or three parts, `v` allowed) in what a program printed, or None.

    ``Kubernetes v1.36.3`` gives (1, 36, 3); ``v1.32.4-dispatcher`` gives (1, 32, 4).
    """
    match = _VERSION.search(text)
    return tuple(int(part) for part in match[1].split(".")) if match else None


def spelled(version: Version) -> str:
    """Return the version with dots."""
    return ".".join(str(part) for part in version)


@dataclass(frozen=True, slots=True)
class Range:
    """Versions from `lowest` on and below `below`."""

    lowest: Version
    below: Version

    def __contains__(self, version: object) -> bool:
        return isinstance(version, tuple) and self.lowest <= version < self.below

    def __str__(self) -> str:
        return f">= {spelled(self.lowest)}, < {spelled(self.below)}"
