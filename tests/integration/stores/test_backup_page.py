"""The page on backups, followed word by word in both languages."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from backed_up_country import SECOND, founded
from followed_page import steps
from port_bases import BACKUP_SOURCE, BACKUP_TARGET
from stores import seaweedfs
from stores.running import RunningStore

from govcloud.providers.storage import bucket
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.surroundings import named_after

pytestmark = pytest.mark.cloud

PAGES = Path(__file__).parents[3] / "docs" / "how-to"
TAGS = {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": "h41"}
RUN = re.compile(r"\d{8}T\d{6}\.\d{6}Z|\d{4}-\d\d-\d\dT[\d:]{8}\+00:00")


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
    page = PAGES / ("back-up-buckets.md" if language == "en" else "back-up-buckets.vi.md")
    made = founded(tmp_path / "vn", first, second, f"{{cloud: {SECOND}, keepDays: 90}}")
    with closing(first.store()) as store:
        for label in ("records", "attachments"):
            bucket.create(store, BucketSpec(f"vn-h41-prod-{label}", tags=TAGS))
        for key, body in (("hồ sơ 1", b"mot"), ("hồ sơ 2", b"hai ba bon"), ("hồ sơ 3", b"nam 66")):
            store.s3.put_object(Bucket="vn-h41-prod-records", Key=key, Body=body)
    environment = {**made.environment, "GOVCLOUD_LANG": language, "HOME": str(tmp_path)}
    followed = steps(page, on_a_cloud=True)
    assert len(followed) == 9
    for command, printed in followed:
        if command.startswith("export "):
            for pair in command.removeprefix("export ").split():
                name, value = pair.split("=", 1)
                environment[name] = value.replace("~", str(tmp_path))
            # The administrator's keys are left with whoever prepared the second cloud.
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
                del environment[named_after(SECOND, name)]
            continue
        done = subprocess.run(
            ["bash", "-c", command], cwd=made.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        said = done.stdout.replace(str(tmp_path), "~").splitlines()
        assert [RUN.sub("RUN", line) for line in said] == [RUN.sub("RUN", line) for line in printed], command
    assert (tmp_path / "h41-backup.keys").stat().st_mode & 0o777 == 0o600
