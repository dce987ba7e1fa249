"""One version of one object in a backup: what it is called, what it holds, and where its bytes lie."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

__all__ = ["HEADERS", "Entry", "Found"]

HEADERS = (
    "ContentType",
    "ContentEncoding",
    "ContentLanguage",
    "ContentDisposition",
    "CacheControl",
    "WebsiteRedirectLocation",
)
"""What is kept of an object besides content, metadata and tags, as boto3 calls it."""
_NO_VERSION = ("", "null")
_SHORT = {"headers": "h", "metadata": "m", "tags": "t"}
_DIGEST = re.compile("[0-9a-f]{64}")


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
    def fixed(self) -> bool:
        """Whether the version's name is its own for ever: "null" is that of whatever was written last without one."""
        return self.version not in _NO_VERSION

    @property
    def id(self) -> str:
        """Name of the version among all of its bucket: the same in each listing, another once its content is.

        A store that names versions names each once. Elsewhere ETag, size and time together tell contents apart.
        """
        rest = (self.version,) if self.fixed else (self.etag, str(self.size), self.modified.isoformat())
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
        """Read a line that :meth:`line` wrote. Raises ValueError, KeyError or TypeError for anything else.

        Of the headers only those of HEADERS are read: a restore hands them to the store with the platform's key, which
        may do what no manifest shall ask for.
        """
        told = json.loads(line)
        if not isinstance(told, dict):
            raise ValueError("an entry is a JSON object")
        marker = bool(told.get("gone"))
        found = Found(
            key=_text(told["k"]),
            version=_text(told.get("v", "")),
            etag="" if marker else _text(told["e"]),
            size=0 if marker else told["n"],
            modified=datetime.datetime.fromisoformat(told["d"]),
            latest=not told.get("old", False),
            marker=marker,
        )
        if found.modified.utcoffset() != datetime.timedelta(0):
            raise ValueError("a time of another zone, or of none")
        if type(found.size) is not int or found.size < 0:
            raise ValueError("a size that is none")
        sha256 = "" if marker else told["s"]
        if not marker and not _DIGEST.fullmatch(sha256):
            raise ValueError("no digest")
        rest = {name: _words(told[short]) for name, short in _SHORT.items() if short in told}
        if "headers" in rest:
            rest["headers"] = MappingProxyType(
                {name: rest["headers"][name] for name in HEADERS if name in rest["headers"]}
            )
        until = datetime.date.fromisoformat(told["u"]) if "u" in told else None
        return cls(found, sha256, until=until, **rest)


def _text(told: object) -> str:
    """Return what is told as text; ValueError for what is none, or can't be written."""
    if not isinstance(told, str):
        raise ValueError("no text")
    told.encode()
    return told


def _words(told: object) -> MappingProxyType[str, str]:
    if not isinstance(told, dict):
        raise ValueError("names and texts are told otherwise")
    return MappingProxyType({_text(name): _text(value) for name, value in told.items()})
