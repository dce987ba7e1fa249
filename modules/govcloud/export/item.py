"""One version of one object in a bag: one line of its list of objects, in words that need no explanation."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from govcloud.backup.entry import Found

__all__ = ["HEADER_NAMES", "Item"]

HEADER_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "ContentType": "Content-Type",
        "ContentEncoding": "Content-Encoding",
        "ContentLanguage": "Content-Language",
        "ContentDisposition": "Content-Disposition",
        "CacheControl": "Cache-Control",
        "WebsiteRedirectLocation": "x-amz-website-redirect-location",
    }
)
"""What a version is sent with, from boto3's words into those of HTTP."""


@dataclass(frozen=True, slots=True)
class Item:
    """A version, or the marker of a deletion: of that there is nothing but that it was there."""

    found: Found
    path: str = ""
    """Where its content lies in the bag, with `/` between the parts; '' for a marker."""
    sha256: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """By the names of HTTP."""
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lock: str = ""
    """Mode of its retention: GOVERNANCE or COMPLIANCE; '' where there is none."""
    until: datetime.datetime | None = None
    """End of its retention."""
    legal_hold: bool = False

    def line(self) -> str:
        """Return the line, without its end: ASCII, so that every reader of JSON reads the same key."""
        found = self.found
        told: dict[str, Any] = {
            "key": found.key,
            "version": found.version or None,
            "latest": found.latest,
            "deleted": found.marker,
            "modified": found.modified.isoformat(),
        }
        if not found.marker:
            told |= {"path": self.path, "size": found.size, "sha256": self.sha256, "etag": found.etag}
            told |= {name: dict(getattr(self, name)) for name in ("headers", "metadata", "tags")}
            until = self.until.isoformat() if self.until else None
            told["retention"] = {"mode": self.lock, "until": until} if self.lock else None
            told["legalHold"] = self.legal_hold
        return json.dumps(told, ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def of(cls, line: str) -> Item:
        """Read a line that :meth:`line` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        told = json.loads(line)
        if not isinstance(told, dict):
            raise ValueError("an item is a JSON object")
        marker = told["deleted"] is True
        found = Found(
            key=str(told["key"]),
            version=str(told["version"] or ""),
            etag="" if marker else str(told["etag"]),
            size=0 if marker else int(told["size"]),
            modified=datetime.datetime.fromisoformat(told["modified"]),
            latest=bool(told["latest"]),
            marker=marker,
        )
        if marker:
            return cls(found)
        rest = {name: MappingProxyType(dict(told[name])) for name in ("headers", "metadata", "tags")}
        kept = told["retention"] or {}
        until = datetime.datetime.fromisoformat(kept["until"]) if kept.get("until") else None
        return cls(
            found,
            str(told["path"]),
            str(told["sha256"]),
            lock=str(kept.get("mode", "")),
            until=until,
            legal_hold=bool(told["legalHold"]),
            **rest,
        )
