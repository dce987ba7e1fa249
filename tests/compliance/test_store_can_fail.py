"""STO-01 and STO-04: shown an open bucket or a lost version, each check says FAIL; blinded, it says ERROR.

A check that cannot fail proves nothing, and the commonest way to pass is not to have looked.
"""

from __future__ import annotations

import dataclasses
import json
import os
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

    def test_suspended(self, access: Access, tenant: TenantAccess, store_admin: StoreSession) -> None:
        bucket = tenant.buckets[0].name
        states = ({"Status": status} for status in ("Suspended", "Enabled"))
        suspended, enabled = states
        store_admin.call("put_bucket_versioning", Bucket=bucket, VersioningConfiguration=suspended)
        try:
            assert "Suspended" in fails(self.check, TENANT, access).reason
        finally:
            # the store cannot remove the marker of a deletion while versioning was off, unless an object covers it
            left = {"Bucket": bucket, "Key": f"{PREFIX}versions"}
            store_admin.call("put_object", **left, Body=b"x")
            store_admin.call("delete_object", **left, VersionId="null")
            store_admin.call("put_bucket_versioning", Bucket=bucket, VersioningConfiguration=enabled)
        _, listing = store_admin.call("list_object_versions", Bucket=bucket)
        assert not listing.get("Versions") and not listing.get("DeleteMarkers"), (
            "an off-boarding would find it not empty"
        )
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        nowhere = ObjectStore("https://127.0.0.1:9", access.store.region, access.store.authority)
        assert self.check(TENANT, dataclasses.replace(access, store=nowhere)).verdict is Verdict.ERROR
        assert self.check(TENANT, with_tenant(access, TENANT, api=Dead())).verdict is Verdict.ERROR
