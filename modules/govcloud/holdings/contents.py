"""What is in a bucket, and how full it is: read page by page, so that memory does not grow with the bucket."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from govcloud.providers.storage import content
from govcloud.providers.storage.adapters import UNBOUNDED, Quota
from govcloud.providers.storage.store import Store
from govcloud_base.errors import Text

__all__ = ["Item", "Usage", "items", "usage"]

_EVERY = 1000
"""Versions after which a listing tells how far it is: those of one page."""


@dataclass(frozen=True, slots=True)
class Item:
    """An object as it is now."""

    key: str
    size: int
    """Bytes."""
    modified: datetime.datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """How full a bucket is."""

    objects: int
    """Objects as they are now."""
    size: int
    """Their bytes."""
    versions: int
    """All that is kept: versions and markers of deletions."""
    kept: int
    """Bytes of all versions."""
    uploads: int
    """Uploads that nobody finished."""
    quota: Quota

    @property
    def share(self) -> float | None:
        """Part of the quota that is used, the fuller of bytes and objects; None without one."""
        parts = [
            used / most for used, most in ((self.kept, self.quota.bytes), (self.versions, self.quota.objects)) if most
        ]
        return max(parts, default=None)


def items(store: Store, bucket: str, prefix: str = "") -> Iterator[Item]:
    """Yield the objects of a bucket under a prefix, by key. Raises CloudError where the store refuses."""
    with store.reported(Text(f"listing bucket {bucket}", f"việc liệt kê kho {bucket}")):
        for page in content.pages(store.s3, "list_objects_v2", bucket, prefix):
            for row in page.get("Contents", ()):
                yield Item(row["Key"], row.get("Size", 0), row["LastModified"])


def usage(store: Store, bucket: str, progress: Callable[[int], None] = lambda seen: None) -> Usage:
    """Count what a bucket holds, to the end; `progress` hears how much was seen. Raises CloudError likewise."""
    objects = size = versions = kept = 0
    for item in items(store, bucket):
        objects, size = objects + 1, size + item.size
        if objects % _EVERY == 0:
            progress(objects)
    with store.reported(Text(f"reading bucket {bucket}", f"việc đọc kho {bucket}")):
        for version in content.versions(store.s3, bucket):
            versions, kept = versions + 1, kept + version.size
            if versions % _EVERY == 0:
                progress(objects + versions)
        uploads = sum(1 for _ in content.uploads(store.s3, bucket))
        quota = store.adapter.quota(bucket) if store.adapter.quota_unit else UNBOUNDED
    return Usage(objects, size, versions, kept, uploads, quota)
