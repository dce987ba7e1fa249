"""What a bucket holds (every version, delete marker and unfinished upload, page by page), and how it is emptied.

Whether a bucket is empty is decided here and not by the server: SeaweedFS calls a bucket empty whose objects all lie
below delete markers, or that holds nothing but unfinished uploads, and deletes it with them.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from govcloud.providers.storage import content_problems
from govcloud.providers.storage.endpoint import error_code
from govcloud_base.errors import CloudError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = [
    "NULL",
    "Count",
    "Upload",
    "Version",
    "count",
    "everything",
    "first",
    "pages",
    "remove",
    "remove_all",
    "uploads",
    "versions",
]

_BATCH = 1000
"""Most keys of one DeleteObjects."""
_ROUNDS = 10
"""Passes over a bucket before what still comes back is called undeletable: somebody may write meanwhile."""
_NO_BATCHES = ("NotImplemented", "MethodNotAllowed", "InvalidRequest", "MissingContentMD5")
_GONE = ("NoSuchKey", "NoSuchVersion", "NoSuchUpload", "404")
NULL = "null"
"""The id of a version that was written while versioning was off or suspended."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object, or the marker of its deletion."""

    key: str
    id: str
    marker: bool = False
    size: int = 0
    """Bytes; 0 for a marker."""

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload that nobody finished yet."""

    key: str
    id: str

    def __str__(self) -> str:
        return f"{self.key} (unfinished upload)"


@dataclass(frozen=True, slots=True)
class Count:
    """How many versions and delete markers a bucket was seen to hold."""

    number: int
    whole: bool
    """Whether these are all: counting ends where it has seen too many, or has taken too long."""


def count(s3: S3Client, bucket: str, most: int, seconds: float) -> Count:
    """Count what a bucket keeps, all versions and markers, until there are more than `most` or time is up."""
    end, number = time.monotonic() + seconds, 0
    for _ in versions(s3, bucket):
        number += 1
        if number > most or time.monotonic() > end:
            return Count(number, whole=False)
    return Count(number, whole=True)


def versions(s3: S3Client, bucket: str, prefix: str = "") -> Iterator[Version]:
    """Yield every version and delete marker, of keys that begin with `prefix`; also what was written before versioning
    was switched on."""
    for page in pages(s3, "list_object_versions", bucket, prefix):
        for row in page.get("Versions", ()):
            yield Version(row["Key"], row.get("VersionId") or NULL, size=row.get("Size", 0))
        for row in page.get("DeleteMarkers", ()):
            yield Version(row["Key"], row.get("VersionId") or NULL, marker=True)


def uploads(s3: S3Client, bucket: str) -> Iterator[Upload]:
    """Yield every unfinished multipart upload."""
    for page in pages(s3, "list_multipart_uploads", bucket):
        for row in page.get("Uploads", ()):
            yield Upload(row["Key"], row["UploadId"])


def pages(s3: S3Client, operation: str, bucket: str, prefix: str = "", **more: str) -> Iterator[Mapping[str, Any]]:
    """Yield every page of a listing of what begins with `prefix`; `more` is what else is asked, as boto3 names it.

    Raises:
        CloudError: GC-STORE-036, a page says that more follow and not where: the client would end there in silence.
    """
    within = {"Prefix": prefix} if prefix else {}
    paginator: Any = s3.get_paginator(operation)  # type: ignore[call-overload]
    page: Mapping[str, Any] = {}
    for page in paginator.paginate(Bucket=bucket, **within, **more):
        yield page
    if page.get("IsTruncated"):
        raise CloudError(content_problems.listing_cut_off(bucket, operation))


def first(s3: S3Client, bucket: str) -> Version | Upload | None:
    """Return something that the bucket holds, None where it holds nothing at all.

    No name is excused: whatever a key is called, what lies below it may be a tenant's.
    """
    listed = pages(s3, "list_objects_v2", bucket)
    plain = (Version(row["Key"], NULL) for page in listed for row in page.get("Contents", ()))
    held: Iterator[Version | Upload] = itertools.chain(versions(s3, bucket), plain, uploads(s3, bucket))
    return next(held, None)


def everything(s3: S3Client, bucket: str) -> Iterator[Version | Upload]:
    """Yield all that the bucket holds, uploads included: to the end, so that no page of it is unseen."""
    return itertools.chain(versions(s3, bucket), uploads(s3, bucket))


def remove_all(s3: S3Client, bucket: str, progress: Callable[[int], None] = lambda removed: None) -> int:
    """Destroy all that the bucket holds, uploads included; return how much it was.

    Only for a bucket whose owner is declared as removed: nothing that this deletes comes back. Deletes in batches and
    tells `progress` after each how much is gone; run again, it goes on with what is left.

    Raises:
        CloudError: GC-STORE-025, something stays whatever is done.
    """
    removed = 0
    for _ in range(_ROUNDS):
        for upload in uploads(s3, bucket):
            _abort(s3, bucket, upload)
            removed += 1
        found = versions(s3, bucket)
        while batch := list(itertools.islice(found, _BATCH)):
            removed += remove(s3, bucket, batch)
            progress(removed)
        _uncover(s3, bucket)
        # A page may lose what lies behind deleted keys, and somebody may write meanwhile: so it is looked at again.
        if (left := first(s3, bucket)) is None:
            return removed
    raise CloudError(content_problems.content_stays(bucket, str(left)))


def remove(s3: S3Client, bucket: str, chosen: Sequence[Version]) -> int:
    """Delete these versions and markers for good, many in one request; return how many the store says are gone."""
    from botocore.exceptions import ClientError

    refused = 0
    for start in range(0, len(chosen), _BATCH):
        batch = chosen[start : start + _BATCH]
        try:
            answer = s3.delete_objects(
                Bucket=bucket,
                Delete={"Objects": [{"Key": v.key, "VersionId": v.id} for v in batch], "Quiet": True},
            )
        except ClientError as error:
            if error_code(error) not in _NO_BATCHES:
                raise
            for version in batch:
                s3.delete_object(Bucket=bucket, Key=version.key, VersionId=version.id)
            continue
        refused += sum(row.get("Code") not in _GONE for row in answer.get("Errors", ()))
    return len(chosen) - refused


def _uncover(s3: S3Client, bucket: str) -> None:
    """Take away the null markers that outlived their deletion.

    SeaweedFS answers that the marker of a deletion while versioning was suspended is gone, and keeps it. An object that
    is put over it while versioning is suspended takes its place, and an object can be deleted.
    """
    stuck = [version for version in versions(s3, bucket) if version.marker and version.id == NULL]
    if stuck:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
        for marker in stuck:
            s3.put_object(Bucket=bucket, Key=marker.key, Body=b"")
        remove(s3, bucket, stuck)


def _abort(s3: S3Client, bucket: str, upload: Upload) -> None:
    from botocore.exceptions import ClientError

    try:
        s3.abort_multipart_upload(Bucket=bucket, Key=upload.key, UploadId=upload.id)
    except ClientError as error:
        if error_code(error) not in _GONE:
            raise
