"""Settings of a bucket on every server: kept as declared, or refused before anything is made; which, a table says."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from govcloud.providers.storage import bucket, content
from govcloud.providers.storage.bucket_spec import BucketSpec, settings_said
from govcloud.providers.storage.endpoint import error_code
from govcloud.providers.storage.settings import AT_CREATION_ONLY, DECLARABLE, OBJECT_LOCK
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError

pytestmark = pytest.mark.cloud

REFUSES: Mapping[str, frozenset[str]] = {
    "juicefs": frozenset({"accessLog", "cors", "lifecycle", "objectLock", "ownership", "publicAccessBlock"}),
    "radosgw": frozenset({"accessLog", "ownership"}),
    "seaweedfs": frozenset({"accessLog", "ownership", "publicAccessBlock"}),
}
"""What each server cannot do, by the name of the server: the plugin must find out, and refuse it."""
DECLARED: Mapping[str, tuple[Any, Any]] = {
    "ownership": ("BucketOwnerPreferred", "ObjectWriter"),
    "publicAccessBlock": (True, True),
    "cors": (
        [{"origins": ["https://h41.gov.vn"], "methods": ["PUT", "GET"], "headers": ["*"], "maxAgeSeconds": 600}],
        [{"origins": ["https://*.h41.gov.vn"], "methods": ["HEAD"]}],
    ),
    "lifecycle": (
        [{"id": "old", "noncurrentDays": 90}, {"id": "half", "prefix": "in/", "abortUploadsDays": 7, "expireDays": 30}],
        [{"id": "old", "noncurrentDays": 91}],
    ),
    "accessLog": ({"bucket": "", "prefix": "records/"}, {"bucket": "", "prefix": "other/"}),
    "objectLock": ({"mode": "GOVERNANCE", "days": 1}, {"mode": "GOVERNANCE", "days": 2}),
}
"""A value of each setting, and another one; the bucket of a log is the one beside."""


@pytest.fixture
def refused(request: pytest.FixtureRequest) -> frozenset[str]:
    """The settings that this server cannot do."""
    return REFUSES[request.node.callspec.params["server"]]


@pytest.fixture
def spec(store: Store) -> Iterator[BucketSpec]:
    """A bucket with all that this server can do of what a bucket has by default."""
    able = store.capabilities
    name = f"vn-t{secrets.token_hex(4)}-prod-records"
    yield BucketSpec(
        name,
        versioning=able.works("versioning"),
        encryption=able.works("encryption"),
        tags={"govcloud.gov.vn/tenant": name},
    )
    if store.exists(name):
        for version in content.versions(store.s3, name):
            store.s3.delete_object(Bucket=name, Key=version.key, VersionId=version.id, BypassGovernanceRetention=True)
        bucket.delete(store, name)


@pytest.fixture
def beside(store: Store, spec: BucketSpec) -> Iterator[str]:
    """A bucket that takes logs."""
    name = f"{spec.name}-log"
    store.s3.create_bucket(Bucket=name)
    yield name
    bucket.delete(store, name)


def said(setting: str, value: Any, beside: str) -> dict[str, Any]:
    found, wrong = settings_said({setting: value | {"bucket": beside} if setting == "accessLog" else value})
    assert not wrong
    return found


def refusal(call: Any, **arguments: Any) -> str:
    try:
        call(**arguments)
    except ClientError as error:
        return error_code(error)
    return ""


def test_every_setting_is_tried() -> None:
    assert DECLARED.keys() == set(DECLARABLE)


@pytest.mark.parametrize("setting", DECLARED)
def test_a_setting_is_kept_changed_and_taken_away_or_refused_before_anything_is_made(
    store: Store, spec: BucketSpec, beside: str, refused: frozenset[str], setting: str
) -> None:
    first, other = (replace(spec, settings=said(setting, value, beside)) for value in DECLARED[setting])
    if setting in refused:
        with pytest.raises(CloudError) as raised:
            bucket.create(store, first)
        assert [problem.code for problem in raised.value.problems] == ["GC-STORE-009"]
        assert not store.exists(spec.name)
        return

    assert bucket.create(store, first) == first
    assert bucket.read(store, spec.name, first) == first
    assert bucket.update(store, other) == other
    assert bucket.read(store, spec.name, other) == other
    if setting != OBJECT_LOCK.name:
        assert bucket.update(store, spec, before=[setting]) == spec
    assert store.exists(spec.name)


def test_all_settings_together(store: Store, spec: BucketSpec, beside: str, refused: frozenset[str]) -> None:
    every: dict[str, Any] = {}
    for setting in DECLARED.keys() - refused:
        every |= said(setting, DECLARED[setting][0], beside)
    wanted = replace(spec, settings=every)

    assert bucket.create(store, wanted) == wanted
    assert bucket.create(store, wanted) == wanted
    assert content.first(store.s3, spec.name) is None


@pytest.mark.parametrize("setting", ["cors", "lifecycle"])
def test_rules_of_somebody_else_are_drift_and_go(
    store: Store, spec: BucketSpec, beside: str, refused: frozenset[str], setting: str
) -> None:
    if setting in refused:
        pytest.skip("this server has no such rules")
    first, other = (replace(spec, settings=said(setting, value, beside)) for value in DECLARED[setting])
    bucket.create(store, spec)
    bucket.update(store, other)

    undeclared = bucket.read(store, spec.name, spec)
    changed = bucket.read(store, spec.name, first)

    assert undeclared is not None
    assert changed is not None
    assert [row[:2] for row in bucket.differing(spec, undeclared)] == [(setting, "absent")]
    assert [row[0] for row in bucket.differing(first, changed)] == [setting]
    assert bucket.update(store, first) == first
    assert bucket.update(store, spec) == spec


def test_what_is_locked_stays_whoever_deletes_it(store: Store, spec: BucketSpec, refused: frozenset[str]) -> None:
    if OBJECT_LOCK.name in refused:
        pytest.skip("this server locks nothing")
    bucket.create(store, replace(spec, settings=said(OBJECT_LOCK.name, DECLARED["objectLock"][0], "")))
    version = store.s3.put_object(Bucket=spec.name, Key="record", Body=b"1")["VersionId"]

    assert refusal(store.s3.delete_object, Bucket=spec.name, Key="record", VersionId=version) == "AccessDenied"
    held = [found for found in content.versions(store.s3, spec.name) if not found.marker]
    assert content.remove(store.s3, spec.name, held) == 0
    with pytest.raises(CloudError) as raised:
        bucket.delete(store, spec.name)
    assert [problem.code for problem in raised.value.problems] == ["GC-STORE-006"]
    got = store.s3.get_object(Bucket=spec.name, Key="record", VersionId=version)
    assert got["Body"].read() == b"1"
    assert got["ObjectLockMode"] == "GOVERNANCE"


def test_which_servers_lock_a_bucket_that_exists(store: Store, spec: BucketSpec, refused: frozenset[str]) -> None:
    if OBJECT_LOCK.name in refused:
        pytest.skip("this server locks nothing")
    bucket.create(store, spec)
    locked = replace(spec, settings=said(OBJECT_LOCK.name, DECLARED["objectLock"][0], ""))

    if store.adapter.name in AT_CREATION_ONLY:
        with pytest.raises(CloudError):
            bucket.update(store, locked)
    else:
        assert bucket.update(store, locked) == locked
