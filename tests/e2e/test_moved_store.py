"""A tenant's buckets go from the embedded store to Ceph's: the way of the page on it, to the workload's new keys."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from embedded_cloud import Cloud
from newcomer import REMOVED, Newcomer
from port_bases import RADOSGW
from stores import radosgw
from stores.running import RunningStore

from govcloud.providers.storage import content
from govcloud.providers.storage.endpoint import AccessKey, client
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.surroundings import named_after
from govcloud_base.errors import EnvironmentProblem

pytestmark = pytest.mark.node

BUCKET, NAMESPACE = "vn-g82-prod-archive", "g82-prod-srv"
FIRST, SECOND = "cgc-hn1", "cgc-hn9"


@pytest.fixture
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    try:
        with radosgw.running(tmp_path_factory.mktemp("ceph"), RADOSGW) as server:
            yield server
    except EnvironmentProblem as error:
        pytest.skip(f"Ceph RGW is not at hand, because {error}")


def named(cloud: str, store: RunningStore) -> dict[str, str]:
    """Return what a shell says of the store of a cloud."""
    own = {name: value for name, value in store.environment.items() if name.startswith(("AWS_", "GOVCLOUD_"))}
    return {named_after(cloud, name): value for name, value in own.items() if name != "AWS_ENDPOINT_URL_S3"}


def told_of(text: str, store: RunningStore) -> str:
    """Return the file of a cloud that has another store, below which somebody attests the disks."""
    until = datetime.date.today() + datetime.timedelta(days=365)
    sealed = f"    sealedDisks: {{reference: BB-NT 12, until: {until}}}\n"
    text = re.sub(r"    adapter: .*\n", f"    adapter: {store.dialect}\n{sealed}", text)
    return re.sub(r"    endpointFrom: AWS_ENDPOINT_URL_S3\n", f"    endpoint: {store.url}\n", text)


def delivered(country: Cloud) -> AccessKey:
    found = json.loads(country.run("kubectl", "get", "secret", "-n", NAMESPACE, "object-store", "-o", "json").stdout)
    data: Mapping[str, str] = {key: base64.b64decode(value).decode() for key, value in found["data"].items()}
    return AccessKey(data["AWS_ACCESS_KEY_ID"], data["AWS_SECRET_ACCESS_KEY"])


def refused(action: object, **arguments: object) -> str:
    assert callable(action)
    with pytest.raises(ClientError) as error:
        action(**arguments)
    return str(error.value.response["Error"]["Code"])


def test_a_tenants_buckets_move_to_ceph_and_it_writes_there(
    country: Cloud, newcomer: Newcomer, ceph: RunningStore, tmp_path: Path
) -> None:
    file = newcomer.folder / "clouds" / f"{FIRST}.yaml"
    second = told_of(file.read_text(), ceph).replace(f"name: {FIRST}", f"name: {SECOND}")
    second = re.sub(r"  images:\n(    .*\n)+", "", second)
    (newcomer.folder / "clouds" / f"{SECOND}.yaml").write_text(
        re.sub(r"    context: .*\n", "    context: elsewhere\n", second)
    )
    both = dataclasses.replace(country, environment={**country.environment, **named(SECOND, ceph)})
    both.govcloud("up", newcomer.stack, newcomer.option)
    old = delivered(country)
    with closing(_embedded(country)) as source, closing(ceph.store()) as target:
        try:
            with closing(client(source.endpoint, old)) as tenant:
                tenant.put_object(Bucket=BUCKET, Key="hồ sơ", Body=b"1")
                tenant.put_object(Bucket=BUCKET, Key="hồ sơ", Body=b"2")
                move = ("storage", "migrate", "g82", "--to", SECOND, newcomer.option)
                both.govcloud(*move)
                tenant.put_object(Bucket=BUCKET, Key="late", Body=b"3")

                newcomer.edit("  storage:\n", "  storage:\n    readOnly: true\n")
                writes = both.govcloud(*move, "--switch", check=False)
                assert writes.returncode == 1 and "GC-MOVE-008" in writes.stdout + writes.stderr
                both.govcloud("up", newcomer.stack, newcomer.option)
                assert both.govcloud("drift", newcomer.stack, newcomer.option).returncode == 0
                assert refused(tenant.put_object, Bucket=BUCKET, Key="lost", Body=b"4") == "AccessDenied"
                handed = json.loads(both.govcloud(*move, "--switch", "--format=json").stdout)
                assert [(row["compared"], row["handedOver"]) for row in handed] == [(3, True)]

            file.write_text(told_of(file.read_text(), ceph))
            there = dataclasses.replace(both, environment={**both.environment, **named(FIRST, ceph)})
            there.govcloud("up", newcomer.stack, newcomer.option)
            assert there.govcloud("drift", newcomer.stack, newcomer.option).returncode == 0
            new = delivered(country)
            assert new.access != old.access
            with closing(client(target.endpoint, new)) as tenant:
                assert tenant.get_object(Bucket=BUCKET, Key="hồ sơ")["Body"].read() == b"2"
                assert refused(tenant.put_object, Bucket=BUCKET, Key="early", Body=b"5") == "AccessDenied"
                newcomer.edit("    readOnly: true\n", "")
                there.govcloud("up", newcomer.stack, newcomer.option)
                tenant.put_object(Bucket=BUCKET, Key="hồ sơ", Body=b"6")
                tenant.delete_object(Bucket=BUCKET, Key="late")
                assert tenant.get_object(Bucket=BUCKET, Key="hồ sơ")["Body"].read() == b"6"
            assert source.s3.get_object(Bucket=BUCKET, Key="hồ sơ")["Body"].read() == b"2"

            newcomer.edit("state: active", REMOVED)
            there.govcloud("destroy", newcomer.stack, newcomer.option)
            assert not target.exists(BUCKET)
        finally:
            if source.exists(BUCKET):
                content.remove_all(source.s3, BUCKET)
                source.s3.delete_bucket(Bucket=BUCKET)
            source.adapter.open()
            source.adapter.delete_identity("g82-prod")


def _embedded(country: Cloud) -> Store:
    """Return the embedded store as the plugin sees it."""
    from govcloud.providers.storage.endpoint import Endpoint

    said = country.environment
    config = {"adapter": "seaweedfs", "endpoint": said["AWS_ENDPOINT_URL_S3"], "region": said["AWS_REGION"]}
    return Store(Endpoint.from_config(config, said), said)
