"""What an account's owner does by hand, and what the adapter of Amazon's dialect sees of it, undoes or leaves alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from stores import moto
from stores.running import RunningStore

from govcloud.providers.storage import policy
from govcloud.providers.storage.adapters.aws import documents, held
from govcloud.providers.storage.endpoint import AccessKey, administration_client, error_code
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base.errors import CloudError

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient

pytestmark = [pytest.mark.cloud, pytest.mark.parametrize("server", ["moto"], indirect=True)]

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]}


@pytest.fixture
def owner(server: RunningStore, store: Store) -> Iterator[IAMClient]:
    """The account's owner, who may do everything in it."""
    key = AccessKey(*(server.environment[name] for name in moto.OWNER))
    with closing(administration_client(store.endpoint, "iam", key)) as iam:
        yield iam


@pytest.fixture
def name(store: Store, unique: str) -> Iterator[str]:
    """An identity with a policy, on a bucket of its own."""
    name = f"{unique}-prod"
    yield name
    store.adapter.delete_identity(name)


def answer(call: Callable[[], object]) -> str:
    try:
        call()
    except ClientError as error:
        return error_code(error)
    return ""


def code(call: Callable[[], object]) -> str:
    with pytest.raises(CloudError) as refused:
        call()
    return refused.value.problems[0].code


def test_no_policy_exceeds_the_boundary_and_a_lost_boundary_comes_back(
    store: Store, owner: IAMClient, name: str
) -> None:
    adapter = store.adapter
    key = adapter.create_identity(name)
    adapter.set_policy(name, EVERYTHING)
    bucket = f"vn-{name}-records"
    store.s3.create_bucket(Bucket=bucket)
    document = json.dumps({"Version": "2012-10-17", "Statement": []})
    with closing(store.client(key)) as s3, closing(administration_client(store.endpoint, "iam", key)) as iam:
        assert answer(lambda: s3.list_objects_v2(Bucket=bucket)) == ""
        assert answer(lambda: s3.put_bucket_policy(Bucket=bucket, Policy=document)) == "AccessDenied"
        assert answer(lambda: s3.delete_bucket(Bucket=bucket)) == "AccessDenied"
        assert answer(lambda: iam.create_access_key(UserName=name)) == "AccessDenied"

        wide = owner.create_policy(PolicyName=f"wide-{name}", PolicyDocument=json.dumps(EVERYTHING))["Policy"]["Arn"]
        owner.put_user_permissions_boundary(UserName=name, PermissionsBoundary=wide)

        assert answer(lambda: s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": []})) == ""
        live = adapter.identity(name)
        assert live is not None
        assert live.policies == (adapter.own_policy(name), "without-boundary")
        adapter.set_policy(name, EVERYTHING)
        live = adapter.identity(name)
        assert live is not None
        assert live.policies == (adapter.own_policy(name),)
        assert answer(lambda: s3.delete_bucket(Bucket=bucket)) == "AccessDenied"
    store.s3.delete_bucket(Bucket=bucket)


def test_what_was_hung_on_a_user_by_hand_is_seen_taken_off_and_hinders_no_end(
    store: Store, owner: IAMClient, name: str
) -> None:
    adapter = store.adapter
    document = storage.policy([f"vn-{name}-records"])
    key = adapter.create_identity(name)
    adapter.set_policy(name, document)
    own = adapter.own_policy(name)
    plain = adapter.identity(name)
    assert plain is not None
    said = json.dumps(EVERYTHING)

    wide = owner.create_policy(PolicyName=f"wide-{name}", PolicyDocument=said)["Policy"]["Arn"]

    def hung() -> None:
        owner.put_user_policy(UserName=name, PolicyName="back-door", PolicyDocument=said)
        owner.attach_user_policy(UserName=name, PolicyArn=wide)
        owner.create_group(GroupName=f"g-{name}")
        owner.put_group_policy(GroupName=f"g-{name}", PolicyName="inner", PolicyDocument=said)
        owner.add_user_to_group(GroupName=f"g-{name}", UserName=name)
        owner.create_login_profile(UserName=name, Password="Mot-mat-khau-rat-dai-1")

    hung()
    live = adapter.identity(name)
    assert live is not None
    assert set(live.policies) == {own, "inline:back-door", f"wide-{name}", f"g-{name}/inner"}
    assert live.reaches("somebody-elses")
    assert live.access_keys == tuple(sorted((key.access, held.CONSOLE)))
    assert next(found for found in adapter.identities() if found.name == name) == live

    adapter.set_policy(name, document)
    adapter.remove_key(name, held.CONSOLE)
    adapter.remove_key(name, held.CONSOLE)
    assert adapter.identity(name) == plain

    owner.delete_group_policy(GroupName=f"g-{name}", PolicyName="inner")
    owner.delete_group(GroupName=f"g-{name}")
    hung()
    owner.upload_ssh_public_key(UserName=name, SSHPublicKeyBody="ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAA")
    adapter.delete_identity(name)
    assert adapter.identity(name) is None
    assert owner.get_group(GroupName=f"g-{name}")["Users"] == []


def test_a_policy_that_was_reworded_by_hand_is_replaced_and_nothing_of_it_is_left(
    store: Store, owner: IAMClient, name: str
) -> None:
    adapter = store.adapter
    document = storage.policy([f"vn-{name}-records"])
    adapter.create_identity(name)
    adapter.set_policy(name, document)
    (row,) = owner.list_attached_user_policies(UserName=name)["AttachedPolicies"]
    owner.create_policy_version(PolicyArn=row["PolicyArn"], PolicyDocument=json.dumps(EVERYTHING), SetAsDefault=True)

    drifted = adapter.identity(name)
    assert drifted is not None
    assert drifted.document == EVERYTHING
    adapter.set_policy(name, document)

    live = adapter.identity(name)
    assert live is not None
    assert live.document is not None
    assert policy.same(live.document, document)
    (other,) = owner.list_attached_user_policies(UserName=name)["AttachedPolicies"]
    assert other != row
    assert answer(lambda: owner.get_policy(PolicyArn=row["PolicyArn"])) == "NoSuchEntity"
    adapter.delete_identity(name)
    left = [
        p["PolicyName"]
        for page in owner.get_paginator("list_policies").paginate(Scope="Local")
        for p in page["Policies"]
    ]
    assert not [found for found in left if documents.labelled(found) == name]


def test_somebody_elses_user_of_the_same_name_is_left_alone(store: Store, owner: IAMClient, name: str) -> None:
    adapter = store.adapter
    owner.create_user(UserName=name)
    bare = adapter.identity(name)
    assert bare is not None
    assert bare.managed  # a run that died between making and tagging leaves such a one

    owner.create_access_key(UserName=name)

    live = adapter.identity(name)
    assert live is not None
    assert not live.managed
    assert code(lambda: adapter.set_policy(name, EVERYTHING)) == "GC-STORE-012"
    assert code(lambda: adapter.delete_identity(name)) == "GC-STORE-012"
    assert adapter.identity(name) == live
    for key in live.access_keys:
        owner.delete_access_key(UserName=name, AccessKeyId=key)


def test_one_who_is_disabled_can_do_nothing_and_then_what_he_could(store: Store, owner: IAMClient, name: str) -> None:
    adapter = store.adapter
    bucket = f"vn-{name}-records"
    key = adapter.create_identity(name)
    adapter.set_policy(name, storage.policy([bucket]))
    before = adapter.identity(name)
    store.s3.create_bucket(Bucket=bucket)
    with closing(store.client(key)) as s3:
        adapter.set_enabled(name, False)
        assert answer(lambda: s3.list_objects_v2(Bucket=bucket)) == "InvalidAccessKeyId"
        # Whoever lets the key work again by hand has still to take off what denies everything.
        owner.update_access_key(UserName=name, AccessKeyId=key.access, Status="Active")
        assert answer(lambda: s3.list_objects_v2(Bucket=bucket)) == "AccessDenied"
        live = adapter.identity(name)
        assert live is not None
        assert (live.enabled, live.access_keys, live.policies) == (False, (key.access,), (adapter.own_policy(name),))

        adapter.set_enabled(name, True)
        assert answer(lambda: s3.list_objects_v2(Bucket=bucket)) == ""
        assert adapter.identity(name) == before

        adapter.set_enabled(name, False)
        adapter.set_policy(name, storage.policy([bucket]))
        assert answer(lambda: s3.list_objects_v2(Bucket=bucket)) == ""
    store.s3.delete_bucket(Bucket=bucket)


def test_a_key_that_the_owner_switched_off_stays_off(store: Store, owner: IAMClient, name: str) -> None:
    adapter = store.adapter
    first, second = adapter.create_identity(name), adapter.add_key(name)
    owner.update_access_key(UserName=name, AccessKeyId=first.access, Status="Inactive")
    adapter.set_enabled(name, False)
    resting = adapter.identity(name)
    adapter.set_enabled(name, True)

    live = adapter.identity(name)
    assert resting is not None
    assert live is not None
    assert resting.access_keys == live.access_keys == (second.access,)


def test_a_third_key_takes_the_place_of_one_that_is_inactive_and_never_of_one_that_works(
    store: Store, owner: IAMClient, name: str
) -> None:
    adapter = store.adapter
    first, second = adapter.create_identity(name), adapter.add_key(name)
    assert code(lambda: adapter.add_key(name)) == "GC-STORE-035"
    live = adapter.identity(name)
    assert live is not None
    assert live.access_keys == tuple(sorted((first.access, second.access)))

    owner.update_access_key(UserName=name, AccessKeyId=first.access, Status="Inactive")

    third = adapter.add_key(name)
    live = adapter.identity(name)
    assert live is not None
    assert live.access_keys == tuple(sorted((second.access, third.access)))


def test_when_a_key_was_used_is_known_and_that_it_never_was(store: Store, name: str) -> None:
    key = store.adapter.create_identity(name)
    assert store.adapter.last_used(name, key.access) is None
    with closing(store.client(key)) as s3:
        assert answer(s3.list_buckets) == "AccessDenied"
    used = store.adapter.last_used(name, key.access)
    assert used is not None
    assert used.tzinfo is not None


def test_a_role_and_its_rights_are_among_those_who_reach_a_bucket(store: Store, owner: IAMClient, unique: str) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
    owner.create_role(RoleName=unique, AssumeRolePolicyDocument=json.dumps({**EVERYTHING, "Statement": [trust]}))
    other = {"Effect": "Allow", "Action": ["ec2:*"], "Resource": ["*"]}
    owner.put_role_policy(
        RoleName=unique, PolicyName="a", PolicyDocument=json.dumps({**EVERYTHING, "Statement": [other]})
    )

    def found() -> bool:
        return next(r for r in store.adapter.identities() if r.name == f"role/{unique}").reaches("any")

    assert not found()
    owner.put_role_policy(RoleName=unique, PolicyName="b", PolicyDocument=json.dumps(EVERYTHING))
    assert found()
    for inline in ("a", "b"):
        owner.delete_role_policy(RoleName=unique, PolicyName=inline)
    owner.delete_role(RoleName=unique)


def test_quotas_are_refused_by_name(store: Store) -> None:
    from govcloud.providers.storage.adapters import UNBOUNDED, Quota

    assert store.adapter.quota("any") == UNBOUNDED
    store.adapter.set_quota("any", UNBOUNDED)
    assert code(lambda: store.adapter.set_quota("any", Quota(1 << 30))) == "GC-STORE-009"
