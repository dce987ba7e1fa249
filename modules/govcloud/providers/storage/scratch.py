"""Scratch buckets, on which settings are tried: made, removed, and swept up after a run that was killed meanwhile.

A scratch bucket's name says who made it. One is removed by somebody else only where it is surely a left-over: its maker
is gone, or it is older than any trial lasts, and nothing is in it but what trials put there.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from govcloud.providers.storage import content
from govcloud.providers.storage.endpoint import error_code
from govcloud_base import maker

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = [
    "CATALOGUE_BUCKET",
    "KEYS",
    "LONGEST_TRIAL",
    "announce",
    "bucket",
    "forget",
    "make",
    "remove",
    "sweep",
    "sweep_identities",
    "title",
]

CATALOGUE_BUCKET: Final = "govcloud-capabilities"
"""Ours in every store: holds the last answers of its trials, and the names of the identities that trials have made."""
_IDENTITIES: Final = "identities/"
"""Below it an empty object for each identity of a trial, written before the identity is made."""

_PREFIX: Final = "govcloud-probe-"
_NAME: Final = re.compile(
    _PREFIX + r"(?:(?P<machine>[0-9a-f]{8})-(?P<process>[0-9]{1,10})-(?:(?P<start>[0-9]{1,11})-)?)?[0-9a-f]{16}"
)
"""Names without a maker, or without his start, are those of earlier versions: of them age alone says."""
KEYS: Final = ("canary", "encrypted", "versions")
"""Keys that fast trials use; each of their objects is of one byte."""
_BELOW: Final = "trial/"
"""All other trials put everything below it, of whatever size, with markers and unfinished uploads."""
LONGEST_TRIAL: Final = datetime.timedelta(minutes=15)
"""Within this time a scratch bucket may be in use by a process of which nothing is known."""
_GONE: Final = ("NoSuchBucket", "404")


def title() -> str:
    """Return a name for a scratch bucket or identity: it says which process of which machine made it."""
    parts = (_machine(), str(os.getpid()), maker.start(), secrets.token_hex(8))
    return _PREFIX + "-".join(part for part in parts if part)


def make(s3: S3Client, *, locked: bool = False) -> str:
    """Make a scratch bucket and return its name; one that is `locked` can lock what is put into it."""
    name = title()
    if locked:
        s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    else:
        s3.create_bucket(Bucket=name)
    return name


@contextmanager
def bucket(s3: S3Client, *, locked: bool = False) -> Iterator[str]:
    """Make a scratch bucket, yield its name, and remove it; one that is `locked` can lock what is put into it."""
    name = make(s3, locked=locked)
    try:
        yield name
    finally:
        remove(s3, name)


def sweep(s3: S3Client, now: datetime.datetime) -> list[str]:
    """Remove what killed runs left; return the names of the buckets. `now` has a time zone.

    One that cannot be removed stays for the next time: nobody's work depends on it.
    """
    from botocore.exceptions import ClientError

    try:
        rows = s3.list_buckets().get("Buckets", [])
    except ClientError:
        return []  # a provisioner may be allowed to work on buckets and not to list them
    swept = []
    for row in rows:
        name = row["Name"]
        if not _abandoned(name, row["CreationDate"], now):
            continue
        with contextlib.suppress(ClientError):
            if _ours_alone(s3, name) and remove(s3, name):
                swept.append(name)
    return swept


def announce(s3: S3Client, name: str) -> None:
    """Write down that an identity of this name will be made, so that a later run can remove it."""
    from botocore.exceptions import ClientError

    try:
        s3.create_bucket(Bucket=CATALOGUE_BUCKET)
    except ClientError as error:
        if error_code(error) not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
            raise
    s3.put_object(Bucket=CATALOGUE_BUCKET, Key=_IDENTITIES + name, Body=b"")


def forget(s3: S3Client, name: str) -> None:
    """Take back what :func:`announce` wrote: the identity is gone."""
    s3.delete_object(Bucket=CATALOGUE_BUCKET, Key=_IDENTITIES + name)


def sweep_identities(s3: S3Client, delete: Callable[[str], None], now: datetime.datetime) -> list[str]:
    """Remove, by `delete`, the identities that killed runs left, with their policies; return their names.

    An identity is known by what was written before it was made, so that one whose policy alone is left goes as well.
    """
    from botocore.exceptions import ClientError

    swept = []
    try:
        listed = content.pages(s3, "list_objects_v2", CATALOGUE_BUCKET, _IDENTITIES)
        rows = [row for page in listed for row in page.get("Contents", ())]
    except ClientError as error:
        if error_code(error) in _GONE:
            return []
        raise
    for row in rows:
        name = row["Key"].removeprefix(_IDENTITIES)
        if _abandoned(name, row["LastModified"], now):
            delete(name)
            forget(s3, name)
            swept.append(name)
    return swept


def _abandoned(name: str, created: datetime.datetime, now: datetime.datetime) -> bool:
    """Tell whether a bucket has a scratch bucket's name, and nobody works on it any more."""
    found = _NAME.fullmatch(name)
    if found is None:
        return False
    here = found["start"] and found["machine"] == _machine()
    if here and not maker.lives(int(found["process"]), found["start"]):
        return True
    return now - created > LONGEST_TRIAL


def _ours_alone(s3: S3Client, name: str) -> bool:
    """Tell whether nothing is in the bucket but what trials put there."""
    held: list[content.Version | content.Upload] = [*content.versions(s3, name), *content.uploads(s3, name)]
    return all(_ours(one) for one in held)


def _ours(held: content.Version | content.Upload) -> bool:
    if held.key.startswith(_BELOW):
        return True
    return isinstance(held, content.Version) and not held.marker and held.key in KEYS and held.size == 1


def remove(s3: S3Client, name: str) -> bool:
    """Take the trials' objects out of a scratch bucket and delete it; tell whether it has gone.

    It has not where a retention still holds one of its versions; no error where somebody was faster.
    """
    from botocore.exceptions import ClientError

    if not _NAME.fullmatch(name):
        raise ValueError(f"{name} is not a scratch bucket")
    try:
        for upload in content.uploads(s3, name):
            s3.abort_multipart_upload(Bucket=name, Key=upload.key, UploadId=upload.id)
        content.remove(s3, name, [version for version in content.versions(s3, name) if _removable(version)])
        if content.first(s3, name) is not None:
            return False
        s3.delete_bucket(Bucket=name)
    except ClientError as error:
        if error_code(error) not in _GONE:
            raise
    return True


def _removable(version: content.Version) -> bool:
    return version.key in KEYS or version.key.startswith(_BELOW)


def _machine() -> str:
    """Return a word for the place in which process ids mean something."""
    return hashlib.sha256(maker.place().encode()).hexdigest()[:8]
