"""The page on moving buckets, followed word by word in both languages."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from backed_up_country import SECOND, founded
from followed_page import commands
from port_bases import BACKUP_SOURCE, BACKUP_TARGET
from stores import seaweedfs
from stores.running import RunningStore

from govcloud.providers.storage import bucket, identity
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.identity import IdentitySpec
from govcloud.render import storage

pytestmark = pytest.mark.cloud

PAGES = Path(__file__).parents[3] / "docs" / "how-to"
TAGS = {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": "h41"}
BUCKETS = ["vn-h41-prod-attachments", "vn-h41-prod-records"]


@pytest.fixture
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningStore, RunningStore]]:
    with (
        seaweedfs.running(tmp_path_factory.mktemp("first"), BACKUP_SOURCE) as first,
        seaweedfs.running(tmp_path_factory.mktemp("second"), BACKUP_TARGET) as second,
    ):
        yield first, second


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_holds(stores: tuple[RunningStore, RunningStore], language: str, tmp_path: Path) -> None:
    first, second = stores
    page = (PAGES / ("move-a-bucket.md" if language == "en" else "move-a-bucket.vi.md")).read_text(encoding="utf-8")
    made = founded(tmp_path / "vn", first, second, f"{{cloud: {SECOND}, keepDays: 90}}")
    environment = {**made.environment, "GOVCLOUD_LANG": language, "HOME": str(tmp_path)}
    blocks = re.findall(r"```(console|yaml)\n(.*?)```", page, re.DOTALL)
    assert [kind for kind, _ in blocks] == ["console", "yaml", "console"]
    with closing(first.store()) as store:
        for name in BUCKETS:
            bucket.create(store, BucketSpec(name, tags=TAGS))
        key = identity.create(store, IdentitySpec("h41-prod", json.dumps(storage.policy(BUCKETS)), tuple(BUCKETS))).key
        profile = f"[h41-prod]\naws_access_key_id = {key.access}\naws_secret_access_key = {key.secret}\n"
        (tmp_path / "h41.keys").write_text(profile)
        with closing(store.client(key)) as tenant:
            for name, body in (("hồ sơ 1", b"mot"), ("hồ sơ 2", b"hai ba bon"), ("hồ sơ 3", b"nam 6")):
                tenant.put_object(Bucket=BUCKETS[1], Key=name, Body=body)
            tenant.delete_object(Bucket=BUCKETS[1], Key="hồ sơ 3")
            for kind, block in blocks:
                if kind == "yaml":
                    tenant.put_object(Bucket=BUCKETS[1], Key="hồ sơ 4", Body=b"bay8")
                    file = made.folder / "tenants" / "h41" / "tenant.yaml"
                    file.write_text(file.read_text().replace("  storage:\n", block))
                    # What `govcloud up` does; there is no cluster here, and tests of a whole cloud run it.
                    store.adapter.open()
                    store.adapter.set_policy("h41-prod", storage.policy(BUCKETS, read_only=True))
                    continue
                for command, printed in commands(block):
                    done = subprocess.run(
                        ["bash", "-c", command], cwd=made.folder, env=environment, capture_output=True, text=True
                    )
                    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
                    assert done.stdout.splitlines() == printed, command
