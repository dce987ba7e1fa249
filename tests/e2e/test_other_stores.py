"""A tenant on a store of another maker: on Ceph's it is at home as on the embedded one."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from embedded_cloud import Cloud
from newcomer import REMOVED, Newcomer
from port_bases import RADOSGW
from stores import radosgw
from stores.running import RunningStore

from govcloud.providers.storage.endpoint import AccessKey
from govcloud_base.errors import EnvironmentProblem

pytestmark = pytest.mark.node

BUCKET, NAMESPACE = "vn-g82-prod-archive", "g82-prod-srv"


def moved(newcomer: Newcomer, dialect: str) -> None:
    """Let the copied country say that its first cloud has another store, below which somebody attests the disks."""
    file = newcomer.folder / "clouds" / "cgc-hn1.yaml"
    until = datetime.date.today() + datetime.timedelta(days=365)
    text = file.read_text()
    assert "    adapter: seaweedfs\n" in text
    sealed = f"    sealedDisks: {{reference: BB-NT 12, until: {until}}}\n"
    file.write_text(text.replace("    adapter: seaweedfs\n", f"    adapter: {dialect}\n{sealed}"))


def beside(country: Cloud, server: RunningStore) -> Cloud:
    """Return the cloud as a shell sees it that knows another store."""
    return dataclasses.replace(country, environment={**country.environment, **server.environment})


@pytest.fixture
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    try:
        with radosgw.running(tmp_path_factory.mktemp("ceph"), RADOSGW) as server:
            yield server
    except EnvironmentProblem as error:
        pytest.skip(f"Ceph RGW is not at hand, because {error}")


def test_a_tenant_lives_on_ceph_from_its_first_day_to_its_erasure(
    country: Cloud, newcomer: Newcomer, ceph: RunningStore, tmp_path: Path
) -> None:
    moved(newcomer, "radosgw")
    there = beside(country, ceph)

    there.govcloud("up", newcomer.stack, newcomer.option)

    found = json.loads(country.run("kubectl", "get", "secret", "-n", NAMESPACE, "object-store", "-o", "json").stdout)
    data = {key: base64.b64decode(value).decode() for key, value in found["data"].items()}
    with (
        closing(ceph.store()) as store,
        closing(store.client(AccessKey(data["AWS_ACCESS_KEY_ID"], data["AWS_SECRET_ACCESS_KEY"]))) as tenant,
    ):
        tenant.put_object(Bucket=BUCKET, Key="hồ sơ", Body=b"1")
        tenant.put_object(Bucket=BUCKET, Key="hồ sơ", Body=b"2")
        assert store.s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
        assert store.adapter.quota(BUCKET).bytes == 1 << 30
        assert there.govcloud("drift", newcomer.stack, newcomer.option).returncode == 0
        used = json.loads(there.govcloud("storage", "usage", "g82", newcomer.option, "--format=json").stdout)
        assert (used[BUCKET]["versions"], used[BUCKET]["bytesKept"]) == (2, 2)
        who = json.loads(there.govcloud("storage", "who-can", BUCKET, newcomer.option, "--format=json").stdout)
        tried = {row["identity"]: row["tried"] for row in who}
        assert tried["g82-prod"]["read"] is True
        assert set(tried[None].values()) == {False}

        newcomer.edit("state: active", REMOVED)
        records = tmp_path / "records"
        there.govcloud("destroy", newcomer.stack, newcomer.option, f"--record={records}")
        (record,) = (json.loads(file.read_text()) for file in records.iterdir())
        assert (record["complete"], record["buckets"][0]["versions"]) == (True, 2)
        assert not store.exists(BUCKET)
