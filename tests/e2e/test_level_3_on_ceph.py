"""A tenant of level 3 on Ceph's store: refused while nobody attests the disks, then at home to its erasure."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from embedded_cloud import Cloud
from newcomer import REMOVED, Newcomer
from port_bases import BACKUP_TARGET, RADOSGW
from recorded_stores import recorded
from stores import radosgw, seaweedfs
from stores.running import RunningStore

from govcloud.country import store_table
from govcloud.providers.storage import content
from govcloud.providers.storage.endpoint import AccessKey, client
from govcloud.providers.storage.surroundings import named_after
from govcloud_base.errors import EnvironmentProblem

pytestmark = pytest.mark.node

NAMESPACE, BUCKET, BACK = "g82-prod-srv", "vn-g82-prod-archive", "vn-g82-prod-back"
FIRST, SECOND = "cgc-hn1", "cgc-hn9"


@pytest.fixture
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    try:
        with radosgw.running(tmp_path_factory.mktemp("ceph"), RADOSGW) as server:
            yield server
    except EnvironmentProblem as error:
        pytest.skip(f"Ceph RGW is not at hand, because {error}")


@pytest.fixture
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    with seaweedfs.running(tmp_path_factory.mktemp("second"), BACKUP_TARGET) as server:
        yield server


def declare(newcomer: Newcomer, second: RunningStore) -> None:
    """Put the tenant at level 3, give its cloud a store of Ceph and the country a second store."""
    file = newcomer.folder / "clouds" / f"{FIRST}.yaml"
    text = file.read_text()
    elsewhere = text.replace(f"name: {FIRST}", f"name: {SECOND}").replace(
        "    context: govcloud-local\n", "    context: x\n"
    )
    elsewhere = elsewhere.replace("    endpointFrom: AWS_ENDPOINT_URL_S3\n", f"    endpoint: {second.url}\n")
    (newcomer.folder / "clouds" / f"{SECOND}.yaml").write_text(re.sub(r"  images:\n(    .*\n)+", "", elsewhere))
    file.write_text(text.replace("    adapter: seaweedfs\n", "    adapter: radosgw\n"))
    table = newcomer.folder / store_table.file(FIRST)
    table.parent.mkdir(exist_ok=True)
    table.write_text(store_table.text(FIRST, recorded("radosgw").spec), encoding="utf-8")
    newcomer.edit("  level: 2\n", "  level: 3\n")
    newcomer.edit("quota: 1Gi}\n", f"quota: 1Gi}}\n    backup: {{cloud: {SECOND}, keepDays: 90}}\n")


def attested(newcomer: Newcomer) -> None:
    until = datetime.date.today() + datetime.timedelta(days=365)
    file = newcomer.folder / "clouds" / f"{FIRST}.yaml"
    sealed = f"    adapter: radosgw\n    sealedDisks: {{reference: BB-NT 12, until: {until}}}\n"
    file.write_text(file.read_text().replace("    adapter: radosgw\n", sealed))


def delivered(country: Cloud) -> AccessKey:
    found = json.loads(country.run("kubectl", "get", "secret", "-n", NAMESPACE, "object-store", "-o", "json").stdout)
    data = {key: base64.b64decode(value).decode() for key, value in found["data"].items()}
    return AccessKey(data["AWS_ACCESS_KEY_ID"], data["AWS_SECRET_ACCESS_KEY"])


def test_a_tenant_of_level_3_lives_on_ceph(
    country: Cloud, newcomer: Newcomer, ceph: RunningStore, second: RunningStore, tmp_path: Path
) -> None:
    declare(newcomer, second)
    own = {name: value for name, value in second.environment.items() if name.startswith(("AWS_", "GOVCLOUD_"))}
    named = {named_after(SECOND, name): value for name, value in own.items() if name != "AWS_ENDPOINT_URL_S3"}
    there = dataclasses.replace(country, environment={**country.environment, **ceph.environment, **named})

    refused = there.govcloud("up", newcomer.stack, newcomer.option, check=False)
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1
    assert "GC-PROBE-001" in said
    assert "Encryption by default" in said
    with closing(ceph.store()) as store:
        assert not store.exists(BUCKET), "nothing is made of what is refused"
    attested(newcomer)

    there.govcloud("up", newcomer.stack, newcomer.option)

    old = delivered(country)
    bodies = {"hồ sơ": b"2", "lớn": bytes(range(256)) * 40_000}
    with closing(ceph.store()) as store:
        with closing(client(store.endpoint, old)) as tenant:
            tenant.put_object(Bucket=BUCKET, Key="hồ sơ", Body=b"1")
            for key, body in bodies.items():
                tenant.put_object(Bucket=BUCKET, Key=key, Body=body, ACL="private")

        newcomer.edit("quota: 1Gi}\n    backup", "quota: 512Mi, versionsDays: 90}\n    backup")
        newcomer.edit("  storage:\n", f"  storage:\n    keysSince: {datetime.date.today()}\n")
        there.govcloud("up", newcomer.stack, newcomer.option)
        new = delivered(country)
        assert new.access != old.access
        assert store.adapter.quota(BUCKET).bytes == 1 << 29
        assert there.govcloud("drift", newcomer.stack, newcomer.option).returncode == 0

        profiles = tmp_path / "backup.keys"
        there.govcloud("backup", "prepare", "g82", f"--keys={profiles}", newcomer.option)
        pair = {named_after(SECOND, name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
        handed = {name: value for name, value in there.environment.items() if name not in pair}
        backing = dataclasses.replace(there, environment={**handed, "AWS_SHARED_CREDENTIALS_FILE": str(profiles)})
        unread = backing.govcloud("backup", "run", "g82", newcomer.option, check=False)
        assert unread.returncode != 0
        assert "GC-BACKUP-016" in unread.stdout + unread.stderr
        there.govcloud("storage", "let-read", FIRST, newcomer.option)
        backing.govcloud("backup", "run", "g82", newcomer.option)
        backing.govcloud("backup", "verify", "g82", newcomer.option)
        assert there.govcloud("drift", newcomer.stack, newcomer.option).returncode == 0
        backing.govcloud("backup", "restore", "g82", "--bucket=archive", "--to=back", newcomer.option)
        found = {key: store.s3.get_object(Bucket=BACK, Key=key)["Body"].read() for key in bodies}
        assert found == bodies
        named_by_drift = there.govcloud("drift", newcomer.stack, newcomer.option, check=False)
        assert (named_by_drift.returncode, BACK in named_by_drift.stdout) == (1, True)
        content.remove_all(store.s3, BACK)
        store.s3.delete_bucket(Bucket=BACK)
        there.govcloud("storage", "let-read", FIRST, "--revoke", newcomer.option)

        newcomer.edit("state: active", REMOVED)
        records = tmp_path / "records"
        there.govcloud("destroy", newcomer.stack, newcomer.option, f"--record={records}")
        (record,) = (json.loads(file.read_text()) for file in records.iterdir())
        assert (record["complete"], record["buckets"][0]["versions"]) == (True, 3)
        [copies] = record["copies"]
        assert (copies["cloud"], copies["looked"], copies["there"]) == (SECOND, True, True)
        assert copies["versions"] > len(bodies)
        assert not store.exists(BUCKET)
