"""STO-01 and STO-04: shown an open bucket or a lost version, each check says FAIL; blinded, it says ERROR.

A check that cannot fail proves nothing, and the commonest way to pass is not to have looked.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from planting import Dead, Denied
from verdicts import OTHER, TENANT, fails, passes, with_tenant

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks import exposure, versioning
from govcloud.audit.object_store import Key, ObjectStore, StoreSession
from govcloud.audit.tenant_store import PREFIX
from govcloud.audit.verdict import Verdict

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
            assert "was allowed" in fails(self.check, TENANT, access).reason
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
            assert "was allowed" in fails(self.check, f"{TENANT} > {OTHER}", access).reason
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
            assert "Suspended" in fails(self.check, TENANT, access).reason
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
