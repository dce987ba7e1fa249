"""Exports of real stores: others read what is there, a run that was ended is gone on with, what was spoilt is found."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import bagit
import pytest
from botocore.exceptions import ClientError
from exported_country import TENANT, founded
from store_commands import StoreCommands
from stores.running import RunningStore

from govcloud.backup.listing import is_versioned
from govcloud.providers.storage.store import Store

pytestmark = pytest.mark.cloud

RECORDS, ATTACHMENTS = f"vn-{TENANT}-prod-records", f"vn-{TENANT}-prod-attachments"
MANY = 400
COMPOSED = "hồ sơ/Nguyễn Thị Ánh.pdf"
FOLDER = "folder/"
"""One server lists such a key, and hands it out to nobody."""
KEYS = (
    COMPOSED,
    unicodedata.normalize("NFD", COMPOSED),
    "a",
    "A",
    "above/below",
    FOLDER,
    "con.txt",
    "báo cáo: quý 1?.pdf",
    "100%.txt",
    "%2e%2e/x",
    "../x",
    "a\\b",
    "d" * 230,
    "x/" * 60 + "deep",
    "empty",
)


@pytest.fixture(scope="module")
def exporting(server: RunningStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StoreCommands, Store]]:
    """The country and its store with the tenant's two buckets: one is empty, the other holds many objects."""
    home = tmp_path_factory.mktemp("home")
    made = founded(home / "vn", server)
    key = home / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    key.chmod(0o600)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", home / "key.pub"], check=True)
    with closing(server.store()) as store:
        for name in (RECORDS, ATTACHMENTS):
            store.s3.create_bucket(Bucket=name)
            with contextlib.suppress(ClientError):  # one of them keeps no versions
                store.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        for each in range(MANY):
            store.s3.put_object(Bucket=ATTACHMENTS, Key=f"many/{each}", Body=b"%d" % each)
        yield dataclasses.replace(made, environment={**made.environment, "GOVCLOUD_SIGNING_KEY": str(key)}), store


def rows(bag: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (bag / "govcloud/objects.jsonl").read_text().splitlines()]


def live(store: Store, name: str) -> dict[str, str]:
    """Return what a reader gets of a bucket, by the digests of what is read."""
    pages: Any = store.s3.get_paginator("list_objects_v2").paginate(Bucket=name)
    keys = [row["Key"] for page in pages for row in page.get("Contents", ())]
    read = {key: b"" if key == FOLDER else store.s3.get_object(Bucket=name, Key=key)["Body"].read() for key in keys}
    return {key: hashlib.sha256(body).hexdigest() for key, body in read.items()}


def test_what_is_exported_is_what_was_there(exporting: tuple[StoreCommands, Store], tmp_path: Path) -> None:
    here, store = exporting
    for number, key in enumerate(KEYS):
        with contextlib.suppress(ClientError):  # no server takes all of them; what it lists is what counts
            store.s3.put_object(Bucket=RECORDS, Key=key, Body=b"" if key == FOLDER else b"%d" % number)
    store.s3.put_object(
        Bucket=RECORDS,
        Key="told",
        Body=b"1",
        ContentType="text/csv; charset=utf-8",
        Metadata={"nguon": "H41"},
        Tagging="lo%E1%BA%A1i=h%E1%BB%93%20s%C6%A1",
    )
    store.s3.put_object(Bucket=RECORDS, Key="twice", Body=b"1")
    store.s3.put_object(Bucket=RECORDS, Key="twice", Body=b"2")
    store.s3.put_object(Bucket=RECORDS, Key="deleted", Body=b"was there")
    store.s3.delete_object(Bucket=RECORDS, Key="deleted")
    versioned = is_versioned(store.s3, RECORDS)
    there = live(store, RECORDS)
    assert len(there) > 8

    said = here.run("export", TENANT, "--to", str(tmp_path / "out"))

    bag = tmp_path / "out" / RECORDS
    assert f"{TENANT}/prod/records → {bag}" in said and "; signed; sha256 " in said
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [ATTACHMENTS, RECORDS]
    for each in (tmp_path / "out").iterdir():
        bagit.Bag(str(each)).validate(processes=1)
    listed = rows(bag)
    assert {row["key"]: row["sha256"] for row in listed if row["latest"] and not row["deleted"]} == there
    for row in listed:
        if not row["deleted"]:
            assert hashlib.sha256((bag / row["path"]).read_bytes()).hexdigest() == row["sha256"]
    by_key = {row["key"]: row for row in listed if row["latest"]}
    one_of_both = sorted(by_key[key]["path"].split("/")[1] for key in KEYS[:2] if key in by_key)
    assert one_of_both in (["objects", "renamed"], ["objects"])
    assert by_key["con.txt"]["path"].endswith("/_con.txt")
    [told] = [row for row in listed if row["key"] == "told"]
    assert told["headers"]["Content-Type"] == "text/csv; charset=utf-8" and told["metadata"] == {"nguon": "H41"}
    assert told["tags"] == {"loại": "hồ sơ"}
    twice = [(bag / row["path"]).read_bytes() for row in listed if row["key"] == "twice"]
    deleted = [row["deleted"] for row in listed if row["key"] == "deleted"]
    assert sorted(twice) == ([b"1", b"2"] if versioned else [b"2"])
    assert sorted(deleted) == ([False, True] if versioned else [])

    # By others, and by this program, without the store.
    offline = {name: value for name, value in here.environment.items() if "AWS" not in name}
    away = StoreCommands(tmp_path, offline, "storage")
    public = str(here.folder.parent / "key.pub")
    checked = away.told("check-export", str(tmp_path / "out"), "--key", public)
    assert [(row["verified"], row["problems"]) for row in checked] == [(True, 0), (True, 0)]
    manifest = bag / "tagmanifest-sha256.txt"
    signature = ["-sigfile", f"{manifest}.sig", "-in", str(manifest)]
    subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", *signature], check=True)
    subprocess.run(["sha256sum", "--quiet", "-c", manifest], cwd=bag, check=True)
    subprocess.run(["sha256sum", "--quiet", "-c", "manifest-sha256.txt"], cwd=bag, check=True)

    assert "GC-EXPORT-013" in away.run("check-export", str(bag), code=1)
    again = here.told("export", TENANT, "--to", str(tmp_path / "out"))
    assert [(row["new"], row["problems"]) for row in again] == [(False, 0), (False, 0)]
    (bag / "data/objects/told").write_bytes(b"?")
    assert "GC-EXPORT-009" in away.run("check-export", str(bag), "--key", public, code=1)
    assert "GC-EXPORT-009" in here.run("export", TENANT, "--to", str(tmp_path / "out"), code=1)
    newest = here.told("export", TENANT, "--to", str(tmp_path / "new"), "--newest", "--bucket", "records")
    assert newest[0]["files"] == len(there) and newest[0]["markers"] == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_a_run_that_was_ended_is_gone_on_with(
    exporting: tuple[StoreCommands, Store], number: signal.Signals, tmp_path: Path
) -> None:
    here, _ = exporting
    part, bag = tmp_path / f"{ATTACHMENTS}.part", tmp_path / ATTACHMENTS
    words = ("export", TENANT, "--to", str(tmp_path), "--bucket", "attachments")
    child = here.started(*words)
    end = time.monotonic() + 60
    while len(list(part.glob("data/objects/many/*"))) < 20:
        assert child.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    child.send_signal(number)
    said = "".join(child.communicate(timeout=60))
    assert child.returncode in (-number, 128 + number), said
    assert "Traceback" not in said
    assert not bag.exists() and not list(part.glob("*manifest*"))
    assert "GC-EXPORT-008" in here.run("check-export", str(tmp_path), code=1)
    lying = sorted(part.glob("data/objects/many/*"))
    assert 20 <= len(lying) < MANY
    lying[0].write_bytes(b"?" * lying[0].stat().st_size)

    after = here.told(*words)[0]

    # A line of the journal may be behind the file; what was spoilt is fetched again.
    assert len(lying) - 12 <= after["kept"] <= len(lying) - 1
    assert after["finished"] and after["files"] == MANY
    bagit.Bag(str(bag)).validate()
    assert here.told("check-export", str(bag), "--key", str(here.folder.parent / "key.pub"))[0]["verified"]
    assert sorted(each.name for each in tmp_path.iterdir()) == [ATTACHMENTS]
    shutil.rmtree(bag)


def test_a_disk_that_refuses_is_told(exporting: tuple[StoreCommands, Store], tmp_path: Path) -> None:
    here, store = exporting
    store.s3.put_object(Bucket=RECORDS, Key="large", Body=os.urandom(3 << 20))
    command = (
        f"ulimit -f 1024; exec {sys.executable} -m govcloud storage export {TENANT} --to {tmp_path} --bucket records"
    )
    done = subprocess.run(
        ["bash", "-c", command], cwd=here.folder, env=here.environment, capture_output=True, text=True
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "GC-EXPORT-002" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / RECORDS).exists()
    assert here.told("export", TENANT, "--to", str(tmp_path), "--bucket", "records")[0]["finished"]


def test_what_is_called_wrongly_is_told(exporting: tuple[StoreCommands, Store], tmp_path: Path) -> None:
    here, _ = exporting
    out = ("--to", str(tmp_path / "out"))
    assert "GC-EXPORT-001" in here.run("export", "h99", *out, code=2)
    assert "GC-EXPORT-001" in here.run("export", TENANT, *out, "--bucket", "no", code=2)
    assert "GC-EXPORT-001" in here.run("export", TENANT, *out, "--environment", "no", code=2)
    assert "GC-EXPORT-007" in here.run("check-export", str(tmp_path), code=1)
    assert "GC-SIGN-002" in here.run("check-export", str(tmp_path), "--key", str(tmp_path / "none"), code=3)
    assert not (tmp_path / "out").exists()
