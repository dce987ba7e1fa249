"""Backups of what tenants wrote on Ceph RGW, where the platform reads nothing of theirs until it has the right to."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from port_bases import BACKUP_TARGET
from stores import seaweedfs

from govcloud.backup import preparation
from govcloud.backup.restoration import chosen, restore
from govcloud.backup.run import Source, back_up
from govcloud.backup.vault import Vault
from govcloud.backup.verification import verify
from govcloud.providers.storage import bucket, identity
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.endpoint import error_code
from govcloud.providers.storage.identity import IdentitySpec, Issued
from govcloud.providers.storage.store import Store
from govcloud.render import storage

pytestmark = [pytest.mark.cloud, pytest.mark.parametrize("server", ["radosgw"], indirect=True)]

NO = ("AccessDenied", "403")


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Store]:
    with seaweedfs.running(tmp_path, BACKUP_TARGET) as running, closing(running.store()) as store:
        yield store


def tenant(store: Store, name: str, *buckets: str) -> Issued:
    for one in buckets:
        bucket.create(store, BucketSpec(one, encryption=False, tags={"govcloud.gov.vn/tenant": name}))
    return identity.create(store, IdentitySpec(f"{name}-prod", json.dumps(storage.policy(buckets)), buckets))


def refused(call: Callable[[], object]) -> str:
    try:
        call()
    except ClientError as error:
        return error_code(error)
    return ""


def test_what_tenants_wrote_is_backed_up_and_restored_once_the_platform_may_read(
    store: Store, second: Store, unique: str
) -> None:
    own, back = f"vn-{unique}-prod-records", f"vn-{unique}-prod-back"
    holder = tenant(store, unique, own, back)
    stranger = tenant(store, f"{unique}x", f"vn-{unique}x-prod-records")
    bodies = {f"hồ sơ/{number}": b"%d" % number for number in range(20)} | {"lớn": bytes(range(256)) * 40_000}
    with closing(store.client(holder.key)) as s3:
        for key, body in bodies.items():
            s3.put_object(Bucket=own, Key=key, Body=b"before", ACL="private")
            s3.put_object(Bucket=own, Key=key, Body=body, Metadata={"a": "b"})
        s3.put_object_tagging(Bucket=own, Key="lớn", Tagging={"TagSet": [{"Key": "loại", "Value": "hồ sơ"}]})
    second.s3.create_bucket(Bucket=f"{unique}-backup")
    _, pair = preparation.admit(second, unique, "prod", f"{unique}-backup")
    try:
        with closing(second.client(pair)) as writer:
            vault = Vault(writer, f"{unique}-backup", "records")

            def backed_up() -> int:
                now = datetime.datetime.now(datetime.UTC)
                return back_up(Source(store.s3, "first", own), vault, now=now).counts.failed

            assert backed_up() == 2 * len(bodies)
            assert store.adapter.let_read("other-")
            assert refused(lambda: store.s3.get_object(Bucket=own, Key="lớn")) in NO
            assert store.adapter.let_read("vn-")
            assert store.adapter.let_read("vn-")
            assert backed_up() == 0

            [head] = chosen(vault, None)
            assert (head.counts.versions, verify(vault, head).problems) == (2 * len(bodies), [])
            assert restore(vault, (head,), None, store.s3, back).problems == []
        with closing(store.client(holder.key)) as s3:
            found = {key: s3.get_object(Bucket=back, Key=key) for key in bodies}
            assert {key: one["Body"].read() for key, one in found.items()} == bodies
            assert found["lớn"]["Metadata"] == {"a": "b"}
            [tag] = s3.get_object_tagging(Bucket=back, Key="lớn")["TagSet"]
            assert tag == {"Key": "loại", "Value": "hồ sơ"}
        with closing(store.client(stranger.key)) as s3:
            assert refused(lambda: s3.get_object(Bucket=own, Key="lớn")) in NO
    finally:
        assert store.adapter.let_read(None)
        identity.delete(store, holder)
        identity.delete(store, stranger)
    assert refused(lambda: store.s3.get_object(Bucket=own, Key="lớn")) in NO
