"""The page on exports, followed word by word in both languages."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import bagit
import pytest
from exported_country import founded
from followed_page import steps
from port_bases import BACKUP_SOURCE
from stores import seaweedfs
from stores.running import RunningStore

from govcloud.providers.storage import bucket
from govcloud.providers.storage.bucket_spec import BucketSpec

pytestmark = pytest.mark.cloud

PAGES = Path(__file__).parents[3] / "docs" / "how-to"
TAGS = {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": "h41"}
DIGEST = re.compile(r"[0-9a-f]{64}")


@pytest.fixture
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    with seaweedfs.running(tmp_path_factory.mktemp("store"), BACKUP_SOURCE) as found:
        yield found


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_holds(running: RunningStore, language: str, tmp_path: Path) -> None:
    page = PAGES / ("export-buckets.md" if language == "en" else "export-buckets.vi.md")
    made = founded(tmp_path / "vn", running)
    with closing(running.store()) as store:
        for label in ("records", "attachments"):
            bucket.create(store, BucketSpec(f"vn-h41-prod-{label}", versioning=True, tags=TAGS))
        contents = {"hồ sơ 1": b"mot", "hồ sơ 2": b"hai ba bon", "báo cáo: quý 1.pdf": b"nam 66", "nháp": b"bo x"}
        for key, body in contents.items():
            store.s3.put_object(Bucket="vn-h41-prod-records", Key=key, Body=body)
        store.s3.delete_object(Bucket="vn-h41-prod-records", Key="nháp")
    environment = {**made.environment, "GOVCLOUD_LANG": language, "HOME": str(tmp_path)}
    followed = steps(page, on_a_cloud=True)
    assert len(followed) == 7
    for command, printed in followed:
        if command.startswith("export "):
            name, value = command.removeprefix("export ").split("=", 1)
            environment[name] = value.replace("~", str(tmp_path))
            continue
        done = subprocess.run(
            ["bash", "-c", command], cwd=made.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        said = DIGEST.sub("DIGEST", done.stdout.replace(str(tmp_path), "~"))
        assert said.splitlines() == printed, command
    for each in (tmp_path / "handover").iterdir():
        bagit.Bag(str(each)).validate()
