"""The end of a tenant's data: nothing is deleted before all of it was seen, and then all of it is."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from govcloud import country as countries
from govcloud.clouds.connection import Connection
from govcloud.country import Country
from govcloud.fleet import offboarding
from govcloud.fleet.erasure import Erasure, looked_again, looked_elsewhere
from govcloud.model import names
from govcloud.model.tenant import Storage
from govcloud.providers.storage.store import Store
from govcloud.render import tenant as render_tenant
from govcloud_base.errors import CloudError, Problem, Text

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def leaving() -> Country:
    """Return the reference country with a tenant that is declared as removed."""
    found = countries.load(ROOT / "stacks" / "vn").on(datetime.date(2026, 11, 30))
    tenant = found.tenants["h41"]
    gone = tenant.spec.lifecycle.model_copy(update={"state": "removed"})
    changed = tenant.model_copy(update={"spec": tenant.spec.model_copy(update={"lifecycle": gone})})
    return dataclasses.replace(found, tenants={**found.tenants, "h41": changed})


class Closed:
    """A client that cannot list one bucket to its end."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket
        self.deleted = 0

    def __getattr__(self, name: str) -> Any:
        if name in ("delete_objects", "delete_object", "abort_multipart_upload"):
            self.deleted += 1
        return getattr(self._s3, name)

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda Bucket: self._pages(operation, Bucket))  # noqa: N803 - boto3's name

    def _pages(self, operation: str, bucket: str) -> Any:
        yield from self._s3.get_paginator(operation).paginate(Bucket=bucket)
        if bucket == self._bucket:
            raise ClientError({"Error": {"Code": "InternalError", "Message": "a page is lost"}}, "ListObjectVersions")


def connection(store: Store, country: Country) -> Connection:
    """Return what off-boarding asks of a connection."""
    view = SimpleNamespace(buckets=())
    return cast("Connection", SimpleNamespace(store=store, stored=lambda: view, cloud=country.clouds["cgc-hn1"]))


def filled(s3: Any, country: Country) -> list[str]:
    """Make the tenant's buckets, each with something in it; return their names."""
    names = [bucket.name for bucket in render_tenant(country, "h41").buckets]
    for name in names:
        s3.create_bucket(Bucket=name)
        s3.buckets[name].objects = {"record": b"1"}
    return names


def test_where_one_bucket_cannot_be_seen_whole_none_is_touched(
    store: Store, s3: Any, leaving: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = filled(s3, leaving)
    assert len(names) > 1
    closed = Closed(s3, names[-1])
    monkeypatch.setattr(Store, "s3", property(lambda self: closed))
    with pytest.raises(CloudError):
        offboarding.empty_buckets(leaving, "h41", connection(store, leaving), lambda text: None)
    assert closed.deleted == 0
    assert all(s3.buckets[name].objects for name in names)


def test_what_was_seen_is_deleted_and_told_of(store: Store, s3: Any, leaving: Country) -> None:
    names = filled(s3, leaving)
    said: list[Text] = []
    offboarding.empty_buckets(leaving, "h41", connection(store, leaving), said.append)
    assert not any(s3.buckets[name].objects for name in names)
    assert [text.en for text in said] == [f"{name}: 1 versions and uploads deleted" for name in names]


def test_what_was_there_is_told_before_anything_is_deleted(store: Store, s3: Any, leaving: Country) -> None:
    names = filled(s3, leaving)
    seen: list[tuple[int, bool]] = []

    def counted(erasure: Erasure) -> None:
        seen.append((sum(bucket.held for bucket in erasure.buckets), all(s3.buckets[name].objects for name in names)))

    offboarding.empty_buckets(leaving, "h41", connection(store, leaving), lambda text: None, counted)
    assert seen == [(len(names), True)]


def test_what_is_no_longer_declared_is_looked_for_all_the_same(store: Store, s3: Any, leaving: Country) -> None:
    tenant = leaving.tenants["h41"]
    bare = tenant.spec.model_copy(update={"storage": Storage()})
    emptied = dataclasses.replace(leaving, tenants={**leaving.tenants, "h41": tenant.model_copy(update={"spec": bare})})
    s3.create_bucket(Bucket="vn-h41-prod-records")
    store.adapter.create_identity("h41-prod")

    erasure = offboarding.empty_buckets(emptied, "h41", connection(store, emptied), lambda text: None)
    looked_again(erasure, store, emptied)

    assert (erasure.left, erasure.identities["h41-prod"], erasure.complete) == (["vn-h41-prod-records"], False, False)
    backed_up = json.loads(erasure.document(leaving, "cgc-hn1"))
    assert [copy["looked"] for copy in backed_up["copies"]] == [False]


def test_backups_elsewhere_are_counted_and_not_said_to_be_gone_where_nobody_could_look(
    store: Store, s3: Any, leaving: Country
) -> None:
    backup = leaving.tenants["h41"].spec.storage.backup
    assert backup is not None
    bucket = names.backup_bucket(leaving.name, "h41", "prod")

    def looked(opened: Callable[[str], Store]) -> list[tuple[object, ...]]:
        erasure = Erasure("h41", datetime.datetime.now(datetime.UTC))
        looked_elsewhere(erasure, leaving, opened)
        record = json.loads(erasure.document(leaving, "cgc-hn1"))
        return [(c["cloud"], c["bucket"], c["looked"], c["there"], c["versions"], c["bytes"]) for c in record["copies"]]

    def shut(cloud: str) -> Store:
        raise CloudError(Problem("GC-STORE-003", Text("no answer", "không trả lời"), Text("wait", "chờ")))

    assert looked(shut) == [(backup.cloud, bucket, False, None, 0, 0)]
    assert looked(lambda cloud: store) == [(backup.cloud, bucket, True, False, 0, 0)]
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="records/objects/1", Body=b"123")
    s3.put_object(Bucket=bucket, Key="records/objects/2", Body=b"45")
    assert looked(lambda cloud: store) == [(backup.cloud, bucket, True, True, 2, 5)]
