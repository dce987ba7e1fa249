"""What was changed in the store, or in the Secret with its keys, is found by drift, and repaired by up or named."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from embedded_cloud import Cloud

from govcloud.providers.storage.adapters import UNBOUNDED
from govcloud.providers.storage.adapters.seaweedfs import SeaweedFS
from govcloud.providers.storage.endpoint import Endpoint
from govcloud.providers.storage.store import Store

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import TagTypeDef

pytestmark = pytest.mark.node

STACK, BUCKET, HOLDER = "tenant.h41", "vn-h41-prod-records", "h41-prod"
NAMESPACE, SECRET = "h41-prod-srv", "object-store"


@pytest.fixture
def store(country: Cloud) -> Iterator[Store]:
    """The store as its administrator reaches it."""
    opened = Store(Endpoint.from_config({}, country.environment), country.environment)
    yield opened
    opened.close()


def drift(cloud: Cloud, stack: str = STACK) -> list[str]:
    """Return the differences that drift tells of, line by line."""
    done = cloud.govcloud("drift", stack, check=False)
    lines = [line.removeprefix(f"{stack}: ") for line in done.stdout.splitlines() if line.startswith(f"{stack}: ")]
    assert done.returncode == (1 if lines else 0), done.stdout + done.stderr
    return lines


def content(cloud: Cloud) -> dict[str, str]:
    """Return what is in the delivered Secret."""
    found = json.loads(cloud.run("kubectl", "get", "secret", "-n", NAMESPACE, SECRET, "-o", "json").stdout)
    return {key: base64.b64decode(value).decode() for key, value in found["data"].items()}


def works(store: Store, cloud: Cloud) -> bool:
    """Return whether the delivered pair opens the tenant's bucket."""
    from govcloud.providers.storage.endpoint import AccessKey

    held = content(cloud)
    s3 = store.client(AccessKey(held["AWS_ACCESS_KEY_ID"], held["AWS_SECRET_ACCESS_KEY"]))
    try:
        return s3.list_objects_v2(Bucket=BUCKET, MaxKeys=1)["ResponseMetadata"]["HTTPStatusCode"] == 200
    finally:
        s3.close()


def test_all_that_up_can_repair_is_found_and_taken_back(country: Cloud, store: Store) -> None:
    s3, adapter = store.s3, store.adapter
    everybody = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{BUCKET}/inbox/*"],
    }
    ending: Any = {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}}
    ending["NoncurrentVersionExpiration"] = {"NoncurrentDays": 1}
    rules: Any = {"Rules": [ending]}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration=rules)
    s3.delete_bucket_encryption(Bucket=BUCKET)
    adapter.set_quota(BUCKET, UNBOUNDED)
    assert isinstance(adapter, SeaweedFS)
    adapter._shell.run("s3.accesskey.create", user=HOLDER, access_key="GCPLANTED", secret_key="p" * 40)

    found = drift(country)

    assert [line.partition(":")[0] for line in found] == [
        f"bucket/{BUCKET} encryption",
        f"bucket/{BUCKET} lifecycle",
        f"bucket/{BUCKET} policy",
        f"bucket/{BUCKET} quotaBytes",
        f"identity/{HOLDER} keys",
    ]
    country.govcloud("up", STACK)
    assert drift(country) == []
    assert works(store, country)


def test_a_changed_secret_is_found_and_put_right_without_a_word_of_its_content(country: Cloud, store: Store) -> None:
    before = content(country)
    values = {
        "AWS_ACCESS_KEY_ID": "GCSOMEBODY",
        "LD_PRELOAD": "/tmp/planted.so",
        "ca.crt": "-----BEGIN CERTIFICATE-----",
    }
    country.run("kubectl", "patch", "secret", "-n", NAMESPACE, SECRET, "-p", json.dumps({"stringData": values}))

    found = drift(country)

    where = f"{NAMESPACE}/Secret/{SECRET} data."
    assert found == [
        f"{where}AWS_ACCESS_KEY_ID: declared as delivered, live another value",
        f"{where}LD_PRELOAD: declared absent, live another value",
        f"{where}ca.crt: declared as delivered, live another value",
    ]
    country.govcloud("up", STACK)
    assert drift(country) == []
    assert content(country) == before
    assert works(store, country)


def test_a_changed_secret_half_of_the_key_is_found_by_its_use(country: Cloud, store: Store) -> None:
    patch = json.dumps({"stringData": {"AWS_SECRET_ACCESS_KEY": "x" * 40}})
    country.run("kubectl", "patch", "secret", "-n", NAMESPACE, SECRET, "-p", patch)

    where = f"{NAMESPACE}/Secret/{SECRET} data.AWS_SECRET_ACCESS_KEY"
    assert drift(country) == [f"{where}: declared as delivered, live another value"]

    country.govcloud("up", STACK)
    assert works(store, country)


def test_a_deleted_secret_is_found_and_delivered_again(country: Cloud, store: Store) -> None:
    country.run("kubectl", "delete", "secret", "-n", NAMESPACE, SECRET)

    assert drift(country) == [f"{NAMESPACE}/Secret/{SECRET} is missing"]

    country.govcloud("up", STACK)
    assert drift(country) == []
    assert works(store, country)


def test_what_needs_a_person_is_named_by_drift_and_by_up(country: Cloud, store: Store) -> None:
    extra = f"{BUCKET}-copy"
    store.s3.create_bucket(Bucket=extra)
    assert isinstance(store.adapter, SeaweedFS)
    store.adapter._shell.run("s3.user.provision", name="planted", bucket=BUCKET, role="readonly")
    try:
        found = drift(country)
        up = country.govcloud("up", STACK, check=False)
    finally:
        store.adapter.delete_identity("planted")
        store.s3.delete_bucket(Bucket=extra)

    assert found == [
        f"bucket/{BUCKET} readers: declared {HOLDER}, live planted (needs a person)",
        f"bucket/{extra} is undeclared (needs a person)",
    ]
    assert up.returncode == 4
    assert "needs a person" in up.stdout
    assert drift(country) == []


def test_a_bucket_of_nobody_is_named_with_the_cluster_and_left(country: Cloud, store: Store) -> None:
    stack = "cluster.cgc-hn1"
    ours: TagTypeDef = {"Key": "govcloud.gov.vn/tenant", "Value": "h99"}
    strange, tagged = "vn-h99-prod-records", "planted-copy"
    for name in (strange, tagged):
        store.s3.create_bucket(Bucket=name)
    store.s3.put_bucket_tagging(Bucket=tagged, Tagging={"TagSet": [ours]})
    try:
        found = drift(country, stack)
        up = country.govcloud("up", stack, check=False)
        assert all(store.exists(name) for name in (strange, tagged))
        assert drift(country) == []
    finally:
        for name in (strange, tagged):
            store.s3.delete_bucket(Bucket=name)

    assert found == [
        f"bucket/{tagged} is undeclared: govcloud.gov.vn/tenant=h99 (needs a person)",
        f"bucket/{strange} is undeclared (needs a person)",
    ]
    assert up.returncode == 4
    assert f"bucket/{strange} is undeclared" in up.stdout
    assert drift(country, stack) == []
