"""Buckets that move between servers of different makers while a tenant writes: nothing that was accepted is lost."""

from __future__ import annotations

import datetime
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from port_bases import BACKUP_SOURCE, BACKUP_TARGET, RADOSGW
from stores import radosgw, seaweedfs
from stores.running import RunningStore

from govcloud.migration import freezing
from govcloud.migration.comparison import compare
from govcloud.migration.copying import copy
from govcloud.migration.histories import histories
from govcloud.migration.switch import hand_over
from govcloud.migration.way import Way, prepare
from govcloud.providers.storage import bucket, identity
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.providers.storage.identity import IdentitySpec
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.view import look
from govcloud.render import storage
from govcloud_base.errors import CloudError, EnvironmentProblem

pytestmark = pytest.mark.cloud

OWN = {"govcloud.gov.vn/managed-by": "govcloud"}
COMING = {"govcloud.gov.vn/moves-from": "cgc-hn1"}
BIG = bytes(range(256)) * 40_000
"""More than one part of an upload."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with (
        seaweedfs.running(tmp_path_factory.mktemp("source"), BACKUP_SOURCE) as running,
        closing(running.store()) as store,
    ):
        yield store


@pytest.fixture(scope="module", params=["seaweedfs", "radosgw"])
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    folder = tmp_path_factory.mktemp("target")
    if request.param == "seaweedfs":
        with seaweedfs.running(folder, BACKUP_TARGET) as running:
            yield running
        return
    try:
        with radosgw.running(folder, RADOSGW) as running:
            yield running
    except EnvironmentProblem as error:
        pytest.skip(f"Ceph RGW is not at hand, because {error}")


@pytest.fixture
def target(other: RunningStore) -> Iterator[Store]:
    with closing(other.store()) as store:
        yield store


@dataclass
class Agency:
    """A tenant with a bucket at the source, and a key of its own."""

    name: str
    source: Store
    key: AccessKey
    lock: Mapping[str, Any] = field(default_factory=dict)

    @property
    def bucket(self) -> str:
        return f"vn-{self.name}-prod-records"

    @property
    def identity(self) -> str:
        return f"{self.name}-prod"

    def spec(self, store: Store) -> BucketSpec:
        tags = {**OWN, "govcloud.gov.vn/tenant": self.name}
        encrypted = store.capabilities.works("encryption")
        return BucketSpec(self.bucket, encryption=encrypted, tags=tags, settings=dict(self.lock))

    def way(self, target: Store) -> Way:
        spec = self.spec(target)
        spec = replace(spec, tags={**spec.tags, **COMING})
        return prepare(self.source, target, [self.identity], "prod", "records", spec)

    def freeze(self, *, read_only: bool = True) -> None:
        self.source.adapter.open()
        self.source.adapter.set_policy(self.identity, storage.policy([self.bucket], read_only=read_only))

    def writers(self, way: Way) -> list[str]:
        keys = {self.identity: self.key}
        return [problem.code for problem in freezing.writers(way, look(self.source), list(keys), keys.get)]


def settled(store: Store, name: str, target: str) -> AccessKey:
    """Make the tenant's identity in a store; return its key."""
    document = json.dumps(storage.policy([target]))
    return identity.create(store, IdentitySpec(name, document, (target,))).key


@pytest.fixture
def agency(source: Store) -> Agency:
    name = f"m{secrets.token_hex(4)}"
    made = Agency(name, source, AccessKey("", ""))
    bucket.create(source, made.spec(source))
    made.key = settled(source, made.identity, made.bucket)
    return made


def held(store: Store, name: str) -> dict[str, list[tuple[str, ...]]]:
    """Return what a bucket holds: of each key the digests of its versions, the oldest first."""
    found = {}
    for history in histories(store.s3, name, versioned=True):
        rows: list[tuple[str, ...]] = []
        for each in history:
            if each.marker:
                rows.append(("gone",))
                continue
            told = store.s3.get_object(Bucket=name, Key=each.key, VersionId=each.version)
            tags = store.s3.get_object_tagging(Bucket=name, Key=each.key, VersionId=each.version)["TagSet"]
            digest = hashlib.sha256(told["Body"].read()).hexdigest()
            rows.append((digest, told["ContentType"], json.dumps([told["Metadata"], tags], ensure_ascii=False)))
        found[history[0].key] = rows
    return found


def fill(agency: Agency) -> None:
    with closing(agency.source.client(agency.key)) as own:
        for number in range(4):
            own.put_object(Bucket=agency.bucket, Key="hồ sơ/số 1", Body=f"lần {number}".encode())
        own.put_object(Bucket=agency.bucket, Key="gone", Body=b"1")
        own.delete_object(Bucket=agency.bucket, Key="gone")
        own.put_object(Bucket=agency.bucket, Key="back", Body=b"1")
        own.delete_object(Bucket=agency.bucket, Key="back")
        own.put_object(Bucket=agency.bucket, Key="back", Body=b"2")
        own.put_object(Bucket=agency.bucket, Key="big", Body=BIG)
        own.put_object(Bucket=agency.bucket, Key="empty", Body=b"")
        own.put_object(Bucket=agency.bucket, Key="a", Body=b"above")
        own.put_object(Bucket=agency.bucket, Key="a/b + & %.txt", Body=b"below")
        own.put_object(
            Bucket=agency.bucket,
            Key="told",
            Body=b"x",
            ContentType="text/csv",
            Metadata={"nguon": "H41"},
            Tagging="lo%E1%BA%A1i=h%E1%BB%93%20s%C6%A1",
        )


class Writer:
    """Writes all the time, and knows what the store said yes to."""

    def __init__(self, agency: Agency) -> None:
        self.accepted: dict[str, list[bytes]] = {}
        self.refused: list[str] = []
        self._agency = agency
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(2)]

    def __enter__(self) -> Writer:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait(self, writes: int) -> None:
        end = sum(map(len, self.accepted.values())) + writes
        while sum(map(len, list(self.accepted.values()))) < end:
            self._stop.wait(0.01)

    def _write(self, lane: int) -> None:
        with closing(self._agency.source.client(self._agency.key)) as own:
            number = 0
            while not self._stop.is_set():
                number += 1
                key, body = f"lane {lane}/{number % 7}", f"{lane} {number}".encode()
                try:
                    own.put_object(Bucket=self._agency.bucket, Key=key, Body=body)
                except ClientError as error:
                    self.refused.append(str(error.response["Error"]["Code"]))
                    self._stop.wait(0.02)
                else:
                    self.accepted.setdefault(key, []).append(body)


def test_no_accepted_write_is_lost_and_the_tenant_is_at_home(agency: Agency, target: Store) -> None:
    fill(agency)
    way = agency.way(target)
    assert (way.versioned, way.keeps) == (True, True)
    first = copy(way)
    assert (first.versions, first.markers, first.failed) == (12, 2, 0)
    again = copy(way)
    assert (again.done, again.kept) == (0, 14)
    with Writer(agency) as writer:
        writer.wait(20)
        assert copy(way).versions > 0
        assert set(agency.writers(way)) == {"GC-MOVE-008"}
        agency.freeze()
        while not writer.refused:
            threading.Event().wait(0.05)
        assert agency.writers(way) == []
        handed = hand_over(way)
    assert handed.whole and not handed.mended, (handed.compared.differing, handed.copied)
    assert set(writer.refused) == {"AccessDenied"}

    there = held(target, agency.bucket)
    assert there == held(agency.source, agency.bucket)
    for key, bodies in writer.accepted.items():
        assert [row[0] for row in there[key]] == [hashlib.sha256(body).hexdigest() for body in bodies]

    own = settled(target, agency.identity, agency.bucket)
    with closing(target.client(own)) as s3:
        assert s3.get_object(Bucket=agency.bucket, Key="hồ sơ/số 1")["Body"].read() == "lần 3".encode()
        s3.put_object(Bucket=agency.bucket, Key="hồ sơ/số 1", Body=b"mine")
        assert s3.get_object(Bucket=agency.bucket, Key="hồ sơ/số 1")["Body"].read() == b"mine"
        s3.delete_object(Bucket=agency.bucket, Key="big")
        assert s3.get_object_tagging(Bucket=agency.bucket, Key="told")["TagSet"] == [{"Key": "loại", "Value": "hồ sơ"}]
    with pytest.raises(CloudError) as error:
        agency.way(target)
    assert [problem.code for problem in error.value.problems] == ["GC-MOVE-006"]


def test_what_differs_at_the_target_is_found_and_mended(agency: Agency, target: Store) -> None:
    fill(agency)
    way = agency.way(target)
    copy(way)
    target.s3.delete_object(Bucket=agency.bucket, Key="empty", VersionId=_latest(target, agency.bucket, "empty"))
    spoilt = _latest(target, agency.bucket, "told")
    target.s3.delete_object(Bucket=agency.bucket, Key="told", VersionId=spoilt)
    target.s3.put_object(Bucket=agency.bucket, Key="told", Body=b"y", ContentType="text/csv", Metadata={"nguon": "H41"})
    target.s3.put_object(Bucket=agency.bucket, Key="strange", Body=b"nobody's")

    found = {one.key: one.what for one in compare(way).differing}

    assert found == {"empty": "absent", "told": "sha256, tags", "strange": "not at the source"}
    agency.freeze()
    handed = hand_over(way)
    assert handed.whole, [(one.key, one.what) for one in handed.compared.differing]
    assert [one.key for one in handed.mended] == ["told"]
    assert held(target, agency.bucket) == held(agency.source, agency.bucket)


@pytest.mark.parametrize("always", [False, True])
def test_what_still_arrives_is_not_left_behind(agency: Agency, target: Store, always: bool) -> None:
    """An upload that was accepted before the writing was stopped ends when it ends."""
    fill(agency)
    way = agency.way(target)
    arrived: list[str] = []

    def told(number: int, size: int) -> None:
        if always or not arrived:
            arrived.append(f"late {len(arrived)}")
            agency.source.s3.put_object(Bucket=agency.bucket, Key=arrived[-1], Body=b"1")

    handed = hand_over(way, told=told)

    assert handed.whole is handed.still is not always
    if not always:
        assert held(target, agency.bucket) == held(agency.source, agency.bucket)
        assert arrived[0] in held(target, agency.bucket)


def _latest(store: Store, name: str, key: str) -> str:
    return store.s3.head_object(Bucket=name, Key=key)["VersionId"]


def test_a_bucket_that_is_not_of_the_move_is_left_alone(agency: Agency, target: Store) -> None:
    bucket.create(target, agency.spec(target))
    target.s3.put_object(Bucket=agency.bucket, Key="theirs", Body=b"1")
    with pytest.raises(CloudError) as error:
        agency.way(target)
    assert [problem.code for problem in error.value.problems] == ["GC-STORE-005"]
    assert list(held(target, agency.bucket)) == ["theirs"]


def test_what_is_locked_stays_locked(source: Store, target: Store) -> None:
    if not (source.capabilities.works("object-lock") and target.capabilities.works("object-lock")):
        pytest.skip("no object lock here")
    made = Agency(
        f"m{secrets.token_hex(4)}", source, AccessKey("", ""), {"objectLock": {"Mode": "GOVERNANCE", "Days": 1}}
    )
    bucket.create(source, made.spec(source))
    until = datetime.datetime.now(datetime.UTC).replace(microsecond=0) + datetime.timedelta(days=3)
    source.s3.put_object(
        Bucket=made.bucket, Key="kept", Body=b"1", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until
    )
    way = made.way(target)
    handed = hand_over(way)
    assert handed.whole, handed.compared.differing
    told = target.s3.head_object(Bucket=made.bucket, Key="kept")
    assert told["ObjectLockRetainUntilDate"] == until
    for store in (source, target):
        _freed(store, made.bucket)


def _freed(store: Store, name: str) -> None:
    for history in histories(store.s3, name, versioned=True):
        for each in history:
            store.s3.delete_object(Bucket=name, Key=each.key, VersionId=each.version, BypassGovernanceRetention=True)
