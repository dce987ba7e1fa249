"""What a bucket may not lose yet: versions under a retention that runs, or under a legal hold."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from govcloud.providers.storage import content
from govcloud.providers.storage.content import Version
from govcloud.providers.storage.endpoint import error_code

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["Hold", "first_hold"]

_LOCKLESS: Final = ("ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration")
_UNLOCKED: Final = (*_LOCKLESS, "NotImplemented", "MethodNotAllowed")
"""How servers say that a bucket was not made for locks, or that they know none: then nothing in it is held."""
_FREE: Final = "NoSuchObjectLegalHold"
"""How SeaweedFS says that a version has no legal hold; others say the same of all locks."""
_ABSENT: Final = ("404", "NoSuchKey", "NoSuchVersion")
_SEALED: Final = "400"
"""How servers answer for an object that its owner encrypted with a key of his own, asked for without that key."""
_THREADS: Final = 16
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Hold:
    """A version that nobody may delete."""

    version: Version
    until: datetime.datetime | None
    """When its retention ends; None under a legal hold alone, of which nobody knows the end."""

    def __str__(self) -> str:
        return f"{self.version.key} ({self.until.isoformat(timespec='seconds') if self.until else 'legal hold'})"


def first_hold(s3: S3Client, bucket: str, now: datetime.datetime) -> Hold | None:
    """Return a version that may not be deleted at `now` (with its zone), None where there is none.

    In a bucket that locks, every version is asked: each may have a retention of its own.
    """
    from botocore.exceptions import ClientError

    try:
        s3.get_object_lock_configuration(Bucket=bucket)
    except ClientError as error:
        if error_code(error) in _UNLOCKED:
            return None
        raise
    listed = (version for version in content.versions(s3, bucket) if not version.marker)
    with ThreadPoolExecutor(_THREADS) as pool:
        while batch := list(islice(listed, _AT_ONCE)):
            found: Iterator[Hold | None] = pool.map(lambda version: _hold(s3, bucket, version, now), batch)
            if (held := next((hold for hold in found if hold is not None), None)) is not None:
                return held
    return None


def _hold(s3: S3Client, bucket: str, version: Version, now: datetime.datetime) -> Hold | None:
    from botocore.exceptions import ClientError

    try:
        head: Any = s3.head_object(Bucket=bucket, Key=version.key, VersionId=version.id)
    except ClientError as error:
        if error_code(error) in _ABSENT:
            return None  # somebody deleted it meanwhile: so nothing held it
        if error_code(error) != _SEALED:
            raise
        head = _locks(s3, bucket, version)
    until = head.get("ObjectLockRetainUntilDate")
    if until is not None and until > now:
        return Hold(version, until)
    return Hold(version, None) if head.get("ObjectLockLegalHoldStatus") == "ON" else None


def _locks(s3: S3Client, bucket: str, version: Version) -> dict[str, Any]:
    """Return what holds a version of which nothing else is told without the key of whoever encrypted it (SSE-C)."""
    which: Any = {"Bucket": bucket, "Key": version.key, "VersionId": version.id}
    retention = _told(lambda: s3.get_object_retention(**which))
    hold = _told(lambda: s3.get_object_legal_hold(**which))
    return {
        "ObjectLockRetainUntilDate": retention.get("Retention", {}).get("RetainUntilDate"),
        "ObjectLockLegalHoldStatus": hold.get("LegalHold", {}).get("Status"),
    }


def _told(call: Callable[[], Any]) -> Any:
    """Return an answer; nothing where there is no such lock, or no such version any more."""
    from botocore.exceptions import ClientError

    try:
        return call()
    except ClientError as error:
        if error_code(error) in (*_ABSENT, *_LOCKLESS, _FREE):
            return {}
        raise
