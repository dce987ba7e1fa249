"""Buckets without versions move between servers of different makers, and where versions would be lost it is said."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from port_bases import BACKUP_OTHER, BACKUP_SOURCE
from stores import juicefs, seaweedfs

from govcloud.migration.comparison import compare
from govcloud.migration.copying import copy
from govcloud.migration.switch import hand_over
from govcloud.migration.way import Way, prepare
from govcloud.providers.storage import bucket
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.store import Store

pytestmark = pytest.mark.cloud

OWN = {"govcloud.gov.vn/managed-by": "govcloud"}
CONTENT = {"hồ sơ/số 1": b"1", "b.c": b"2", "b/c": b"3", "B": b"4", "empty": b"", "+ & %": bytes(range(256)) * 40_000}


@pytest.fixture(scope="module")
def weed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with (
        seaweedfs.running(tmp_path_factory.mktemp("weed"), BACKUP_SOURCE) as running,
        closing(running.store()) as store,
    ):
        yield store


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with (
        juicefs.running(tmp_path_factory.mktemp("gateway"), BACKUP_OTHER) as running,
        closing(running.store()) as store,
    ):
        yield store


def ways(source: Store, target: Store, *, versioning: bool = False) -> Way:
    """Make a bucket at the source, and return its way to the target, where it keeps no versions."""
    name = f"vn-u{secrets.token_hex(4)}-prod-records"
    bucket.create(source, BucketSpec(name, versioning=versioning, encryption=False, tags=OWN))
    coming = BucketSpec(name, versioning=False, encryption=False, tags={**OWN, "govcloud.gov.vn/moves-from": "hn1"})
    return prepare(source, target, [], "prod", "records", coming)


def content(store: Store, name: str) -> dict[str, bytes]:
    pages: Any = store.s3.get_paginator("list_objects_v2").paginate(Bucket=name)
    keys = [row["Key"] for page in pages for row in page.get("Contents", ()) if not row["Key"].endswith("/")]
    return {key: store.s3.get_object(Bucket=name, Key=key)["Body"].read() for key in keys}


@pytest.mark.parametrize("to", ["minio", "seaweedfs"])
def test_a_bucket_without_versions_follows_what_its_tenant_does(weed: Store, gateway: Store, to: str) -> None:
    way = ways(weed, gateway) if to == "minio" else ways(gateway, weed)
    for key, body in CONTENT.items():
        way.source.s3.put_object(Bucket=way.bucket, Key=key, Body=body, ContentType="text/x-a", Metadata={"a": "b"})
    assert (copy(way).versions, copy(way).done) == (len(CONTENT), 0)

    way.source.s3.put_object(Bucket=way.bucket, Key="B", Body=b"of another size")
    way.source.s3.put_object(Bucket=way.bucket, Key="b.c", Body=b"9", ContentType="text/x-a", Metadata={"a": "b"})
    way.source.s3.delete_object(Bucket=way.bucket, Key="empty")
    handed = hand_over(way)

    assert handed.whole, handed.compared.differing
    assert content(way.target, way.bucket) == content(way.source, way.bucket)
    assert content(way.target, way.bucket)["b.c"] == b"9"
    told = way.target.s3.head_object(Bucket=way.bucket, Key="b/c")
    assert (told["ContentType"], told["Metadata"]) == ("text/x-a", {"a": "b"})
    assert compare(way).differing == []


def test_older_versions_are_not_lost_in_silence(weed: Store, gateway: Store) -> None:
    way = ways(weed, gateway, versioning=True)
    way.source.s3.put_object(Bucket=way.bucket, Key="once", Body=b"1")
    for body in (b"1", b"2"):
        way.source.s3.put_object(Bucket=way.bucket, Key="twice", Body=body)
    heard: list[tuple[str, BaseException | None]] = []
    copied = copy(way, failed=lambda key, error: heard.append((key, error)))
    assert (copied.versions, copied.failed, heard) == (1, 1, [("twice", None)])
    assert not hand_over(way).whole
