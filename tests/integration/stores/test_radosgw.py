"""What is so on Ceph RGW alone: what it logs, ways in that others do not have, and what a tenant might try there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from stores.radosgw import Gateway

from govcloud.providers.storage import bucket, identity
from govcloud.providers.storage.adapters import UNBOUNDED, Quota
from govcloud.providers.storage.adapters.radosgw.administration import Administration, Refused
from govcloud.providers.storage.bucket_spec import BucketSpec, settings_said
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.identity import IdentitySpec, Issued
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base.errors import CloudError

pytestmark = [pytest.mark.cloud, pytest.mark.parametrize("server", ["radosgw"], indirect=True)]


@pytest.fixture
def gateway(server: Gateway) -> Gateway:
    return server


@pytest.fixture
def spec(store: Store, unique: str) -> BucketSpec:
    return BucketSpec(f"vn-{unique}-prod-records", encryption=False, tags={"govcloud.gov.vn/tenant": unique})


@pytest.fixture
def issued(store: Store, spec: BucketSpec, unique: str) -> Iterator[Issued]:
    """A tenant's bucket and its identity."""
    bucket.create(store, spec)
    made = identity.create(store, IdentitySpec(f"{unique}-prod", json.dumps(storage.policy([spec.name])), (spec.name,)))
    yield made
    identity.delete(store, made)


def refusal(call: Callable[..., object], **arguments: Any) -> str:
    try:
        call(**arguments)
    except ClientError as error:
        return error_code(error)
    return ""


def administration(gateway: Gateway, key: AccessKey) -> Administration:
    return Administration(gateway.url, gateway.region, key, str(gateway.ca))


def provisioner(store: Store) -> AccessKey:
    assert store.endpoint.key is not None
    return store.endpoint.key


def test_no_secret_is_in_the_gateways_log_or_a_list_of_processes(
    gateway: Gateway, store: Store, issued: Issued
) -> None:
    rotated = identity.update(store, issued, replace(issued.spec, rotation="2"))

    log = gateway.log.read_text()
    lines = [
        (process / "cmdline").read_bytes().decode(errors="replace")
        for process in Path("/proc").glob("[0-9]*")
        if process.stat().st_uid == os.getuid()
    ]
    for key in (issued.key, rotated.key):
        assert f"access-key={key.access}" in log, "the log names no key at all: it is not the one that it was"
        assert key.secret not in log
        assert not any(key.secret in line for line in lines)
    assert provisioner(store).secret not in log


def test_keys_of_subusers_and_of_swift_are_seen_and_end_with_the_next_update(
    gateway: Gateway, store: Store, issued: Issued
) -> None:
    ours, name = administration(gateway, provisioner(store)), issued.spec.name
    ours.ask("PUT", "user", uid=name, subuser=f"{name}:a", access="full", key_type="s3", generate_secret="true")
    ours.ask("PUT", "user", uid=name, subuser=f"{name}:b", access="full", key_type="swift", generate_secret="true")

    live = store.adapter.identity(name)
    drifted = identity.read(store, issued)

    assert live is not None
    assert len(live.access_keys) == 3
    assert f"swift:{name}:b" in live.access_keys
    assert drifted is not None
    assert drifted.spec.rotation == identity.REVOKED
    repaired = identity.update(store, drifted, issued.spec)
    live = store.adapter.identity(name)
    assert live is not None
    assert live.access_keys == (repaired.key.access,)


@pytest.mark.parametrize(
    ("way", "action"),
    [
        (("caps", "add", "--caps=users=read"), "users=read"),
        (("user", "modify", "--temp-url-key=open"), "TempURL"),
        (("user", "modify", "--max-buckets=5"), "CreateBucket:(its own)"),
        (("user", "modify", "--admin"), "admin"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_given_to_an_identity_beside_its_policy_is_seen_and_taken_away(
    gateway: Gateway, store: Store, issued: Issued, way: tuple[str, ...], action: str
) -> None:
    gateway.admin(*way, f"--uid={issued.spec.name}")

    live = store.adapter.identity(issued.spec.name)
    drifted = identity.read(store, issued)

    assert live is not None
    assert live.actions == (action,)
    assert drifted is not None
    repaired = identity.update(store, drifted, issued.spec)
    assert identity.read(store, repaired) == repaired


def test_a_user_of_somebody_elses_is_not_taken_over(gateway: Gateway, store: Store, unique: str) -> None:
    gateway.admin("user", "create", f"--uid={unique}", "--display-name=x")

    with pytest.raises(CloudError) as raised:
        identity.create(store, IdentitySpec(unique, json.dumps(storage.policy(["vn-any"]))))

    assert [problem.code for problem in raised.value.problems] == ["GC-STORE-012"]
    gateway.admin("user", "rm", f"--uid={unique}")


def test_a_role_that_lets_others_in_is_somebody(gateway: Gateway, store: Store, unique: str) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["sts:AssumeRole"]}
    opens = {"Effect": "Allow", "Action": ["s3:*"], "Resource": [f"arn:aws:s3:::{unique}"]}
    gateway.admin("role", "create", f"--role-name={unique}", f"--assume-role-policy-doc={_document(trust)}")
    gateway.admin("role-policy", "put", f"--role-name={unique}", "--policy-name=p", f"--policy-doc={_document(opens)}")

    (role,) = (found for found in store.adapter.identities() if found.name == f"role/{unique}")

    assert role.policies == ("p",)
    assert role.reaches(unique)
    assert not role.reaches("vn-any")
    gateway.admin("role-policy", "delete", f"--role-name={unique}", "--policy-name=p")
    gateway.admin("role", "delete", f"--role-name={unique}")


def test_a_tenant_makes_itself_no_key_no_right_and_no_bucket(gateway: Gateway, store: Store, issued: Issued) -> None:
    theirs, name = administration(gateway, issued.key), issued.spec.name
    attempts: dict[str, Callable[[], object]] = {
        "a key": lambda: theirs.ask("PUT", "user", uid=name, key="", generate_key="true"),
        "capabilities": lambda: theirs.ask("PUT", "user", uid=name, caps="", user_caps="users=*"),
        "a look at itself": lambda: theirs.ask("GET", "user", uid=name),
        "a look at all": lambda: theirs.ask("GET", "user", list=""),
        "a bucket of others": lambda: theirs.ask("GET", "bucket", bucket="govcloud-capabilities"),
        "a quota": lambda: theirs.ask("PUT", "bucket", quota="", uid="govcloud", bucket=issued.spec.buckets[0]),
        "a policy": lambda: theirs.identities(
            "PutUserPolicy", UserName=name, PolicyName="p", PolicyDocument=_document({"Effect": "Allow"})
        ),
        "no policy": lambda: theirs.identities("DeleteUserPolicy", UserName=name, PolicyName=f"govcloud-{name}"),
        "a session": lambda: theirs.identities("GetSessionToken"),
        "a role": lambda: theirs.identities("CreateRole", RoleName="r", AssumeRolePolicyDocument=_document({})),
    }

    for wanted, attempt in attempts.items():
        with pytest.raises(Refused) as raised:
            attempt()
        assert raised.value.code == "AccessDenied", wanted
    with closing(store.client(issued.key)) as s3:
        assert refusal(s3.create_bucket, Bucket=f"{name}-more") == "AccessDenied"
    assert identity.read(store, issued) == issued


def test_an_explicit_refusal_of_an_identity_holds_against_a_buckets_policy(
    store: Store, spec: BucketSpec, issued: Issued
) -> None:
    everything = {"Effect": "Allow", "Principal": {"AWS": [issued.principal]}, "Action": ["s3:*"]}
    resources = [f"arn:aws:s3:::{spec.name}", f"arn:aws:s3:::{spec.name}/*"]
    store.s3.put_bucket_policy(Bucket=spec.name, Policy=_document({**everything, "Resource": resources}))

    with closing(store.client(issued.key)) as s3:
        assert refusal(s3.get_bucket_policy, Bucket=spec.name) == ""
        assert refusal(s3.put_bucket_acl, Bucket=spec.name, ACL="public-read") == "AccessDenied"
        assert refusal(s3.delete_bucket, Bucket=spec.name) == "AccessDenied"
    store.s3.delete_bucket_policy(Bucket=spec.name)


@pytest.mark.xfail(strict=True, reason="known of this server: who wrote an object reads it, whatever his policy says")
def test_a_narrower_policy_ends_the_reading_of_objects_that_one_wrote(
    store: Store, spec: BucketSpec, issued: Issued
) -> None:
    with closing(store.client(issued.key)) as s3:
        s3.put_object(Bucket=spec.name, Key="written", Body=b"1")
        store.adapter.set_policy(issued.spec.name, storage.policy([f"{spec.name}-other"]))
        assert refusal(s3.list_objects_v2, Bucket=spec.name) == "AccessDenied"
        found = refusal(s3.get_object, Bucket=spec.name, Key="written")
    store.s3.delete_object(Bucket=spec.name, Key="written")
    assert found == "AccessDenied"


def test_whoever_is_shut_out_reads_not_even_what_he_wrote(store: Store, spec: BucketSpec, issued: Issued) -> None:
    with closing(store.client(issued.key)) as s3:
        s3.put_object(Bucket=spec.name, Key="written", Body=b"1")
        identity.shut_out(store, issued.spec.name)
        assert refusal(s3.get_object, Bucket=spec.name, Key="written") == "AccessDenied"


def test_many_objects_are_deleted_at_once_and_none_of_a_neighbours(
    store: Store, spec: BucketSpec, issued: Issued, unique: str
) -> None:
    other = f"vn-{unique}-other"
    store.s3.create_bucket(Bucket=other)
    store.s3.put_object(Bucket=other, Key="a", Body=b"1")
    batch: Any = {"Objects": [{"Key": "a"}, {"Key": "b"}]}

    with closing(store.client(issued.key)) as s3:
        for key in "ab":
            s3.put_object(Bucket=spec.name, Key=key, Body=b"1")
        assert [row["Key"] for row in s3.delete_objects(Bucket=spec.name, Delete=batch)["Deleted"]] == ["a", "b"]
        assert s3.list_objects_v2(Bucket=spec.name)["KeyCount"] == 0
        assert refusal(s3.delete_objects, Bucket=other, Delete=batch) == "AccessDenied"
        assert refusal(s3.delete_bucket, Bucket=spec.name) == "AccessDenied"
    assert store.s3.get_object(Bucket=other, Key="a")["Body"].read() == b"1"


def test_a_block_of_public_access_hides_what_a_tenant_opens_and_lets_it_write(
    store: Store, spec: BucketSpec, issued: Issued
) -> None:
    said, _ = settings_said({"publicAccessBlock": True})
    closed = replace(spec, settings=said)
    with closing(store.client(issued.key)) as s3:
        s3.put_object(Bucket=spec.name, Key="open", Body=b"1", ACL="public-read")
        assert store.anonymous_status(f"{spec.name}/open") == 200

        assert bucket.update(store, closed) == closed

        assert store.anonymous_status(f"{spec.name}/open") == 403
        assert refusal(s3.put_object, Bucket=spec.name, Key="plain", Body=b"1") == ""


def test_a_quota_refuses_bytes_and_objects_and_is_lifted(store: Store, spec: BucketSpec) -> None:
    bucket.create(store, replace(spec, versioning=False, quota_bytes=64 << 10, quota_objects=2))
    put = store.s3.put_object

    assert store.adapter.quota(spec.name) == Quota(64 << 10, 2)
    assert refusal(put, Bucket=spec.name, Key="large", Body=b"x" * (65 << 10)) == "QuotaExceeded"
    assert [refusal(put, Bucket=spec.name, Key=key, Body=b"1") for key in "abc"] == ["", "", "QuotaExceeded"]

    bucket.update(store, replace(spec, versioning=False))

    assert store.adapter.quota(spec.name) == UNBOUNDED
    assert refusal(put, Bucket=spec.name, Key="large", Body=b"x" * (65 << 10)) == ""


def test_encryption_at_rest_is_refused_before_a_bucket_is_made(store: Store, spec: BucketSpec) -> None:
    with pytest.raises(CloudError) as raised:
        bucket.create(store, replace(spec, encryption=True))

    (problem,) = raised.value.problems
    assert problem.code == "GC-STORE-009"
    assert problem.message.en == "this object store (radosgw) cannot do: encryption"
    assert not store.exists(spec.name)


def test_a_key_without_capabilities_is_told_what_it_lacks(gateway: Gateway, store: Store, issued: Issued) -> None:
    with pytest.raises(Refused) as raised:
        administration(gateway, issued.key).ask("GET", "user", uid=issued.spec.name)

    assert [problem.code for problem in raised.value.problems] == ["GC-STORE-030"]


def _document(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
