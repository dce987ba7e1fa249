"""The object that tells whether a bucket is encrypted and closed: put there, read, tried by a stranger, and removed."""

from __future__ import annotations

import secrets
from typing import Final

from govcloud.providers.storage import content, problems, settings
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.settings import OBJECT_LOCK
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError

__all__ = ["trial"]

_PREFIX: Final = ".govcloud-canary-"


def trial(store: Store, spec: BucketSpec) -> None:
    """Put, read, try anonymously and remove one object: encryption and privacy as they are, not as configured.

    Its key is drawn anew each time, so that no object of a tenant's is ever written over, and all its versions go, of
    which there are two where an answer was lost and the object was put again. Only a run that is killed meanwhile
    leaves it, as an object like any other. A bucket that locks what is put into it would keep it: there the settings
    are believed as they read back.
    """
    s3, name, key = store.s3, spec.name, f"{_PREFIX}{secrets.token_hex(8)}"
    if settings.found(s3, name, (OBJECT_LOCK.name,)):
        return
    try:
        s3.put_object(Bucket=name, Key=key, Body=b"canary")
        for _ in range(2):  # once more, as an answer may be torn
            got = s3.get_object(Bucket=name, Key=key)
            if intact := got["Body"].read() == b"canary":
                break
        if spec.encryption and not (intact and got.get("ServerSideEncryption") == "AES256"):
            shown = str(got.get("ServerSideEncryption")) if intact else "unreadable"
            raise CloudError(problems.setting_ignored(name, "encryption", "AES256", shown))
        status = store.anonymous_status(f"{name}/{key}")
        if status not in (401, 403):
            raise CloudError(problems.bucket_public(name, status))
    finally:
        for version in content.versions(s3, name, key):
            s3.delete_object(Bucket=name, Key=key, VersionId=version.id)
