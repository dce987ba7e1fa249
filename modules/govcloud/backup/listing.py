"""What a bucket holds, page by page: each version where it keeps them, else each object."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from govcloud.backup.entry import Found
from govcloud.providers.storage import content
from govcloud.providers.storage.endpoint import error_code

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["found", "is_versioned", "of_key", "whole_seconds"]

_NONE = ("NotImplemented", "MethodNotAllowed", "501", "405")


def is_versioned(s3: S3Client, bucket: str) -> bool:
    """Return whether the bucket keeps versions, or kept them once. Raises what the client raises."""
    from botocore.exceptions import ClientError

    try:
        return s3.get_bucket_versioning(Bucket=bucket).get("Status") in ("Enabled", "Suspended")
    except ClientError as error:
        if error_code(error) in _NONE:
            return False
        raise


def found(s3: S3Client, bucket: str, *, versioned: bool) -> Iterator[Found]:
    """Yield all that the bucket holds.

    Raises what the client raises, CloudError (GC-STORE-036) where a page says that more follow and not where.
    """
    for page in _pages(s3, bucket, "", versioned=versioned):
        yield from _rows(page, versioned=versioned)


def of_key(s3: S3Client, bucket: str, key: str, *, versioned: bool) -> Iterator[Found]:
    """Yield what the bucket holds under exactly this key. Raises what the client raises."""
    for page in _pages(s3, bucket, key, versioned=versioned):
        rows = list(_rows(page, versioned=versioned))
        here = [row for row in rows if row.key == key]
        yield from here
        if rows and not here:
            return  # keys that begin with this one: such come behind it


def _pages(s3: S3Client, bucket: str, prefix: str, *, versioned: bool) -> Iterator[Mapping[str, Any]]:
    return content.pages(s3, "list_object_versions" if versioned else "list_objects_v2", bucket, prefix)


def _rows(page: Any, *, versioned: bool) -> Iterator[Found]:
    for row in page.get("Versions" if versioned else "Contents", ()):
        yield Found(
            row["Key"],
            row.get("VersionId") or "",
            row.get("ETag", "").strip('"'),
            row.get("Size", 0),
            whole_seconds(row["LastModified"]),
            latest=row.get("IsLatest", True),
        )
    for row in page.get("DeleteMarkers", ()):
        modified = whole_seconds(row["LastModified"])
        yield Found(row["Key"], row.get("VersionId") or "", "", 0, modified, row.get("IsLatest", True), marker=True)


def whole_seconds(time: datetime.datetime) -> datetime.datetime:
    """Return the time as every answer of a store tells it."""
    return time.astimezone(datetime.UTC).replace(microsecond=0)
