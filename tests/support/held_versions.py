"""A bucket with versions in memory, of keys that no real server would take: what an export reads of a store."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

__all__ = ["BEGAN", "HeldVersions", "Version"]

BEGAN = datetime.datetime(2026, 11, 30, 8, tzinfo=datetime.UTC)


@dataclasses.dataclass(frozen=True)
class Version:
    """One version, or the marker of a deletion where `body` is None."""

    key: str
    body: bytes | None
    latest: bool = True
    told: dict[str, Any] = dataclasses.field(default_factory=dict)
    tags: dict[str, str] = dataclasses.field(default_factory=dict)


class HeldVersions:
    """The part of a client that an export uses; `reading` hears of each version before its content is sent."""

    def __init__(self, *versions: Version, page: int = 2) -> None:
        self.versions = {f"v{number}": version for number, version in enumerate(versions)}
        self.page = page
        self.reading: Callable[[Version], None] = lambda version: None
        self.read: list[str] = []
        self.cut_off = False
        """Whether the last page says that more follow."""
        self.denied: set[str] = set()
        """Ids that are listed, and that are not there when they are asked for."""
        self.status = "Enabled"
        self._lock = threading.Lock()

    def get_bucket_versioning(self, Bucket: str) -> dict[str, str]:  # noqa: N803
        return {"Status": self.status}

    def get_paginator(self, operation: str) -> HeldVersions:
        assert operation == ("list_object_versions" if self.status else "list_objects_v2")
        return self

    def paginate(self, Bucket: str, Prefix: str = "") -> Iterator[dict[str, Any]]:  # noqa: N803
        rows = [(id, version) for id, version in self.versions.items() if version.key.startswith(Prefix)]
        for start in range(0, len(rows), self.page):
            batch = rows[start : start + self.page]
            yield {
                ("Versions" if self.status else "Contents"): [
                    self._row(id, version) for id, version in batch if version.body is not None
                ],
                "DeleteMarkers": [self._row(id, version) for id, version in batch if version.body is None],
                "IsTruncated": self.cut_off,
            }

    def _row(self, id: str, version: Version) -> dict[str, Any]:
        etag = hashlib.md5(version.body or b"", usedforsecurity=False).hexdigest()
        return {
            "Key": version.key,
            **({"VersionId": id} if self.status else {}),
            "ETag": f'"{etag}"',
            "Size": len(version.body or b""),
            "LastModified": BEGAN,
            "IsLatest": version.latest,
        }

    def get_object(self, Bucket: str, Key: str, VersionId: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803
        VersionId = VersionId or next((id for id, each in self.versions.items() if each.key == Key), "")  # noqa: N806
        version = self.versions.get(VersionId)
        if version is None or version.body is None or VersionId in self.denied:
            raise ClientError({"Error": {"Code": "NoSuchVersion", "Message": "x"}}, "GetObject")
        assert version.key == Key
        self.reading(version)
        with self._lock:
            self.read.append(Key)
        row = self._row(VersionId, version)
        return {
            "ContentLength": row["Size"],
            "Body": io.BytesIO(version.body),
            "ETag": row["ETag"],
            "LastModified": BEGAN,
            "TagCount": len(version.tags),
            **version.told,
        }

    def get_object_tagging(self, Bucket: str, Key: str, VersionId: str) -> dict[str, Any]:  # noqa: N803
        tags = self.versions[VersionId].tags
        return {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}
