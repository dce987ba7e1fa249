"""One version of one object in a backup: what it is called, what it holds, and where its bytes lie."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

__all__ = ["Entry", "Found"]

_NO_VERSION = ("", "null")
_SHORT = {"headers": "h", "metadata": "m", "tags": "t"}


@dataclass(frozen=True, slots=True)
class Found:
    """A version as the listing of a bucket names it."""

    key: str
    version: str
    """Id of the version; '' where the bucket keeps none."""
    etag: str
    size: int
    """Bytes."""
    modified: datetime.datetime
    """When it was written, by the store's clock, in whole seconds: not every answer of a store says more."""
    latest: bool = True
    """Whether it is what a reader gets who names no version."""
    marker: bool = False
    """Whether it is the marker of a deletion."""

    @property
    def id(self) -> str:
        """Name of the version among all of its bucket: the same in each listing, another once its content is.

        A store that names versions names each once. Elsewhere ETag, size and time together tell contents apart.
        """
        named = self.version not in _NO_VERSION
        rest = (self.version,) if named else (self.etag, str(self.size), self.modified.isoformat())
        text = "\0".join((self.key, *rest, "marker" if self.marker else ""))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Entry:
    """A version that is in a backup. Of the marker of a deletion there is nothing but that it was there."""

    found: Found
    sha256: str = ""
    """Digest of the content, hexadecimal; '' for a marker."""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What readers are told besides the content: its type, how long it may be kept, under which name it is saved."""
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    until: datetime.date | None = None
    """Last day on which nobody can delete the copy, where that was asked for."""

    def line(self) -> str:
        """Return the entry as one line of a manifest, without its end."""
        found = self.found
        told: dict[str, Any] = {"k": found.key, "d": found.modified.isoformat()}
        if found.marker:
            told["gone"] = True
        else:
            told |= {"e": found.etag, "n": found.size, "s": self.sha256}
        if found.version:
            told["v"] = found.version
        if not found.latest:
            told["old"] = True
        if self.until:
            told["u"] = self.until.isoformat()
        for name, short in _SHORT.items():
            if value := getattr(self, name):
                told[short] = dict(value)
        return json.dumps(told, ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def of(cls, line: str) -> Entry:
        """Read a line that :meth:`line` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        told = json.loads(line)
        if not isinstance(told, dict):
            raise ValueError("an entry is a JSON object")
        marker = bool(told.get("gone"))
        found = Found(
            key=str(told["k"]),
            version=str(told.get("v", "")),
            etag="" if marker else str(told["e"]),
            size=0 if marker else int(told["n"]),
            modified=datetime.datetime.fromisoformat(told["d"]),
            latest=not told.get("old", False),
            marker=marker,
        )
        rest = {name: MappingProxyType(dict(told[short])) for name, short in _SHORT.items() if short in told}
        until = datetime.date.fromisoformat(told["u"]) if "u" in told else None
        return cls(found, "" if marker else str(told["s"]), until=until, **rest)
