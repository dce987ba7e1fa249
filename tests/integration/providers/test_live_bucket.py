"""Buckets on a real store: every setting by its effect, adoption, drift, and data that nothing here destroys."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from govcloud.providers.storage import bucket
from govcloud.providers.storage.adapters import UNBOUNDED
from govcloud.providers.storage.adapters.seaweedfs import SeaweedFS
from govcloud.providers.storage.bucket import BucketSpec
from govcloud.providers.storage.capabilities import Capabilities, probe
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.trials.catalogue import FAST
from govcloud.providers.storage.trials.outcome import Verdict
from govcloud_base.errors import CloudError

pytestmark = pytest.mark.cloud


@pytest.fixture
def spec(unique: str, tags: dict[str, str]) -> BucketSpec:
    return BucketSpec(f"vn-{unique}-prod-records", quota_bytes=64 << 20, tags=tags)


def codes(error: pytest.ExceptionInfo[CloudError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_this_store_can_do_what_tenants_need_and_the_probe_leaves_nothing_behind(store: Store) -> None:
    before = {b["Name"] for b in store.s3.list_buckets()["Buckets"]}

    lacking = dict.fromkeys(("ownership", "public-access-block", "access-log"), Verdict.DOES_NOT)
    assert probe(store.s3) == Capabilities(dict.fromkeys(FAST, Verdict.WORKS) | lacking)
    assert {b["Name"] for b in store.s3.list_buckets()["Buckets"]} == before


def test_a_bucket_is_versioned_encrypted_tagged_limited_and_closed_to_strangers(store: Store, spec: BucketSpec) -> None:
    made = bucket.create(store, spec)

    assert made == spec
    first = store.s3.put_object(Bucket=spec.name, Key="hồ sơ/1", Body=b"v1")
    store.s3.put_object(Bucket=spec.name, Key="hồ sơ/1", Body=b"v2")
    assert first["ServerSideEncryption"] == "AES256"
    old = store.s3.get_object(Bucket=spec.name, Key="hồ sơ/1", VersionId=first["VersionId"])
    assert old["Body"].read() == b"v1"
    for path in (f"{spec.name}?list-type=2", f"{spec.name}/h%E1%BB%93%20s%C6%A1/1", spec.name):
        assert store.anonymous_status(path) == 403
    assert store.adapter.quota(spec.name).bytes == 64 << 20
    assert {t["Key"]: t["Value"] for t in store.s3.get_bucket_tagging(Bucket=spec.name)["TagSet"]} == spec.tags


def test_creating_leaves_no_trace_of_its_own_trials(store: Store, spec: BucketSpec) -> None:
    bucket.create(store, spec)

    listed = store.s3.list_object_versions(Bucket=spec.name)
    assert "Versions" not in listed
    assert "DeleteMarkers" not in listed


def test_our_own_bucket_is_taken_up_again_with_its_data(store: Store, spec: BucketSpec) -> None:
    bucket.create(store, spec)
    store.s3.put_object(Bucket=spec.name, Key="kept", Body=b"1")

    assert bucket.create(store, spec) == spec
    assert store.s3.get_object(Bucket=spec.name, Key="kept")["Body"].read() == b"1"


def test_a_bucket_that_a_crash_left_bare_is_finished(store: Store, spec: BucketSpec) -> None:
    store.s3.create_bucket(Bucket=spec.name)

    assert bucket.create(store, spec) == spec


def test_a_bucket_with_another_owners_tags_is_left_alone(store: Store, spec: BucketSpec) -> None:
    other = replace(spec, tags={**spec.tags, "govcloud.gov.vn/tenant": "somebody-else"})
    bucket.create(store, other)

    with pytest.raises(CloudError) as refused:
        bucket.create(store, spec)

    assert codes(refused) == ["GC-STORE-005"]
    assert bucket.read(store, spec.name) == other


def test_a_bucket_that_somebody_filled_before_us_is_not_adopted(store: Store, spec: BucketSpec) -> None:
    store.s3.create_bucket(Bucket=spec.name)
    store.s3.put_object(Bucket=spec.name, Key="theirs", Body=b"1")

    with pytest.raises(CloudError) as refused:
        bucket.create(store, spec)

    assert codes(refused) == ["GC-STORE-005"]
    found = bucket.read(store, spec.name)
    assert found is not None
    assert not found.tags


def test_drift_is_read_and_repaired_without_touching_data(store: Store, spec: BucketSpec) -> None:
    bucket.create(store, spec)
    store.s3.put_object(Bucket=spec.name, Key="kept", Body=b"1")
    store.s3.put_bucket_versioning(Bucket=spec.name, VersioningConfiguration={"Status": "Suspended"})
    store.s3.delete_bucket_encryption(Bucket=spec.name)
    store.s3.put_bucket_tagging(Bucket=spec.name, Tagging={"TagSet": []})
    store.adapter.set_quota(spec.name, UNBOUNDED)

    drifted = bucket.read(store, spec.name, spec)
    assert drifted == BucketSpec(spec.name, versioning=False, encryption=False, quota_bytes=None, tags={})
    assert bucket.update(store, spec) == spec
    assert store.s3.get_object(Bucket=spec.name, Key="kept")["Body"].read() == b"1"
    assert [v["Key"] for v in store.s3.list_object_versions(Bucket=spec.name)["Versions"]] == ["kept"]


def test_a_bucket_opened_to_the_public_is_closed_again(store: Store, spec: BucketSpec) -> None:
    bucket.create(store, spec)
    store.s3.put_bucket_acl(Bucket=spec.name, ACL="public-read")
    assert store.anonymous_status(f"{spec.name}?list-type=2") == 200

    assert bucket.update(store, spec) == spec

    assert store.anonymous_status(f"{spec.name}?list-type=2") == 403


def test_a_bucket_that_stays_open_to_the_public_is_reported(store: Store, spec: BucketSpec) -> None:
    bucket.create(store, spec)
    assert isinstance(store.adapter, SeaweedFS)
    shell = store.adapter._shell
    shell.run("s3.anonymous.set", bucket=spec.name, access="Read,List")

    with pytest.raises(CloudError) as refused:
        bucket.update(store, replace(spec, quota_bytes=None))

    shell.run("s3.anonymous.set", bucket=spec.name, access="none")
    assert codes(refused) == ["GC-STORE-010"]


def test_a_quota_between_the_stores_units_reads_as_declared(store: Store, spec: BucketSpec) -> None:
    uneven = replace(spec, quota_bytes=(5 << 20) + 123)

    assert bucket.create(store, uneven) == uneven
    assert store.adapter.quota(spec.name).bytes == 5 << 20


def test_updating_a_bucket_that_is_gone_does_not_make_it(store: Store, spec: BucketSpec) -> None:
    with pytest.raises(CloudError) as refused:
        bucket.update(store, spec)

    assert codes(refused) == ["GC-STORE-011"]
    assert bucket.read(store, spec.name) is None


@pytest.mark.parametrize("left", ["object", "marker", "upload"])
def test_a_bucket_that_holds_anything_is_never_deleted(store: Store, spec: BucketSpec, left: str) -> None:
    bucket.create(store, spec)
    if left == "upload":
        store.s3.create_multipart_upload(Bucket=spec.name, Key="half")
    else:
        version = store.s3.put_object(Bucket=spec.name, Key="data", Body=b"1")["VersionId"]
    if left == "marker":
        # What SeaweedFS itself takes for an empty bucket, and would delete with the version below the marker.
        store.s3.delete_object(Bucket=spec.name, Key="data")

    with pytest.raises(CloudError) as refused:
        bucket.delete(store, spec.name)

    assert codes(refused) == ["GC-STORE-006"]
    assert bucket.read(store, spec.name, spec) == spec
    if left != "upload":
        kept = store.s3.get_object(Bucket=spec.name, Key="data", VersionId=version)
        assert kept["Body"].read() == b"1"


def test_deleting_an_empty_bucket_twice_is_fine(store: Store, spec: BucketSpec) -> None:
    bucket.create(store, spec)

    bucket.delete(store, spec.name)
    bucket.delete(store, spec.name)

    assert not store.exists(spec.name)


def test_a_full_bucket_refuses_more_once_the_store_enforces_quotas(store: Store, spec: BucketSpec) -> None:
    small = replace(spec, quota_bytes=1 << 20, versioning=False)
    bucket.create(store, small)
    store.s3.put_object(Bucket=spec.name, Key="first", Body=b"x" * (2 << 20))

    def refused() -> bool:
        store.adapter.enforce_quotas()
        try:
            store.s3.put_object(Bucket=spec.name, Key="second", Body=b"x")
        except ClientError:
            return True
        return False

    deadline = time.monotonic() + 60  # the store counts a bucket's size every few seconds
    while not refused():
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert store.s3.get_object(Bucket=spec.name, Key="first")["ContentLength"] == 2 << 20
