"""Backups between stores of different makers, and a source that does not stand still."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from port_bases import BACKUP_OTHER, BACKUP_SOURCE
from stores import juicefs, seaweedfs
from stores.running import RunningStore

from govcloud.backup import preparation
from govcloud.backup.entry import Found
from govcloud.backup.restoration import chosen, restore
from govcloud.backup.run import Source, back_up
from govcloud.backup.vault import Vault
from govcloud.backup.verification import verify
from govcloud.providers.storage.store import Store

pytestmark = pytest.mark.cloud

CONTENT = {
    "hồ sơ/số 1.txt": b"1",
    "hồ sơ/số 2": b"2",
    "empty": b"",
    "b.c": b"sorts before b/c where bytes count",
    "b/c": b"below",
    "B": b"large letter",
    "dấu + & % #.txt": b"signs",
    "large": bytes(range(256)) * 80_000,
}


@pytest.fixture(scope="module")
def weed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with (
        seaweedfs.running(tmp_path_factory.mktemp("weed"), BACKUP_SOURCE) as running,
        closing(running.store()) as store,
    ):
        yield store


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    with juicefs.running(tmp_path_factory.mktemp("gateway"), BACKUP_OTHER) as running:
        yield running


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return "t" + hashlib.sha256(request.node.name.encode()).hexdigest()[:12]


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def content(store: Store, bucket: str) -> dict[str, bytes]:
    pages: Any = store.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [row["Key"] for page in pages for row in page.get("Contents", ()) if not row["Key"].endswith("/")]
    return {key: store.s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


@pytest.mark.parametrize("way", ["to-minio", "from-minio"])
def test_a_bucket_goes_to_another_makers_store_and_back(
    weed: Store, gateway: RunningStore, name: str, way: str
) -> None:
    with closing(gateway.store()) as other:
        first, second = (weed, other) if way == "to-minio" else (other, weed)
        for store, bucket in ((first, name), (second, f"{name}-backup"), (first, f"{name}-back")):
            store.s3.create_bucket(Bucket=bucket)
        _, key = preparation.admit(second, name, "prod", f"{name}-backup")
        for one, body in CONTENT.items():
            first.s3.put_object(Bucket=name, Key=one, Body=body, ContentType="text/x-a", Metadata={"a": "b"})
        first.s3.put_object_tagging(Bucket=name, Key="B", Tagging={"TagSet": [{"Key": "loại", "Value": "hồ sơ"}]})
        with closing(second.client(key)) as own:
            vault = Vault(own, f"{name}-backup", "records")
            head = back_up(Source(first.s3, "first", name), vault, now=now())
            assert (head.counts.copied, head.counts.changed, head.counts.failed) == (len(CONTENT), 0, 0)
            again = back_up(Source(first.s3, "first", name), vault, now=now())
            assert (again.counts.copied, again.counts.gone) == (0, 0)
            first.s3.delete_object(Bucket=name, Key="empty")
            first.s3.put_object(Bucket=name, Key="B", Body=b"another")
            third = back_up(Source(first.s3, "first", name), vault, now=now())
            assert (third.counts.copied, third.counts.versions) == (1, len(CONTENT) - 1)
            assert third.counts.gone == 2
            assert verify(vault, third).problems == verify(vault, head).problems == []

            checked = restore(vault, (head,), None, first.s3, f"{name}-back")

        assert (checked.objects, checked.problems) == (len(CONTENT), [])
        assert content(first, f"{name}-back") == CONTENT
        told = first.s3.head_object(Bucket=f"{name}-back", Key="B")
        assert (told["ContentType"], told["Metadata"]) == ("text/x-a", {"a": "b"})
        tags = first.s3.get_object_tagging(Bucket=f"{name}-back", Key="B")["TagSet"]
        assert tags == [{"Key": "loại", "Value": "hồ sơ"}]


def before_reading(store: Store, act: Callable[[str], None]) -> Callable[[], None]:
    """Do something before each object of the source is read; return what ends that."""

    def handler(params: Any, **_: Any) -> None:
        act(params["url_path"])

    store.s3.meta.events.register("before-call.s3.GetObject", handler)
    return lambda: store.s3.meta.events.unregister("before-call.s3.GetObject", handler)


@pytest.mark.parametrize("fate", ["deleted", "overwritten"])
def test_what_happens_meanwhile_is_told(weed: Store, gateway: RunningStore, name: str, fate: str) -> None:
    for bucket in (name, f"{name}-back"):
        weed.s3.create_bucket(Bucket=bucket)
    weed.s3.put_object(Bucket=name, Key="still", Body=b"1")
    weed.s3.put_object(Bucket=name, Key="restless", Body=b"1")

    def act(path: str) -> None:
        if path.endswith("restless"):
            if fate == "deleted":
                other.delete_object(Bucket=name, Key="restless")
            else:
                other.put_object(Bucket=name, Key="restless", Body=b"22")

    with closing(gateway.store()) as second, closing(weed.client(weed.endpoint.key)) as other:  # type: ignore[arg-type]
        second.s3.create_bucket(Bucket=f"{name}-backup")
        vault = Vault(second.s3, f"{name}-backup", "records")
        undo = before_reading(weed, act)
        try:
            head = back_up(Source(weed.s3, "first", name), vault, now=now())
        finally:
            undo()
        assert (head.counts.vanished, head.counts.changed) == ((1, 0) if fate == "deleted" else (0, 1))
        assert head.complete and verify(vault, head).problems == []
        restore(vault, chosen(vault, None), None, weed.s3, f"{name}-back")
        kept = {"still": b"1"} if fate == "deleted" else {"still": b"1", "restless": b"22"}
        assert content(weed, f"{name}-back") == kept


def test_what_may_not_be_read_is_told_and_the_rest_is_backed_up(weed: Store, gateway: RunningStore, name: str) -> None:
    weed.s3.create_bucket(Bucket=name)
    for key in ("open", "closed"):
        weed.s3.put_object(Bucket=name, Key=key, Body=b"1")
    allowed = {"Effect": "Allow", "Action": ["s3:GetBucketVersioning"], "Resource": [f"arn:aws:s3:::{name}"]}
    policy = {**preparation.policy(name), "Statement": [*preparation.policy(name)["Statement"], allowed]}
    statement = {"Effect": "Deny", "Action": ["s3:GetObject"], "Resource": [f"arn:aws:s3:::{name}/closed"]}
    weed.adapter.open()
    created = preparation.admit(weed, name, "prod", name)
    weed.adapter.set_policy(created[0], {**policy, "Statement": [*policy["Statement"], statement]})
    heard: list[Found] = []
    with closing(gateway.store()) as second, closing(weed.client(created[1])) as reader:
        second.s3.create_bucket(Bucket=f"{name}-backup")
        vault = Vault(second.s3, f"{name}-backup", "records")
        head = back_up(Source(reader, "first", name), vault, now=now(), failed=lambda found, _: heard.append(found))
        assert [found.key for found in heard] == ["closed"]
        assert (head.counts.failed, head.counts.copied, head.complete) == (1, 1, False)
        weed.adapter.set_policy(created[0], policy)
        mended = back_up(Source(reader, "first", name), vault, now=now())
        assert (mended.counts.copied, mended.complete) == (1, True)


def test_a_second_store_that_refuses_ends_the_run(weed: Store, gateway: RunningStore, name: str) -> None:
    weed.s3.create_bucket(Bucket=name)
    for each in range(30):
        weed.s3.put_object(Bucket=name, Key=str(each), Body=b"1")
    with closing(gateway.store()) as second:
        vault = Vault(second.s3, f"{name}-absent", "records")
        with pytest.raises(Exception, match="NoSuchBucket"):
            back_up(Source(weed.s3, "first", name), vault, now=now())
