"""What buckets hold on a real store: found to the last entry, and destroyed to the last where the owner is removed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Literal

import pytest
from botocore.exceptions import ClientError

from govcloud.providers.storage import bucket, capabilities, content
from govcloud.providers.storage.bucket import BucketSpec
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError

pytestmark = pytest.mark.cloud

MANY = 1100
"""More than one page of a listing, and more than one request of a deletion."""


@pytest.fixture
def name(store: Store, unique: str, tags: dict[str, str]) -> str:
    return bucket.create(store, BucketSpec(f"vn-{unique}-prod-records", tags=tags)).name


def suspended(store: Store, name: str, status: Literal["Enabled", "Suspended"] = "Suspended") -> None:
    store.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})


def test_a_kept_version_behind_a_thousand_others_is_found_and_keeps_the_bucket(store: Store, name: str) -> None:
    for _ in range(11):
        store.s3.put_object(Bucket=name, Key="govcloud-canary", Body=b"x")
    store.s3.put_object(Bucket=name, Key="report", Body=b"must be kept")
    store.s3.delete_object(Bucket=name, Key="report")

    with pytest.raises(CloudError) as refused:
        bucket.delete(store, name)

    assert [problem.code for problem in refused.value.problems] == ["GC-STORE-006"]
    assert store.exists(name)


@pytest.mark.parametrize("key", ["govcloud-canary", ".govcloud-canary-0123456789abcdef", ".govcloud-audit/versions"])
def test_no_name_is_excused(store: Store, name: str, key: str) -> None:
    store.s3.put_object(Bucket=name, Key=key, Body=b"a tenant's data under this name")

    with pytest.raises(CloudError) as refused:
        bucket.delete(store, name)

    assert [problem.code for problem in refused.value.problems] == ["GC-STORE-006"]
    assert store.exists(name)


def test_an_upload_is_not_aborted_by_a_deletion(store: Store, name: str) -> None:
    upload = store.s3.create_multipart_upload(Bucket=name, Key="half")["UploadId"]

    with pytest.raises(CloudError, match="half"):
        bucket.delete(store, name)

    part = store.s3.upload_part(Bucket=name, Key="half", UploadId=upload, PartNumber=1, Body=b"1")
    assert part["ETag"]


def test_repairing_encryption_of_a_suspended_bucket_leaves_no_marker(store: Store, name: str) -> None:
    suspended(store, name)
    store.s3.delete_bucket_encryption(Bucket=name)
    found = bucket.read(store, name)
    assert found is not None

    bucket.update(store, BucketSpec(name, tags=found.tags))

    assert content.first(store.s3, name) is None


def test_everything_goes_from_the_bucket_of_a_removed_tenant(store: Store, name: str) -> None:
    s3 = store.s3
    for number in range(MANY):
        s3.put_object(Bucket=name, Key=f"record {number}", Body=b"1")
    s3.put_object(Bucket=name, Key="hồ sơ <&>/1", Body=b"1")
    s3.delete_object(Bucket=name, Key="record 0")
    for number in range(3):
        s3.create_multipart_upload(Bucket=name, Key=f"half {number}")
    suspended(store, name)
    s3.put_object(Bucket=name, Key="record 1", Body=b"null version")
    # The marker of a deletion while versioning is suspended, which this store keeps although it says that it is gone.
    s3.delete_object(Bucket=name, Key="record 2")
    s3.put_object(Bucket=name, Key="passing", Body=b"1")
    s3.delete_object(Bucket=name, Key="passing")
    suspended(store, name, "Enabled")
    assert len(list(content.versions(s3, name))) == MANY + 1 + 1 + 1 + 2
    assert len(list(content.uploads(s3, name))) == 3

    assert content.remove_all(s3, name) == MANY + 5 + 3

    assert content.first(s3, name) is None
    bucket.delete(store, name)
    assert not store.exists(name)


def test_what_a_retention_keeps_is_named_and_not_waited_for(store: Store, unique: str) -> None:
    name = f"vn-{unique}-prod-locked"
    store.s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    kept = store.s3.put_object(Bucket=name, Key="kept", Body=b"1")

    def hold(status: Literal["ON", "OFF"]) -> None:
        store.s3.put_object_legal_hold(
            Bucket=name, Key="kept", VersionId=kept["VersionId"], LegalHold={"Status": status}
        )

    hold("ON")

    with pytest.raises(CloudError, match="kept") as refused:
        content.remove_all(store.s3, name)

    assert [problem.code for problem in refused.value.problems] == ["GC-STORE-025"]
    hold("OFF")
    assert content.remove_all(store.s3, name) == 1


KILLED = """
import os, signal
from govcloud.providers.storage import capabilities, endpoint
from govcloud.providers.storage.endpoint import Endpoint
def killed(trial, bench):
    print(bench.bucket, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
capabilities.ended = killed
capabilities.probe(endpoint.client(Endpoint.from_config({}, os.environ)))
"""


@pytest.fixture
def forgotten(store: Store) -> Iterator[None]:
    """A store that remembers no answers, so that the next run asks again."""
    try:
        store.s3.delete_object(Bucket=capabilities.CATALOGUE_BUCKET, Key="capabilities.json")
    except ClientError:
        store.s3.create_bucket(Bucket=capabilities.CATALOGUE_BUCKET)
    yield


def test_what_a_killed_probe_left_is_removed_by_the_next_run(
    store: Store, store_environment: Mapping[str, str], forgotten: None
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILLED],
        env={**os.environ, **store_environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == -signal.SIGKILL, run.stderr
    left = run.stdout.strip()
    assert store.exists(left)

    capabilities.known_or_probed(store.s3)

    assert not store.exists(left)
