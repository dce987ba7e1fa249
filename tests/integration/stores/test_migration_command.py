"""`govcloud storage migrate` between two stores that run here: killed in each phase, repeated, refused, and whole."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from backed_up_country import SECOND, TENANT, founded
from port_bases import BACKUP_SOURCE, BACKUP_TARGET
from stores import seaweedfs
from stores.running import RunningStore

from govcloud.migration.histories import histories
from govcloud.providers.storage import bucket, identity
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.identity import IdentitySpec
from govcloud.providers.storage.store import Store
from govcloud.render import storage

pytestmark = pytest.mark.cloud

RECORDS, ATTACHMENTS = f"vn-{TENANT}-prod-records", f"vn-{TENANT}-prod-attachments"
IDENTITY = f"{TENANT}-prod"
TAGS = {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": TENANT}
NUMBER = 120
LARGE = bytes(range(256)) * 30_000


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    with seaweedfs.running(tmp_path_factory.mktemp("first"), BACKUP_SOURCE) as running:
        yield running


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    with seaweedfs.running(tmp_path_factory.mktemp("second"), BACKUP_TARGET) as running:
        yield running


@dataclass(frozen=True)
class Moving:
    """The country, both stores, and the file with the tenant's key."""

    folder: Path
    environment: dict[str, str]
    source: Store
    target: Store
    keys: Path

    def started(self, *words: str) -> subprocess.Popen[str]:
        command = ["storage", "migrate", TENANT, "--to", SECOND, *words, "--format", "json"]
        return subprocess.Popen(
            [sys.executable, "-m", "govcloud", *command, "--country", str(self.folder)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, code: int = 0) -> tuple[dict[str, dict[str, Any]], str]:
        """Return what it told of each bucket, and what it complained of."""
        child = self.started(*words)
        said, complained = child.communicate(timeout=300)
        assert child.returncode == code, said + complained
        return {row["bucket"]: row for row in json.loads(said)} if said else {}, complained

    def freeze(self) -> None:
        """What `govcloud up` does once the tenant's file says so."""
        file = self.folder / "tenants" / TENANT / "tenant.yaml"
        file.write_text(re.sub(r"(  storage:\n)", r"\1    readOnly: true\n", file.read_text()))
        self.source.adapter.open()
        self.source.adapter.set_policy(IDENTITY, storage.policy([ATTACHMENTS, RECORDS], read_only=True))

    def shape(self, store: Store) -> list[tuple[str, list[tuple[bool, int]]]]:
        found = histories(store.s3, RECORDS, versioned=True)
        return sorted((one[0].key, [(each.marker, each.size) for each in one]) for one in found)


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory, first: RunningStore, second: RunningStore) -> Iterator[Moving]:
    folder = tmp_path_factory.mktemp("country") / "vn"
    made = founded(folder, first, second, f"{{cloud: {SECOND}, keepDays: 90}}")
    with closing(first.store()) as source, closing(second.store()) as target:
        for name in (RECORDS, ATTACHMENTS):
            bucket.create(source, BucketSpec(name, tags=TAGS))
        document = json.dumps(storage.policy([ATTACHMENTS, RECORDS]))
        key = identity.create(source, IdentitySpec(IDENTITY, document, (ATTACHMENTS, RECORDS))).key
        keys = folder.parent / "tenant.keys"
        keys.write_text(f"[{IDENTITY}]\naws_access_key_id = {key.access}\naws_secret_access_key = {key.secret}\n")
        with closing(source.client(key)) as own:
            for number in range(NUMBER):
                own.put_object(Bucket=RECORDS, Key=f"hồ sơ/{number:03}", Body=f"{number}".encode())
                if number % 5 == 0:
                    own.put_object(Bucket=RECORDS, Key=f"hồ sơ/{number:03}", Body=f"{number} mới".encode())
                if number % 15 == 0:
                    own.delete_object(Bucket=RECORDS, Key=f"hồ sơ/{number:03}")
            for number in range(4):
                own.put_object(Bucket=RECORDS, Key=f"large/{number}", Body=LARGE)
        yield Moving(folder, dict(made.environment), source, target, keys)


def killed(moving: Moving, after: float, *words: str) -> None:
    """Kill it so many seconds after it began."""
    child = moving.started(*words)
    time.sleep(after)
    child.send_signal(signal.SIGKILL)
    child.communicate()


def killed_at_work(moving: Moving, more: int) -> None:
    """Kill it as soon as the target holds so many versions more."""
    begun, child = held(moving), moving.started()
    while held(moving) < begun + more:
        assert child.poll() is None, "it ended before it was killed"
    child.send_signal(signal.SIGKILL)
    child.communicate()


def held(moving: Moving) -> int:
    if not moving.target.exists(RECORDS):
        return 0
    return sum(len(one) for one in histories(moving.target.s3, RECORDS, versioned=True))


def test_a_move_that_is_killed_in_each_phase_is_gone_on_with_and_whole(moving: Moving) -> None:
    killed(moving, 1.0)
    for more in (5, 20, 20):
        killed_at_work(moving, more)
    assert 45 <= held(moving) < NUMBER + 24 + 8 + 4
    told, _ = moving.run()
    assert told[RECORDS]["failed"] == told[RECORDS]["removed"] == 0
    assert told[RECORDS]["kept"] + told[RECORDS]["versions"] + told[RECORDS]["markers"] == NUMBER + 24 + 8 + 4
    assert moving.shape(moving.target) == moving.shape(moving.source)
    again, _ = moving.run("--bucket", "records")
    assert list(again) == [RECORDS] and (again[RECORDS]["versions"], again[RECORDS]["markers"]) == (0, 0)

    assert "GC-MOVE-007" in moving.run("--switch", "--keys", str(moving.keys), code=1)[1]
    moving.freeze()
    complained = moving.run("--switch", code=1)[1]
    assert "GC-MOVE-009" in complained and IDENTITY in complained
    moving.source.adapter.set_policy(IDENTITY, storage.policy([ATTACHMENTS, RECORDS]))
    told, complained = moving.run("--switch", "--keys", str(moving.keys), code=1)
    assert "GC-MOVE-008" in complained and not told[RECORDS]["handedOver"]
    moving.source.adapter.set_policy(IDENTITY, storage.policy([ATTACHMENTS, RECORDS], read_only=True))
    for after in (1.0, 1.6, 2.2):
        killed(moving, after, "--switch", "--keys", str(moving.keys))

    upload = moving.source.s3.create_multipart_upload(Bucket=RECORDS, Key="dở dang")
    told, complained = moving.run("--switch", "--keys", str(moving.keys))

    assert told[RECORDS]["unfinishedUploads"] == ["dở dang"] and "dở dang" in complained
    moving.source.s3.abort_multipart_upload(Bucket=RECORDS, Key="dở dang", UploadId=upload["UploadId"])
    assert told[RECORDS]["handedOver"] and told[ATTACHMENTS]["handedOver"]
    assert told[RECORDS]["compared"] == NUMBER + 24 + 4
    assert moving.shape(moving.target) == moving.shape(moving.source)


def test_what_the_command_is_told_wrongly_is_refused(moving: Moving) -> None:
    assert "GC-MOVE-002" in moving.run("--bucket", "nothing", code=2)[1]
    assert "GC-MOVE-014" in _switch(moving, "--keys", str(moving.folder / "absent"))


def _switch(moving: Moving, *words: str) -> str:
    file = moving.folder / "tenants" / TENANT / "tenant.yaml"
    if "readOnly" not in file.read_text():
        moving.freeze()
    return moving.run("--switch", *words, code=3)[1]
