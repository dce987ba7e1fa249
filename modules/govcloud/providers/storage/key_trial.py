"""Whether a key does what it shall, tried with the key itself: a new one works and reaches nothing strange, an old one
is dead."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Final

from govcloud.providers.storage import policy, problems
from govcloud.providers.storage.capabilities import CATALOGUE_BUCKET
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.identity_spec import IdentitySpec
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError, Text

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["await_death", "await_silence", "prove"]

_SECONDS_UNTIL_KNOWN = 10.0
_SECONDS_UNTIL_DEAD = 5.0
_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 1.0
_NOT_YOURS: Final = ("AccessDenied", "403")
_UNKNOWN_KEY: Final = ("InvalidAccessKeyId", "SignatureDoesNotMatch")
_SILENT: Final = (*_NOT_YOURS, *_UNKNOWN_KEY, "UserSuspended")


def prove(store: Store, spec: IdentitySpec, key: AccessKey) -> None:
    """See that the store knows the key, lets it into its own bucket and keeps it out of one that is not its own.

    The bucket that the key must not reach is the catalogue of capabilities, which belongs to no tenant.

    Raises:
        CloudError: GC-STORE-013, the key is of no use and was withdrawn; -014, it reaches too far, and the identity was
            shut out.
    """
    from botocore.exceptions import ClientError

    _ = store.capabilities  # makes the catalogue's bucket, so that a refusal means "not yours", not "absent"
    mine = spec.buckets[0] if spec.buckets and store.exists(spec.buckets[0]) else None
    deadline = time.monotonic() + max(_SECONDS_UNTIL_KNOWN, store.adapter.settling_seconds)
    with (
        store.reported(Text(f"trying the key of {spec.name}", f"việc thử khóa của {spec.name}")),
        closing(store.client(key)) as tenant,
    ):
        pauses = _pauses()
        while code := _refusal(tenant, mine):
            if mine is None and code == "AccessDenied":
                break  # the store knows the key, which is all that can be asked
            if time.monotonic() > deadline:
                store.adapter.remove_key(spec.name, key.access)
                raise CloudError(problems.key_unusable(spec.name, code))
            time.sleep(next(pauses))
        # Where a policy was narrowed, the server may still go by the one before.
        deadline = time.monotonic() + store.adapter.settling_seconds
        while True:
            try:
                tenant.list_objects_v2(Bucket=CATALOGUE_BUCKET, MaxKeys=1)
            except ClientError as error:
                if error_code(error) in _NOT_YOURS:
                    return
                raise
            if time.monotonic() >= deadline:
                break
            time.sleep(next(pauses))
    # Not only this key: every key of the identity has the same policy.
    store.adapter.set_policy(spec.name, policy.NOTHING)
    raise CloudError(problems.isolation_broken(spec.name, CATALOGUE_BUCKET))


def await_death(store: Store, name: str, key: AccessKey) -> None:
    """Wait until the store does not know the key any more. Raises CloudError GC-STORE-015 where it still does."""
    _await(store, name, key, None, lambda code: code in _UNKNOWN_KEY)


def await_silence(store: Store, spec: IdentitySpec, key: AccessKey) -> None:
    """Wait until the key of a disabled identity does nothing. Raises CloudError GC-STORE-015 where it still does."""
    mine = spec.buckets[0] if spec.buckets and store.exists(spec.buckets[0]) else None
    _await(store, spec.name, key, mine, lambda code: code in _SILENT)


def _await(store: Store, name: str, key: AccessKey, bucket: str | None, dead: Callable[[str], bool]) -> None:
    deadline = time.monotonic() + max(_SECONDS_UNTIL_DEAD, store.adapter.settling_seconds)
    pauses = _pauses()
    with (
        store.reported(Text(f"trying the revoked key of {name}", f"việc thử khóa đã thu hồi của {name}")),
        closing(store.client(key)) as tenant,
    ):
        while not dead(_refusal(tenant, bucket)):
            if time.monotonic() > deadline:
                raise CloudError(problems.key_not_revoked(name))
            time.sleep(next(pauses))


def _pauses() -> Iterator[float]:
    """Yield the seconds between two trials: short ones first, as most stores need none."""
    pause = _PAUSE_SECONDS
    while True:
        yield pause
        pause = min(_LONGEST_PAUSE_SECONDS, pause * 1.3)


def _refusal(tenant: S3Client, bucket: str | None) -> str:
    """Return the error code with which the store refuses to list `bucket` (or the buckets), '' where it does not."""
    from botocore.exceptions import ClientError

    try:
        if bucket is not None:
            tenant.list_objects_v2(Bucket=bucket, MaxKeys=1)
        else:
            tenant.list_buckets()
    except ClientError as error:
        return error_code(error)
    return ""
