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
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from govcloud.providers.storage import content
from govcloud.providers.storage.endpoint import error_code

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["LONGEST_TRIAL", "OBJECTS", "bucket", "sweep"]

_PREFIX: Final = "govcloud-probe-"
_NAME: Final = re.compile(_PREFIX + r"(?:(?P<machine>[0-9a-f]{8})-(?P<process>[0-9]{1,10})-)?[0-9a-f]{16}")
"""Names without a maker are those of earlier versions."""
OBJECTS: Final = ("canary", "encrypted", "versions")
"""Keys that trials use; each of their objects is of one byte."""
LONGEST_TRIAL: Final = datetime.timedelta(minutes=15)
"""Within this time a scratch bucket may be in use by a process of which nothing is known."""
_GONE: Final = ("NoSuchBucket", "404")


@contextmanager
def bucket(s3: S3Client, *, locked: bool = False) -> Iterator[str]:
    """Make a scratch bucket, yield its name, and remove it; one that is `locked` can lock what is put into it."""
    name = f"{_PREFIX}{_machine()}-{os.getpid()}-{secrets.token_hex(8)}"
    if locked:
        s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    else:
        s3.create_bucket(Bucket=name)
    try:
        yield name
    finally:
        _remove(s3, name)


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
            if _ours_alone(s3, name):
                _remove(s3, name)
                swept.append(name)
    return swept


def _abandoned(name: str, created: datetime.datetime, now: datetime.datetime) -> bool:
    """Tell whether a bucket has a scratch bucket's name, and nobody works on it any more."""
    found = _NAME.fullmatch(name)
    if found is None:
        return False
    if found["machine"] == _machine() and not _exists(int(found["process"])):
        return True
    return now - created > LONGEST_TRIAL


def _ours_alone(s3: S3Client, name: str) -> bool:
    """Tell whether nothing is in the bucket but what trials put there."""
    held = [*content.versions(s3, name), *content.uploads(s3, name)]
    return all(isinstance(v, content.Version) and not v.marker and v.key in OBJECTS and v.size == 1 for v in held)


def _remove(s3: S3Client, name: str) -> None:
    """Take the trials' objects out of a scratch bucket, and delete it; no error where somebody was faster."""
    from botocore.exceptions import ClientError

    if not _NAME.fullmatch(name):
        raise ValueError(f"{name} is not a scratch bucket")
    try:
        content.remove(s3, name, [version for version in content.versions(s3, name) if version.key in OBJECTS])
        if content.first(s3, name) is None:
            s3.delete_bucket(Bucket=name)
    except ClientError as error:
        if error_code(error) not in _GONE:
            raise


def _machine() -> str:
    """Return a word for the place in which process ids mean something: this machine, and the space of its ids."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return hashlib.sha256(f"{socket.gethostname()}\0{space}".encode()).hexdigest()[:8]


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
