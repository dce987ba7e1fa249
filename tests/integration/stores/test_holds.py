"""What may not be deleted yet is seen before anything is deleted, on every server that locks at all."""

from __future__ import annotations

import datetime
import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from govcloud.providers.storage import content
from govcloud.providers.storage.endpoint import error_code
from govcloud.providers.storage.holds import first_hold
from govcloud.providers.storage.store import Store

pytestmark = pytest.mark.cloud

NO_LOCKS = ("NotImplemented", "MethodNotAllowed")


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@pytest.fixture
def locking(store: Store, unique: str) -> Iterator[str]:
    """A bucket that was made for locks, without a lock of its own."""
    bucket = f"vn-{unique}-prod-archive"
    try:
        store.s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
        store.s3.get_object_lock_configuration(Bucket=bucket)
    except ClientError as error:
        if error_code(error) in NO_LOCKS:
            content.remove_all(store.s3, bucket) if store.exists(bucket) else None
            pytest.skip(f"{store.adapter.name} locks nothing: it says {error_code(error)}")
        raise
    yield bucket
    content.remove_all(store.s3, bucket)
    store.s3.delete_bucket(Bucket=bucket)


def test_a_retention_holds_until_it_is_over(store: Store, locking: str) -> None:
    s3: Any = store.s3
    s3.put_object(Bucket=locking, Key="a", Body=b"1")
    assert first_hold(s3, locking, now()) is None
    end = now() + datetime.timedelta(seconds=4)
    made = s3.put_object(
        Bucket=locking, Key="hồ sơ", Body=b"1", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=end
    )
    s3.delete_object(Bucket=locking, Key="hồ sơ")

    held = first_hold(s3, locking, now())

    assert held is not None
    assert (held.version.key, held.version.id) == ("hồ sơ", made["VersionId"]), "below the marker of its deletion"
    assert held.until is not None
    assert abs(held.until - end) < datetime.timedelta(seconds=2)
    assert first_hold(s3, locking, end + datetime.timedelta(seconds=2)) is None
    time.sleep(max(0.0, (end - now()).total_seconds() + 1))


def test_a_legal_hold_holds_until_it_is_lifted(store: Store, locking: str) -> None:
    s3: Any = store.s3
    s3.put_object(Bucket=locking, Key="a", Body=b"1")
    s3.put_object_legal_hold(Bucket=locking, Key="a", LegalHold={"Status": "ON"})
    try:
        held = first_hold(s3, locking, now())
        assert held is not None
        assert (held.version.key, held.until) == ("a", None)
    finally:
        s3.put_object_legal_hold(Bucket=locking, Key="a", LegalHold={"Status": "OFF"})
    assert first_hold(s3, locking, now()) is None


def test_what_its_owner_encrypted_with_a_key_of_his_own_hides_no_lock(store: Store, locking: str) -> None:
    s3: Any = store.s3
    try:
        s3.put_object(
            Bucket=locking,
            Key="sealed",
            Body=b"1",
            SSECustomerAlgorithm="AES256",
            SSECustomerKey=secrets.token_bytes(32),
        )
    except ClientError as error:
        pytest.skip(f"{store.adapter.name} takes no such object: it says {error_code(error)}")
    with pytest.raises(ClientError):
        s3.head_object(Bucket=locking, Key="sealed")
    assert first_hold(s3, locking, now()) is None
    s3.put_object_legal_hold(Bucket=locking, Key="sealed", LegalHold={"Status": "ON"})
    try:
        held = first_hold(s3, locking, now())
        assert held is not None
        assert (held.version.key, held.until) == ("sealed", None)
    finally:
        s3.put_object_legal_hold(Bucket=locking, Key="sealed", LegalHold={"Status": "OFF"})


def test_where_nothing_locks_nothing_is_held(store: Store, unique: str) -> None:
    bucket = f"vn-{unique}-prod-records"
    store.s3.create_bucket(Bucket=bucket)
    try:
        store.s3.put_object(Bucket=bucket, Key="a", Body=b"1")
        assert first_hold(store.s3, bucket, now()) is None
    finally:
        content.remove_all(store.s3, bucket)
        store.s3.delete_bucket(Bucket=bucket)
