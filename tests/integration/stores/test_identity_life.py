"""Keys in time on every server: two that overlap, one that is disabled, one that is over; each tried with the key."""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from govcloud.providers.storage import identity
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.identity import IdentitySpec, Issued
from govcloud.providers.storage.store import Store
from govcloud.render import storage

pytestmark = pytest.mark.cloud

DEAD = ("InvalidAccessKeyId", "SignatureDoesNotMatch")
SILENT = (*DEAD, "AccessDenied", "403", "UserSuspended")


@pytest.fixture
def made(store: Store) -> Iterator[Issued]:
    """An identity that works on a bucket of its own."""
    name = f"t{secrets.token_hex(4)}"
    bucket = f"vn-{name}-prod-records"
    store.s3.create_bucket(Bucket=bucket)
    spec = IdentitySpec(f"{name}-prod", json.dumps(storage.policy([bucket])), (bucket,))
    yield identity.create(store, spec)
    store.adapter.delete_identity(spec.name)
    store.s3.delete_bucket(Bucket=bucket)


def answer(store: Store, issued: Issued, key: AccessKey) -> str:
    """Return how a listing with this key is refused, '' where it is not."""
    with closing(store.client(key)) as s3:
        try:
            s3.list_objects_v2(Bucket=issued.spec.buckets[0], MaxKeys=1)
        except ClientError as error:
            return error_code(error)
    return ""


def later(store: Store, monkeypatch: pytest.MonkeyPatch, **time: int) -> None:
    now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(**time)
    monkeypatch.setattr(store, "_clock", lambda: now)


def test_two_keys_work_for_a_day_and_then_one(store: Store, made: Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    again = replace(made.spec, rotation="2")

    new = identity.update(store, made, again)

    assert [answer(store, new, key) for key in (made.key, new.key)] == ["", ""]
    assert identity.read(store, new) == new
    later(store, monkeypatch, hours=25)
    new = identity.update(store, new, again)
    assert answer(store, new, made.key) in DEAD
    assert answer(store, new, new.key) == ""
    assert new.retiring is None


def test_a_second_rotation_ends_the_first_key(store: Store, made: Issued) -> None:
    second = identity.update(store, made, replace(made.spec, rotation="2"))

    third = identity.update(store, second, replace(made.spec, rotation="3"))

    assert answer(store, third, made.key) in DEAD
    assert [answer(store, third, key) for key in (second.key, third.key)] == ["", ""]


def test_a_disabled_identity_does_nothing_until_it_is_enabled(store: Store, made: Issued) -> None:
    off = identity.update(store, made, replace(made.spec, enabled=False))

    assert answer(store, made, made.key) in SILENT
    assert identity.read(store, off) == off
    on = identity.update(store, off, made.spec)
    assert answer(store, on, on.key) == ""
    assert on.key == made.key


def test_an_identity_is_over_after_its_last_day(store: Store, made: Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    bounded = replace(made.spec, expires=today)
    assert identity.update(store, made, bounded).active
    later(store, monkeypatch, days=1)

    over = identity.update(store, made, bounded)

    assert not over.active
    assert answer(store, made, made.key) in SILENT


def test_keys_of_a_deleted_identity_are_dead_both(store: Store, made: Issued) -> None:
    new = identity.update(store, made, replace(made.spec, rotation="2"))

    identity.delete(store, new)

    assert answer(store, new, made.key) in DEAD
    assert answer(store, new, new.key) in DEAD
