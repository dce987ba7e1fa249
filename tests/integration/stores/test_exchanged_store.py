"""A Pulumi program whose cloud gets another store: the buckets that were moved there are taken over, keys are new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import plugin_stack
import pytest
from plugin_stack import Stack
from port_bases import BACKUP_SOURCE, BACKUP_TARGET
from stores import seaweedfs
from stores.running import RunningStore

from govcloud.migration.copying import copy
from govcloud.migration.way import prepare
from govcloud.providers.storage.bucket_spec import BucketSpec

pytestmark = [pytest.mark.cloud, pytest.mark.toolchain]

SETTINGS = '{"versioning": true, "encryption": true}'


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningStore, RunningStore]]:
    with (
        seaweedfs.running(tmp_path_factory.mktemp("old"), BACKUP_SOURCE) as old,
        seaweedfs.running(tmp_path_factory.mktemp("new"), BACKUP_TARGET) as new,
    ):
        yield old, new


def test_a_stack_follows_its_buckets_into_another_store(
    stores: tuple[RunningStore, RunningStore], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    old, new = stores
    home = tmp_path_factory.mktemp("home")
    pulumi = plugin_stack.installed(tmp_path_factory.mktemp("bin"), home)
    first = {"ADAPTER": old.dialect, "SETTINGS": SETTINGS}
    stack: Stack = plugin_stack.prepared(pulumi, home, tmp_path, plugin_stack.PROGRAM, old.environment, "h41", **first)
    stack.up()
    before = stack.outputs()
    with closing(old.store()) as source, closing(new.store()) as target:
        source.s3.put_object(Bucket=stack.bucket, Key="kept", Body=b"1")
        tags = {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": "h41"}
        spec = BucketSpec(stack.bucket, tags={**tags, "govcloud.gov.vn/moves-from": "cgc-hn1"})
        assert copy(prepare(source, target, ["h41-prod"], "prod", "records", spec)).versions == 1

        own = {k: v for k, v in new.environment.items() if k.startswith(("AWS_", "GOVCLOUD_"))}
        there = {**own, "STORE": new.url}
        stack.up("--refresh", "--run-program", **there)

        after = stack.outputs()
        assert after["access"] != before["access"]
        assert target.s3.get_object(Bucket=stack.bucket, Key="kept")["Body"].read() == b"1"
        worn = {row["Key"]: row["Value"] for row in target.s3.get_bucket_tagging(Bucket=stack.bucket)["TagSet"]}
        assert worn == tags
        target.adapter.open()
        assert target.adapter.identity("h41-prod") is not None
        assert source.exists(stack.bucket)
        assert stack.up("--expect-no-changes", **there)
