"""Keys that are issued over a bad line: whatever was done and not told, the next run leaves the keys that it knows."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError
from faulty_store import Fault, Line, kinds, line
from stores.running import RunningStore

from govcloud.providers.storage import identity
from govcloud.providers.storage.adapters import adapter_named
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.identity import IdentitySpec, Issued
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base.errors import CloudError

pytestmark = [
    pytest.mark.cloud,
    # Its identities are asked for by HTTP at the store's own address, so that the line is on the way.
    pytest.mark.parametrize("server", ["moto"], indirect=True, scope="session"),
]

FAULTS = (Fault.FAILED_AFTER, Fault.CUT_BEFORE)
DEAD = ("InvalidAccessKeyId", "SignatureDoesNotMatch")


@pytest.fixture
def faulty(server: RunningStore) -> Iterator[Line]:
    with line(server.url, server.ca, late_seconds=1.5) as made:
        yield made


@pytest.fixture
def over(server: RunningStore, store: Store, faulty: Line) -> Iterator[Store]:
    """The store whose identities are asked for over the line, and whose buckets are not."""
    endpoint = replace(store.endpoint, url=faulty.url)
    made = Store(
        store.endpoint,
        server.environment,
        s3=store.s3,
        adapter=adapter_named(endpoint, server.environment),
        capabilities=store.capabilities,
    )
    yield made
    made.adapter.close()


@pytest.fixture
def spec(store: Store) -> Iterator[IdentitySpec]:
    bucket = f"vn-t{secrets.token_hex(4)}-prod-records"
    store.s3.create_bucket(Bucket=bucket)
    yield IdentitySpec("", json.dumps(storage.policy([bucket])), (bucket,))
    store.s3.delete_bucket(Bucket=bucket)


def attempt(work: Callable[[], Issued]) -> Issued | None:
    """Return what was issued; None where an error of the project said that it was not."""
    try:
        return work()
    except CloudError:
        return None


def changing(asked: list[str]) -> list[int]:
    """Return the number of the first request of each kind that changes something."""
    found = [number for number in kinds(asked) if "?Get" not in asked[number] and "?List" not in asked[number]]
    assert any("?CreateAccessKey" in asked[number] for number in found), asked
    return found


def answer(store: Store, spec: IdentitySpec, key: AccessKey) -> str:
    with closing(store.client(key)) as s3:
        try:
            s3.list_objects_v2(Bucket=spec.buckets[0], MaxKeys=1)
        except ClientError as error:
            return error_code(error)
    return ""


def keys(store: Store, name: str) -> set[str]:
    live = store.adapter.identity(name)
    assert live is not None
    return set(live.access_keys)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_an_identity_that_was_half_made_has_one_key_in_the_end_and_it_is_known(
    store: Store, over: Store, faulty: Line, spec: IdentitySpec, fault: Fault
) -> None:
    def named() -> IdentitySpec:
        return replace(spec, name=f"t{secrets.token_hex(4)}-prod")

    faulty.set()
    store.adapter.delete_identity(identity.create(over, named()).spec.name)
    asked = list(faulty.asked)

    for number in changing(asked):
        wanted = named()
        faulty.set(fault, number)
        attempt(lambda wanted=wanted: identity.create(over, wanted))  # type: ignore[misc]
        faulty.set()
        issued = identity.create(over, wanted)
        assert keys(store, wanted.name) == {issued.key.access}, number
        assert answer(store, wanted, issued.key) == "", number
        assert identity.read(store, issued) == issued
        store.adapter.delete_identity(wanted.name)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_rotation_that_broke_off_leaves_no_key_that_nobody_knows(
    store: Store, over: Store, faulty: Line, spec: IdentitySpec, fault: Fault
) -> None:
    first = identity.create(store, replace(spec, name=f"t{secrets.token_hex(4)}-prod"))
    faulty.set()
    known = identity.update(over, first, replace(first.spec, rotation="0"))
    asked = list(faulty.asked)

    for number in changing(asked):
        wanted = replace(first.spec, rotation=f"r{number}")
        faulty.set(fault, number)
        done = attempt(lambda wanted=wanted, known=known: identity.update(over, known, wanted))  # type: ignore[misc]
        faulty.set()
        # What an update that failed had issued stands in no state: the next one begins with what was known before.
        new = done or identity.update(over, known, wanted)
        assert new.retiring is not None or done is None
        assert keys(store, wanted.name) == {new.key.access, *([new.retiring.key.access] if new.retiring else [])}
        assert answer(store, wanted, new.key) == "", number
        known = new
    store.adapter.delete_identity(first.spec.name)
