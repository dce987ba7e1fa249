"""The store's controls: shown an open bucket, a lost version or a strange key, each check says FAIL; blinded, ERROR.

A check that cannot fail proves nothing, and the commonest way to pass is not to have looked.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest
from embedded_cloud import Cloud
from planting import Dead, Denied
from verdicts import OTHER, TENANT, fails, fails_in, passes, with_tenant

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.check import Check
from govcloud.audit.checks import at_rest, exposure, store_rights, store_settings, versioning
from govcloud.audit.tenant_store import PREFIX
from govcloud.audit.verdict import Verdict
from govcloud.clouds.object_store import Key, ObjectStore, StoreSession
from govcloud.providers.storage import problems
from govcloud.providers.storage.adapters import UNBOUNDED
from govcloud.providers.storage.content import Count
from govcloud.providers.storage.deviation import Deviation
from govcloud.providers.storage.endpoint import Endpoint
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError, Text

pytestmark = pytest.mark.cloud


@pytest.fixture
def store_admin(access: Access) -> StoreSession:
    return access.store.signed(Key(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]))


def policy_for(principal: Any, bucket: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@contextmanager
def suspended(admin: StoreSession, bucket: str) -> Iterator[None]:
    """Suspend versioning, and switch it on again."""
    answer, _ = admin.call("put_bucket_versioning", Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    assert answer.ok, answer.text
    try:
        yield
    finally:
        admin.call("put_bucket_versioning", Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def written(admin: StoreSession, bucket: str) -> set[str]:
    """Return the keys under the audit's prefix of which a version or a marker is left."""
    _, listing = admin.call("list_object_versions", Bucket=bucket, Prefix=PREFIX)
    return {entry["Key"] for entry in (*listing.get("Versions", ()), *listing.get("DeleteMarkers", ()))}


class TestExposure:
    check = exposure.CHECK

    def test_a_public_bucket(self, access: Access, tenant: TenantAccess, store_admin: StoreSession) -> None:
        bucket = tenant.buckets[0].name
        answer, _ = store_admin.call("put_bucket_policy", Bucket=bucket, Policy=policy_for("*", bucket))
        assert answer.ok, answer.text
        try:
            assert "was allowed" in fails(self.check, TENANT, access).reason.en
        finally:
            store_admin.call("delete_bucket_policy", Bucket=bucket)
        passes(self.check, TENANT, access)

    def test_an_object_that_its_owner_could_open(
        self, access: Access, tenant: TenantAccess, store_admin: StoreSession
    ) -> None:
        bucket = tenant.buckets[0].name
        policy = policy_for("*", bucket).replace(f"{bucket}/*", f"{bucket}/*/{exposure.OPENED}")
        answer, _ = store_admin.call("put_bucket_policy", Bucket=bucket, Policy=policy)
        assert answer.ok, answer.text
        try:
            fails_in([f"read what was written into {bucket} for everybody"], self.check, TENANT, access)
        finally:
            store_admin.call("delete_bucket_policy", Bucket=bucket)
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        nowhere = ObjectStore("https://127.0.0.1:9", access.store.region, access.store.authority)
        assert self.check(TENANT, dataclasses.replace(access, store=nowhere)).verdict is Verdict.ERROR
        denied = Denied(tenant.api, ("GET",))
        assert self.check(TENANT, with_tenant(access, TENANT, api=denied)).verdict is Verdict.ERROR
        assert self.check(TENANT, with_tenant(access, TENANT, credentials=None)).verdict is Verdict.ERROR


class TestStoreIsolation:
    check = exposure.CROSS_TENANT

    def test_a_bucket_policy_for_another_tenant(
        self, access: Access, other: TenantAccess, store_admin: StoreSession
    ) -> None:
        bucket = other.buckets[0].name
        principal = {"AWS": f"arn:aws:iam::000000000000:user/{TENANT}-prod"}
        answer, _ = store_admin.call("put_bucket_policy", Bucket=bucket, Policy=policy_for(principal, bucket))
        assert answer.ok, answer.text
        try:
            assert "was allowed" in fails(self.check, f"{TENANT} > {OTHER}", access).reason.en
        finally:
            store_admin.call("delete_bucket_policy", Bucket=bucket)
        passes(self.check, f"{TENANT} > {OTHER}", access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        subject = f"{TENANT} > {OTHER}"
        nowhere = ObjectStore("https://127.0.0.1:9", access.store.region, access.store.authority)
        assert self.check(subject, dataclasses.replace(access, store=nowhere)).verdict is Verdict.ERROR
        assert self.check(subject, with_tenant(access, TENANT, api=Dead())).verdict is Verdict.ERROR


class TestVersioning:
    check = versioning.CHECK

    def test_suspended_fails_and_leaves_nothing_that_outlasts_the_repair(
        self, access: Access, tenant: TenantAccess, store_admin: StoreSession
    ) -> None:
        bucket = tenant.buckets[0].name
        with suspended(store_admin, bucket):
            assert "Suspended" in fails(self.check, TENANT, access).reason.en
            passes(exposure.CHECK, TENANT, access)
            passes(exposure.CROSS_TENANT, f"{TENANT} > {OTHER}", access)
        assert written(store_admin, bucket) == set(), "an off-boarding would find it not empty"
        passes(self.check, TENANT, access)

    def test_what_an_earlier_run_could_not_take_back_does_not_matter(
        self, access: Access, tenant: TenantAccess, store_admin: StoreSession
    ) -> None:
        bucket = tenant.buckets[0].name
        old = {"Bucket": bucket, "Key": f"{PREFIX}versions"}
        with suspended(store_admin, bucket):
            store_admin.call("put_object", **old, Body=b"x")
            store_admin.call("delete_object", **old)
            fails(self.check, TENANT, access)
        try:
            assert written(store_admin, bucket) == {old["Key"]}
            for check in (self.check, exposure.CHECK):
                passes(check, TENANT, access)
        finally:
            with suspended(store_admin, bucket):
                store_admin.call("put_object", **old, Body=b"x")
                store_admin.call("delete_object", **old, VersionId="null")
        assert written(store_admin, bucket) == set()

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        nowhere = ObjectStore("https://127.0.0.1:9", access.store.region, access.store.authority)
        assert self.check(TENANT, dataclasses.replace(access, store=nowhere)).verdict is Verdict.ERROR
        assert self.check(TENANT, with_tenant(access, TENANT, api=Dead())).verdict is Verdict.ERROR


@pytest.fixture
def shell(examined: Cloud) -> Iterator[Any]:
    """The store's administration shell, which plants what no S3 call can."""
    store = Store(Endpoint.from_config({}, examined.environment), examined.environment)
    yield store.adapter
    store.close()


def run(adapter: Any, command: str, **flags: str) -> str:
    return str(adapter._shell.run(command, **flags))


def refused() -> NoReturn:
    raise CloudError(
        problems.endpoint_unreachable("https://127.0.0.1:9", Text("connection refused", "kết nối bị từ chối"))
    )


class Nobody:
    """Somebody who may not read the store."""

    def deviations(self, tenant: str) -> list[Deviation]:
        refused()

    def deliveries(self, tenant: str, live: Mapping[str, Mapping[str, Any]]) -> list[Deviation]:
        refused()

    def strangers(self) -> list[Deviation]:
        refused()

    def count(self, bucket: str, most: int) -> Count:
        refused()

    def close(self) -> None: ...


def blinded(check: Check, access: Access) -> None:
    for administrator in (None, Nobody()):
        assert check(TENANT, dataclasses.replace(access, administrator=administrator)).verdict is Verdict.ERROR


class TestRights:
    check = store_rights.CHECK

    @pytest.mark.parametrize("to", ["everybody", "another tenant"])
    def test_a_policy_on_a_prefix(
        self, access: Access, tenant: TenantAccess, store_admin: StoreSession, to: str
    ) -> None:
        bucket = tenant.buckets[0].name
        principal = "*" if to == "everybody" else {"AWS": f"arn:aws:iam::000000000000:user/{OTHER}-prod"}
        policy = policy_for(principal, bucket).replace(f"{bucket}/*", f"{bucket}/inbox/*")
        answer, _ = store_admin.call("put_bucket_policy", Bucket=bucket, Policy=policy)
        assert answer.ok, answer.text
        try:
            assert f"rights on bucket {bucket}: policy is" in fails(self.check, TENANT, access).reason.en
        finally:
            store_admin.call("delete_bucket_policy", Bucket=bucket)
        passes(self.check, TENANT, access)

    def test_an_access_list_for_everybody(
        self, access: Access, tenant: TenantAccess, store_admin: StoreSession
    ) -> None:
        bucket = tenant.buckets[0].name
        store_admin.call("put_bucket_acl", Bucket=bucket, ACL="public-read")
        try:
            assert "accessList is" in fails(self.check, TENANT, access).reason.en
        finally:
            store_admin.call("put_bucket_acl", Bucket=bucket, ACL="private")
        passes(self.check, TENANT, access)

    def test_an_extra_identity(self, access: Access, tenant: TenantAccess, shell: Any) -> None:
        run(shell, "s3.user.provision", name="planted", bucket=tenant.buckets[0].name, role="readonly")
        try:
            assert "readers is planted" in fails(self.check, TENANT, access).reason.en
        finally:
            shell.delete_identity("planted")
        passes(self.check, TENANT, access)

    def test_the_nameless(self, access: Access, tenant: TenantAccess, shell: Any) -> None:
        run(shell, "s3.anonymous.set", bucket=tenant.buckets[0].name, access="Read")
        try:
            assert "readers is anonymous" in fails(self.check, TENANT, access).reason.en
        finally:
            run(shell, "s3.anonymous.set", bucket=tenant.buckets[0].name, access="none")
        passes(self.check, TENANT, access)

    def test_a_second_key(self, access: Access, tenant: TenantAccess, shell: Any) -> None:
        holder = tenant.store_identities[0]
        run(shell, "s3.accesskey.create", user=holder, access_key="GCPLANTED", secret_key="p" * 40)
        try:
            assert "GCPLANTED" in fails(self.check, TENANT, access).reason.en
        finally:
            shell.remove_key(holder, "GCPLANTED")
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access) -> None:
        blinded(self.check, access)


class TestSettings:
    checks = (store_settings.NAME_SPACE, store_settings.QUOTA, store_settings.LIFECYCLE)

    def test_an_extra_bucket_in_the_name_space(
        self, access: Access, tenant: TenantAccess, store_admin: StoreSession
    ) -> None:
        check, extra = store_settings.NAME_SPACE, f"{tenant.buckets[0].name}-copy"
        answer, _ = store_admin.call("create_bucket", Bucket=extra)
        assert answer.ok, answer.text
        try:
            assert f"bucket/{extra} is present" in fails(check, TENANT, access).reason.en
        finally:
            store_admin.call("delete_bucket", Bucket=extra)
        passes(check, TENANT, access)
        blinded(check, access)

    def test_a_quota_that_was_lifted(self, access: Access, tenant: TenantAccess, shell: Any) -> None:
        check, bucket = store_settings.QUOTA, tenant.buckets[0].name
        before = shell.quota(bucket)
        shell.set_quota(bucket, UNBOUNDED)
        try:
            assert "quotaBytes is absent" in fails(check, TENANT, access).reason.en
        finally:
            shell.set_quota(bucket, before)
        passes(check, TENANT, access)
        blinded(check, access)

    def test_more_objects_than_declared(self, access: Access, tenant: TenantAccess, store_admin: StoreSession) -> None:
        check, bucket = store_settings.QUOTA, tenant.buckets[0]
        _, listing = store_admin.call("list_object_versions", Bucket=bucket.name)
        held = len(listing.get("Versions", ())) + len(listing.get("DeleteMarkers", ()))
        counted = with_tenant(access, TENANT, buckets=(dataclasses.replace(bucket, objects=held + 1),))
        passes(check, TENANT, counted)
        made = []
        try:
            for _ in range(2):
                answer, put = store_admin.call("put_object", Bucket=bucket.name, Key=f"{PREFIX}count", Body=b"")
                assert answer.ok, answer.text
                made.append(put["VersionId"])
            wanted = f"objects in bucket {bucket.name}: more than the {held + 1} declared"
            assert wanted in fails(check, TENANT, counted).reason.en
        finally:
            for version in made:
                store_admin.call("delete_object", Bucket=bucket.name, Key=f"{PREFIX}count", VersionId=version)
        passes(check, TENANT, counted)
        passes(check, TENANT, access)
        blinded(check, counted)

    def test_a_lifecycle_that_ends_old_versions(
        self, access: Access, tenant: TenantAccess, store_admin: StoreSession
    ) -> None:
        check, bucket = store_settings.LIFECYCLE, tenant.buckets[0].name
        rule = {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}}
        _, declared = store_admin.call("get_bucket_lifecycle_configuration", Bucket=bucket)
        kept = {"Rules": declared["Rules"]}
        harmless = {**rule, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
        ending = {**rule, "NoncurrentVersionExpiration": {"NoncurrentDays": 3650}}
        try:
            for rules, judged in (([harmless], passes), ([ending], fails)):
                answer, _ = store_admin.call(
                    "put_bucket_lifecycle_configuration", Bucket=bucket, LifecycleConfiguration={"Rules": rules}
                )
                assert answer.ok, answer.text
                judged(check, TENANT, access)
        finally:
            answer, _ = store_admin.call(
                "put_bucket_lifecycle_configuration", Bucket=bucket, LifecycleConfiguration=kept
            )
            assert answer.ok, answer.text
        passes(check, TENANT, access)
        blinded(check, access)


class TestAtRest:
    check = at_rest.CHECK

    def test_encryption_that_was_removed(self, access: Access, tenant: TenantAccess, store_admin: StoreSession) -> None:
        bucket = tenant.buckets[0].name
        store_admin.call("delete_bucket_encryption", Bucket=bucket)
        try:
            assert "is encrypted by nothing" in fails(self.check, TENANT, access).reason.en
        finally:
            default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            configuration = {"Rules": [default]}
            store_admin.call("put_bucket_encryption", Bucket=bucket, ServerSideEncryptionConfiguration=configuration)
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        nowhere = ObjectStore("https://127.0.0.1:9", access.store.region, access.store.authority)
        assert self.check(TENANT, dataclasses.replace(access, store=nowhere)).verdict is Verdict.ERROR
