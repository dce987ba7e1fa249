"""What a MinIO lets everybody with a key do by himself, and that none of it outlives the key or goes unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import boto3
import pytest
from botocore.exceptions import ClientError
from minio import MinioAdmin
from minio.credentials.providers import StaticProvider
from minio.error import MinioAdminException
from urllib3 import PoolManager

from govcloud.providers.storage import content, policy
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.store import Store
from govcloud.render import storage

pytestmark = [pytest.mark.cloud, pytest.mark.parametrize("server", ["juicefs"], indirect=True, scope="session")]


@dataclass(frozen=True)
class Holder:
    """An identity that works on one bucket, and what its holder can do with his key."""

    store: Store
    name: str
    key: AccessKey
    bucket: str

    def orders(self, key: AccessKey | None = None) -> MinioAdmin:
        """Return the server's administration as one with a key has it, the administrator where none is named."""
        chosen = key or self.store.endpoint.key
        assert chosen is not None
        return MinioAdmin(
            endpoint=self.store.endpoint.url.removeprefix("https://"),
            credentials=StaticProvider(chosen.access, chosen.secret, chosen.token),
            http_client=PoolManager(ca_certs=self.store.endpoint.ca_bundle),
        )

    def lent(self) -> AccessKey:
        """Return a temporary key that the holder draws for himself."""
        endpoint = self.store.endpoint
        with closing(
            boto3.client(
                "sts",
                endpoint_url=endpoint.url,
                region_name=endpoint.region,
                aws_access_key_id=self.key.access,
                aws_secret_access_key=self.key.secret,
                verify=endpoint.ca_bundle,
            )
        ) as sts:
            drawn = sts.assume_role(RoleArn="arn:aws:iam::000000000000:role/any", RoleSessionName="mine")["Credentials"]
        return AccessKey(drawn["AccessKeyId"], drawn["SecretAccessKey"], drawn["SessionToken"])

    def account(self, access: str) -> AccessKey:
        """Return a further key that the holder makes for himself."""
        key = AccessKey(access, "of-his-own-making-0123456789")
        self.orders(self.key).add_service_account(access_key=key.access, secret_key=key.secret)
        return key

    def answer(self, key: AccessKey) -> str:
        """Return how a listing of the bucket is refused, '' where it is not."""
        try:
            with closing(self.store.client(key)) as s3:
                s3.list_objects_v2(Bucket=self.bucket, MaxKeys=1)
        except ClientError as error:
            return error_code(error)
        return ""


@pytest.fixture
def holder(store: Store, unique: str) -> Iterator[Holder]:
    made = Holder(store, f"{unique}-prod", store.adapter.create_identity(f"{unique}-prod"), f"vn-{unique}-prod-a")
    store.s3.create_bucket(Bucket=made.bucket)
    store.adapter.set_policy(made.name, storage.policy([made.bucket]))
    yield made
    store.adapter.delete_identity(made.name)
    store.s3.delete_bucket(Bucket=made.bucket)


def keys(holder: Holder) -> tuple[str, ...]:
    live = holder.store.adapter.identity(holder.name)
    assert live is not None
    return live.access_keys


def code(call: Callable[[], object]) -> str:
    try:
        call()
    except MinioAdminException as error:
        return str(error)
    return ""


def test_a_key_that_a_holder_makes_for_himself_is_seen_and_ends_with_the_one_it_is_of(holder: Holder) -> None:
    adapter, made = holder.store.adapter, holder.account(f"{holder.name[:10].upper()}-MINE")
    lent = holder.lent()

    assert (holder.answer(made), holder.answer(lent)) == ("", "")
    assert keys(holder) == tuple(sorted((holder.key.access, made.access)))
    (listed,) = (found for found in adapter.identities() if found.name == holder.name)
    assert made.access in listed.access_keys

    later = adapter.add_key(holder.name)
    adapter.remove_key(holder.name, holder.key.access)

    assert holder.answer(later) == ""
    assert {holder.answer(key) for key in (holder.key, made, lent)} == {"InvalidAccessKeyId"}
    assert keys(holder) == (later.access,)


def test_a_key_that_a_holder_makes_for_himself_can_be_taken_away_alone(holder: Holder) -> None:
    made = holder.account(f"{holder.name[:10].upper()}-MINE")

    holder.store.adapter.remove_key(holder.name, made.access)
    holder.store.adapter.remove_key(holder.name, made.access)

    assert holder.answer(made) == "InvalidAccessKeyId"
    assert keys(holder) == (holder.key.access,)


def test_whoever_is_disabled_has_nothing_of_keys_that_he_drew_before(holder: Holder) -> None:
    drawn = holder.key, holder.account(f"{holder.name[:10].upper()}-MINE"), holder.lent()
    assert [holder.answer(key) for key in drawn] == ["", "", ""]

    holder.store.adapter.set_enabled(holder.name, False)

    assert [holder.answer(key) for key in drawn] == ["AccessDenied"] * 3

    holder.store.adapter.set_policy(holder.name, policy.NOTHING)

    assert [holder.answer(key) for key in drawn] == ["AccessDenied"] * 3


def test_a_holder_cannot_give_his_key_another_secret_until_somebody_takes_the_guard_away(holder: Holder) -> None:
    adapter, own = holder.store.adapter, holder.store.adapter.own_policy(holder.name)

    def change(key: AccessKey) -> None:
        holder.orders(key).user_add(key.access, "another-secret-0123456789")

    assert "AccessDenied" in code(lambda: change(holder.key))
    assert holder.answer(holder.key) == ""

    listing = {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [f"arn:aws:s3:::{holder.bucket}"]}
    unguarded = {"Version": "2012-10-17", "Statement": [listing]}
    holder.orders().policy_add(own, policy=unguarded)
    live = adapter.identity(holder.name)
    assert live is not None
    assert live.document is not None
    assert not policy.same(live.document, unguarded)
    assert code(lambda: change(holder.key)) == ""
    assert holder.answer(holder.key) == "SignatureDoesNotMatch"

    adapter.set_policy(holder.name, storage.policy([holder.bucket]))
    changed = AccessKey(holder.key.access, "another-secret-0123456789")
    assert holder.answer(changed) == ""
    assert "AccessDenied" in code(lambda: change(changed))


def test_no_denial_is_lost_of_a_policy_that_says_something_twice(holder: Holder) -> None:
    allowed, denied = (
        {"Effect": effect, "Action": ["s3:ListBucket"], "Resource": [f"arn:aws:s3:::{holder.bucket}"]}
        for effect in ("Allow", "Deny")
    )
    twice = {"Version": "2012-10-17", "Statement": [denied, allowed, {"Sid": "again", **allowed}]}
    holder.orders().policy_add(holder.store.adapter.own_policy(holder.name), policy=twice)
    assert holder.answer(holder.key) == "", "the server still drops another statement than the second of two"

    holder.store.adapter.set_policy(holder.name, twice)

    assert holder.answer(holder.key) == "AccessDenied"


@pytest.mark.parametrize("source", ["/{own}/../{other}/record", "{own}//../../{other}/record"])
def test_a_source_that_leads_up_copies_nothing_of_anothers(holder: Holder, source: str) -> None:
    store, other = holder.store, f"{holder.bucket}-2"
    store.s3.create_bucket(Bucket=other)
    store.s3.put_object(Bucket=other, Key="record", Body=b"another's")
    way = source.format(own=holder.bucket, other=other)
    try:
        with closing(store.client(holder.key)) as s3:
            s3.put_object(Bucket=holder.bucket, Key="mine", Body=b"mine")
            s3.copy_object(Bucket=holder.bucket, Key="copy", CopySource=f"{holder.bucket}/mine")
            with pytest.raises(ClientError, match="AccessDenied"):
                s3.copy_object(Bucket=holder.bucket, Key="loot", CopySource=way)
            upload = s3.create_multipart_upload(Bucket=holder.bucket, Key="loot")["UploadId"]
            with pytest.raises(ClientError, match="AccessDenied"):
                s3.upload_part_copy(Bucket=holder.bucket, Key="loot", UploadId=upload, PartNumber=1, CopySource=way)
        assert {v.key for v in content.versions(store.s3, holder.bucket)} == {"copy", "mine"}
    finally:
        for name in (holder.bucket, other):
            content.remove_all(store.s3, name)
        store.s3.delete_bucket(Bucket=other)
