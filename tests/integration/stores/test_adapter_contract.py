"""What the project relies on in every dialect, seen on each server: who is let in, for how long, and to what."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest
from botocore.exceptions import ClientError
from stores import moto

from govcloud.providers.storage import identity, policy
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base.errors import CloudError

pytestmark = [pytest.mark.cloud, pytest.mark.identities]

UNKNOWN = ("InvalidAccessKeyId", "SignatureDoesNotMatch")
REFUSED = ("AccessDenied", "403")
SUSPENDED = ("UserSuspended",)
UNFIT = ("seaweedfs-iam",)
"""Servers on which each identity can issue itself keys: no tenant is put there."""
SECONDS = 10.0
"""Within this time what an adapter was told holds for everybody."""


@dataclass(frozen=True)
class Holder:
    """An identity that works on one bucket, and a bucket of nobody's beside it."""

    store: Store
    name: str
    key: AccessKey
    bucket: str
    other: str

    @property
    def document(self) -> dict[str, object]:
        return storage.policy([self.bucket])

    def answer(self, bucket: str, key: AccessKey | None = None) -> str:
        """Return how a listing of the bucket is refused, '' where it is not."""
        with closing(self.store.client(key or self.key)) as s3:
            return answer(lambda: s3.list_objects_v2(Bucket=bucket, MaxKeys=1))

    def becomes(self, wanted: tuple[str, ...], bucket: str, key: AccessKey | None = None) -> bool:
        """Wait until a listing of the bucket is answered so."""
        end = time.monotonic() + SECONDS
        while self.answer(bucket, key) not in wanted:
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True


def answer(call: Callable[[], object]) -> str:
    try:
        call()
    except ClientError as error:
        return error_code(error)
    return ""


@pytest.fixture
def holder(store: Store, unique: str) -> Iterator[Holder]:
    buckets = f"vn-{unique}-prod-a", f"vn-{unique}-prod-b"
    for bucket in buckets:
        store.s3.create_bucket(Bucket=bucket)
    made = Holder(store, f"{unique}-prod", store.adapter.create_identity(f"{unique}-prod"), *buckets)
    yield made
    store.adapter.delete_identity(made.name)
    for bucket in buckets:
        store.s3.delete_bucket(Bucket=bucket)


def test_a_new_identity_is_known_and_may_nothing(holder: Holder) -> None:
    assert holder.becomes(REFUSED, holder.bucket)

    live = holder.store.adapter.identity(holder.name)
    assert live is not None
    assert (live.name, live.enabled, live.managed) == (holder.name, True, True)
    assert (live.policies, live.document, live.others, live.actions) == ((), None, (), ())
    assert live.access_keys == (holder.key.access,)
    assert not live.reaches(holder.bucket)


def test_a_policy_is_all_that_an_identity_may(holder: Holder) -> None:
    adapter = holder.store.adapter
    adapter.set_policy(holder.name, holder.document)

    assert holder.becomes(("",), holder.bucket)
    assert holder.answer(holder.other) in REFUSED
    live = adapter.identity(holder.name)
    assert live is not None
    assert live.document is not None
    assert live.policies == (adapter.own_policy(holder.name),)
    assert policy.same(live.document, holder.document)
    assert live.reaches(holder.bucket)
    assert not live.reaches(holder.other)

    adapter.set_policy(holder.name, holder.document)

    again = adapter.identity(holder.name)
    assert again is not None
    assert again.document is not None
    assert policy.same(again.document, live.document)
    assert replace(again, document=None) == replace(live, document=None)
    assert holder.becomes(("",), holder.bucket)

    adapter.set_policy(holder.name, storage.policy([holder.other]))

    assert holder.becomes(("",), holder.other)
    assert holder.becomes(REFUSED, holder.bucket)

    adapter.set_policy(holder.name, policy.NOTHING)

    assert holder.becomes(REFUSED, holder.other)


def test_two_keys_live_side_by_side_and_each_ends_alone(holder: Holder) -> None:
    adapter = holder.store.adapter
    adapter.set_policy(holder.name, holder.document)
    second = adapter.add_key(holder.name)

    assert holder.becomes(("",), holder.bucket, second)
    assert holder.becomes(("",), holder.bucket)
    live = adapter.identity(holder.name)
    assert live is not None
    assert live.access_keys == tuple(sorted((holder.key.access, second.access)))

    adapter.remove_key(holder.name, holder.key.access)
    adapter.remove_key(holder.name, holder.key.access)

    assert holder.becomes(UNKNOWN, holder.bucket)
    assert holder.answer(holder.bucket, second) == ""
    live = adapter.identity(holder.name)
    assert live is not None
    assert live.access_keys == (second.access,)


def test_a_disabled_identity_does_nothing_until_it_is_enabled_with_all_that_it_had(holder: Holder) -> None:
    adapter = holder.store.adapter
    adapter.set_policy(holder.name, holder.document)
    assert holder.becomes(("",), holder.bucket)

    adapter.set_enabled(holder.name, False)

    assert holder.becomes((*REFUSED, *UNKNOWN, *SUSPENDED), holder.bucket)
    live = adapter.identity(holder.name)
    assert live is not None
    assert live.document is not None
    assert not live.enabled
    assert policy.same(live.document, holder.document)

    adapter.set_enabled(holder.name, True)

    assert holder.becomes(("",), holder.bucket)
    live = adapter.identity(holder.name)
    assert live is not None
    assert live.enabled

    adapter.set_enabled(holder.name, False)
    adapter.set_policy(holder.name, holder.document)

    assert holder.becomes(("",), holder.bucket)


def test_a_deleted_identity_is_nobody_and_its_key_is_unknown(holder: Holder) -> None:
    adapter = holder.store.adapter
    adapter.set_policy(holder.name, holder.document)
    assert holder.becomes(("",), holder.bucket)

    adapter.delete_identity(holder.name)
    adapter.delete_identity(holder.name)

    assert holder.becomes(UNKNOWN, holder.bucket)
    assert adapter.identity(holder.name) is None
    assert holder.name not in {found.name for found in adapter.identities()}


def test_one_who_comes_again_under_a_name_gets_nothing_of_the_one_before(holder: Holder) -> None:
    adapter = holder.store.adapter
    adapter.set_policy(holder.name, holder.document)
    adapter.delete_identity(holder.name)

    later = adapter.create_identity(holder.name)

    assert holder.becomes(REFUSED, holder.bucket, later)
    assert holder.answer(holder.bucket) in UNKNOWN


def test_everybody_is_listed_with_what_they_may(holder: Holder) -> None:
    adapter = holder.store.adapter
    before = {found.name for found in adapter.identities() if found.reaches(holder.bucket)}
    adapter.set_policy(holder.name, holder.document)

    everybody = adapter.identities()

    (listed,) = (found for found in everybody if found.name == holder.name)
    alone = adapter.identity(holder.name)
    assert alone is not None
    assert alone.document is not None
    assert listed.document is not None
    assert policy.same(listed.document, alone.document)
    assert replace(listed, document=alone.document) == alone
    assert holder.store.endpoint.key is not None
    (provisioner,) = (found for found in everybody if holder.store.endpoint.key.access in found.access_keys)
    assert provisioner.reaches(holder.bucket)
    assert not provisioner.managed
    assert provisioner.name in before <= {provisioner.name, *moto.OWNERS}
    assert {f.name for f in everybody if f.reaches(holder.bucket)} == {holder.name, *before}


def test_what_a_crash_left_is_taken_up_with_a_key_of_ours_alone(holder: Holder, request: pytest.FixtureRequest) -> None:
    spec = identity.IdentitySpec(holder.name, json.dumps(holder.document), (holder.bucket,))
    if request.node.callspec.params["server"] in UNFIT:
        with pytest.raises(CloudError, match="GC-STORE-046"):
            identity.create(holder.store, spec)
        return

    issued = identity.create(holder.store, spec)

    assert issued.principal == holder.store.adapter.principal(holder.name)
    assert identity.read(holder.store, issued) == issued
    assert holder.answer(holder.bucket, issued.key) == ""
    assert holder.becomes(UNKNOWN, holder.bucket)
    identity.delete(holder.store, issued)
