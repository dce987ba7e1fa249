"""Backups between real stores: what comes back is what was there, and what was spoilt is found."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from backed_up_country import SECOND, TARGET, TENANT, founded
from botocore.exceptions import ClientError
from port_bases import BACKUP_SOURCE, BACKUP_TARGET
from store_commands import StoreCommands
from stores import seaweedfs
from stores.running import RunningStore

from govcloud.backup.manifest import run_name
from govcloud.backup.run import Source, back_up
from govcloud.backup.vault import Vault
from govcloud.providers.storage import bucket
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.surroundings import named_after

pytestmark = pytest.mark.cloud

RECORDS, ATTACHMENTS = f"vn-{TENANT}-prod-records", f"vn-{TENANT}-prod-attachments"
TAGS = {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": TENANT}
BIG = os.urandom(1 << 20) * 20
"""More than two parts of an upload."""
CONTENT: Mapping[str, bytes] = {
    "hồ sơ/Nguyễn Thị Ánh.pdf": b"%PDF-1.7 h\xe1\xbb\x93 s\xc6\xa1",
    "empty": b"",
    "a/b": b"below",
    "a": b"above",
    "kế hoạch & chi phí + 100%.txt": b"signs",
    "d" * 200 + "/" + "e" * 200 + "/" + "f" * 200: b"long",
    "big": BIG,
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    with seaweedfs.running(tmp_path_factory.mktemp("first"), BACKUP_SOURCE) as running:
        yield running


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    with seaweedfs.running(tmp_path_factory.mktemp("second"), BACKUP_TARGET) as running:
        yield running


@pytest.fixture(scope="module")
def source(first: RunningStore) -> Iterator[Store]:
    """The first store, with the tenant's buckets filled."""
    with closing(first.store()) as store:
        for name in (RECORDS, ATTACHMENTS):
            bucket.create(store, BucketSpec(name, tags=TAGS))
        for key, body in CONTENT.items():
            store.s3.put_object(Bucket=RECORDS, Key=key, Body=body)
        store.s3.put_object(
            Bucket=RECORDS,
            Key="told",
            Body=b"x",
            ContentType="text/csv; charset=utf-8",
            CacheControl="no-store",
            ContentDisposition='attachment; filename="a.csv"',
            Metadata={"nguon": "H41"},
            Tagging="lo%E1%BA%A1i=h%E1%BB%93%20s%C6%A1",
        )
        store.s3.put_object(Bucket=RECORDS, Key="twice", Body=b"1")
        store.s3.put_object(Bucket=RECORDS, Key="twice", Body=b"2")
        store.s3.put_object(Bucket=RECORDS, Key="deleted", Body=b"was there")
        store.s3.delete_object(Bucket=RECORDS, Key="deleted")
        yield store


@pytest.fixture(scope="module")
def target(second: RunningStore) -> Iterator[Store]:
    with closing(second.store()) as store:
        yield store


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "credentials"


@pytest.fixture(scope="module")
def country(
    tmp_path_factory: pytest.TempPathFactory, first: RunningStore, second: RunningStore, source: Store, keys: Path
) -> StoreCommands:
    """The country; its shell has the keys of the backups' own identity for the second store, and a key to seal."""
    made = founded(tmp_path_factory.mktemp("country") / "vn", first, second, f"{{cloud: {SECOND}, keepDays: 90}}")
    refused = made.run("run", TENANT, code=4)
    assert "GC-BACKUP-014" in refused and TARGET in refused
    said = made.run("prepare", TENANT, "--keys", str(keys))
    assert TARGET in said and f"{TENANT}-prod-bak" in said
    assert keys.stat().st_mode & 0o777 == 0o600
    assert "GC-BACKUP-023" in made.run("prepare", TENANT, "--keys", str(keys), code=3)
    seal = keys.with_name("seal")
    seal.write_text("an agency's own key, of some length")
    administrator = [named_after(SECOND, name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
    own = {name: value for name, value in made.environment.items() if name not in administrator}
    own |= {"AWS_SHARED_CREDENTIALS_FILE": str(keys), "GOVCLOUD_BACKUP_KEY": str(seal)}
    return dataclasses.replace(made, environment=own)


def content(store: Store, name: str) -> dict[str, str]:
    """Return what a bucket holds, by the digests of what is read."""
    pages: Any = store.s3.get_paginator("list_objects_v2").paginate(Bucket=name)
    rows = [row for page in pages for row in page.get("Contents", ())]
    read = {row["Key"]: store.s3.get_object(Bucket=name, Key=row["Key"])["Body"].read() for row in rows}
    return {key: hashlib.sha256(body).hexdigest() for key, body in read.items()}


def pair_of(keys: Path) -> AccessKey:
    """Return what `prepare --keys` wrote."""
    return AccessKey(*(line.split(" = ")[1] for line in keys.read_text().splitlines() if " = " in line))


def refused(action: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as error:
        action(**arguments)
    return str(error.value.response["Error"]["Code"])


def test_what_is_backed_up_comes_back(country: StoreCommands, source: Store) -> None:
    before = content(source, RECORDS)
    backed_up = country.told("run", TENANT)
    assert [(row["label"], row["complete"], row["sealed"]) for row in backed_up] == [
        ("attachments", True, True),
        ("records", True, True),
    ]
    records = backed_up[1]
    assert (records["copied"], records["markers"], records["failed"]) == (len(CONTENT) + 4, 1, 0)
    again = country.told("run", TENANT, "--bucket", "records")[0]
    assert (again["copied"], again["versions"], again["gone"]) == (0, records["versions"], 0)
    listed = country.told("list", TENANT, "--bucket", "records")[0]["backups"]
    assert [row["run"] for row in listed] == [records["run"], again["run"]]
    checked = country.told("verify", TENANT, "--bucket", "records")[0]
    assert (checked["read"], checked["of"], checked["problems"]) == (records["versions"], records["versions"], 0)

    said = country.run("restore", TENANT, "--bucket", "records", "--to", "records-2")

    restored = f"vn-{TENANT}-prod-records-2"
    assert f"{len(before)} objects restored and read back" in said
    assert content(source, restored) == before
    told = source.s3.get_object(Bucket=restored, Key="told")
    assert (told["ContentType"], told["CacheControl"]) == ("text/csv; charset=utf-8", "no-store")
    assert told["ContentDisposition"] == 'attachment; filename="a.csv"' and told["Metadata"] == {"nguon": "H41"}
    assert source.s3.get_object_tagging(Bucket=restored, Key="told")["TagSet"] == [{"Key": "loại", "Value": "hồ sơ"}]
    assert "GC-BACKUP-013" in country.run("restore", TENANT, "--bucket", "records", "--to", "records-2", code=1)


def test_a_time_between_two_runs_comes_back(country: StoreCommands, source: Store) -> None:
    country.run("run", TENANT, "--bucket", "attachments")
    source.s3.put_object(Bucket=ATTACHMENTS, Key="kept", Body=b"1")
    source.s3.put_object(Bucket=ATTACHMENTS, Key="lost", Body=b"1")
    time.sleep(1.2)
    between = datetime.datetime.now(datetime.UTC)
    time.sleep(1.2)
    source.s3.put_object(Bucket=ATTACHMENTS, Key="kept", Body=b"2")
    source.s3.delete_object(Bucket=ATTACHMENTS, Key="lost")
    source.s3.put_object(Bucket=ATTACHMENTS, Key="later", Body=b"1")
    country.run("run", TENANT, "--bucket", "attachments")

    at = between.strftime("%Y-%m-%dT%H:%M:%S+0000")
    country.run("restore", TENANT, "--bucket", "attachments", "--to", "then", "--at", at)
    country.run("restore", TENANT, "--bucket", "attachments", "--to", "now")

    one, two = (hashlib.sha256(body).hexdigest() for body in (b"1", b"2"))
    assert content(source, f"vn-{TENANT}-prod-then") == {"kept": one, "lost": one}
    assert content(source, f"vn-{TENANT}-prod-now") == {"kept": two, "later": one}
    assert "GC-BACKUP-012" in country.run("verify", TENANT, "--at", "2020-01-01", code=1)
    early = ("--bucket", "attachments", "--to", "early", "--at", "2020-01-01")
    assert "GC-BACKUP-012" in country.run("restore", TENANT, *early, code=1)


def test_nobody_but_the_backups_own_identity_writes_them(
    country: StoreCommands, source: Store, target: Store, keys: Path
) -> None:
    country.run("run", TENANT, "--bucket", "attachments")
    pair = pair_of(keys)
    blob = target.s3.list_objects_v2(Bucket=TARGET, Prefix="attachments/objects/")["Contents"][0]["Key"]
    version = target.s3.head_object(Bucket=TARGET, Key=blob)["VersionId"]
    administrator = source.endpoint.key
    assert administrator is not None
    with closing(target.client(administrator)) as production:
        assert refused(production.get_object, Bucket=TARGET, Key=blob) == "InvalidAccessKeyId"
    with closing(target.client(pair)) as own:
        own.get_object(Bucket=TARGET, Key=blob)["Body"].read()
        assert refused(own.delete_object, Bucket=TARGET, Key=blob) == "AccessDenied"
        assert refused(own.delete_object, Bucket=TARGET, Key=blob, VersionId=version) == "AccessDenied"
        assert refused(own.list_objects_v2, Bucket="site-health") in ("AccessDenied", "NoSuchBucket")
    with closing(source.client(pair)) as stranger:
        assert refused(stranger.list_objects_v2, Bucket=RECORDS) == "InvalidAccessKeyId"
    for bypass in (False, True):
        code = refused(
            target.s3.delete_object,
            Bucket=TARGET,
            Key=blob,
            VersionId=version,
            BypassGovernanceRetention=bypass,
        )
        assert code == "AccessDenied"


def test_a_lock_is_renewed_before_it_lapses(country: StoreCommands, source: Store, target: Store, keys: Path) -> None:
    country.run("run", TENANT, "--bucket", "records")
    blob = target.s3.list_objects_v2(Bucket=TARGET, Prefix="records/objects/")["Contents"][0]["Key"]

    original = target.s3.head_object(Bucket=TARGET, Key=blob)["VersionId"]

    def locked() -> datetime.datetime:
        told = target.s3.get_object_retention(Bucket=TARGET, Key=blob, VersionId=original)
        return told["Retention"]["RetainUntilDate"]

    now = datetime.datetime.now(datetime.UTC)
    first = locked()
    assert 180 <= (first - now).days <= 181
    with closing(target.client(pair_of(keys))) as own:
        # What was written over it later is not what has to be held.
        body = own.get_object(Bucket=TARGET, Key=blob)["Body"].read()
        for over in (b"x" * len(body), body):
            own.put_object(Bucket=TARGET, Key=blob, Body=over)
        vault = Vault(own, TARGET, "records", 90)
        for days, renewed in ((80, False), (100, True), (150, False)):
            before, later = locked(), now + datetime.timedelta(days)
            head = back_up(Source(source.s3, "first", RECORDS), vault, now=later)
            assert head.counts.copied == 0
            assert (locked() > before) is renewed
            assert (locked() - later).days >= 90
        assert (
            refused(
                own.put_object_retention,
                Bucket=TARGET,
                Key=blob,
                VersionId=original,
                Retention={"Mode": "COMPLIANCE", "RetainUntilDate": now + datetime.timedelta(1)},
            )
            == "AccessDenied"
        )


def test_what_the_stolen_keys_of_backups_wrote_over_them_is_found_and_passed_over(
    country: StoreCommands, source: Store, target: Store, keys: Path
) -> None:
    before = content(source, RECORDS)
    run = country.told("run", TENANT, "--bucket", "records")[0]
    found = target.s3.list_objects_v2(Bucket=TARGET, Prefix="records/objects/")["Contents"]
    small, large = (next(row for row in found if row["Size"] == len(CONTENT[name])) for name in ("a", "big"))
    with closing(target.client(pair_of(keys))) as stolen:
        for blob in (small, large):
            stolen.put_object(Bucket=TARGET, Key=blob["Key"], Body=b"y" * blob["Size"])
        stolen.put_object(Bucket=TARGET, Key=f"records/heads/{run['run']}.json", Body=b"garbage")

    said = country.run("verify", TENANT, "--bucket", "records", code=1)
    assert small["Key"] in said and large["Key"] in said
    assert [said.count(f"GC-BACKUP-{code}") for code in ("010", "011", "025")] == [1, 0, 3]
    assert f"{run['versions']} of {run['versions']} versions read" in said
    said = country.run("restore", TENANT, "--bucket", "records", "--to", "spoilt", code=1)
    assert "GC-BACKUP-025" in said and "GC-BACKUP-011" not in said
    assert content(source, f"vn-{TENANT}-prod-spoilt") == before

    # All is copied anew; the head that was written over is told of for as long as it lies there.
    country.run("run", TENANT, "--bucket", "records", "--whole", code=1)
    said = country.run("verify", TENANT, "--bucket", "records", code=1)
    assert [said.count(f"GC-BACKUP-{code}") for code in ("010", "011", "018", "025")] == [0, 0, 1, 1]


def test_a_head_that_nobody_sealed_is_not_followed(
    country: StoreCommands, source: Store, target: Store, keys: Path
) -> None:
    run = country.told("run", TENANT, "--bucket", "records")[0]
    name = f"records/heads/{run['run']}.json"
    told = json.loads(target.s3.get_object(Bucket=TARGET, Key=name)["Body"].read())
    forged = run_name(datetime.datetime.now(datetime.UTC))
    with closing(target.client(pair_of(keys))) as stolen:
        for part in told["parts"]:
            there = target.s3.get_object(Bucket=TARGET, Key=f"records/runs/{run['run']}/{part['name']}")["Body"].read()
            stolen.put_object(Bucket=TARGET, Key=f"records/runs/{forged}/{part['name']}", Body=there)
        body = json.dumps({**told, "run": forged}).encode()
        stolen.put_object(Bucket=TARGET, Key=f"records/heads/{forged}.json", Body=body)
        for other in ("zzz", "99991231T235959.999999Z"):
            stolen.put_object(Bucket=TARGET, Key=f"records/heads/{other}.json", Body=b"{}")

    assert "GC-BACKUP-019" in country.run("restore", TENANT, "--bucket", "records", "--to", "forged", code=1)
    [listed] = country.told("list", TENANT, "--bucket", "records", code=1)
    assert listed["backups"][-1]["run"] == run["run"]
    [after] = country.told("run", TENANT, "--bucket", "records", code=1)
    assert (after["copied"], after["run"] > forged) == (run["versions"], True)
    assert country.told("run", TENANT, "--bucket", "records")[0]["copied"] == 0
    assert country.told("verify", TENANT, "--bucket", "records")[0]["problems"] == 0


def test_a_manifest_that_was_changed_is_not_believed(country: StoreCommands, target: Store) -> None:
    run = country.told("run", TENANT, "--bucket", "attachments")[0]["run"]
    name = f"attachments/heads/{run}.json"
    kept = target.s3.get_object(Bucket=TARGET, Key=name)["Body"].read()
    target.s3.put_object(Bucket=TARGET, Key=name, Body=kept.replace(b'"versioned": true', b'"versioned": false'))
    assert "GC-BACKUP-019" in country.run("verify", TENANT, "--bucket", "attachments", code=1)
    target.s3.put_object(Bucket=TARGET, Key=name, Body=b"{}")
    assert "GC-BACKUP-010" in country.run("verify", TENANT, "--bucket", "attachments", code=1)
    target.s3.put_object(Bucket=TARGET, Key=name, Body=kept)

    part = target.s3.list_objects_v2(Bucket=TARGET, Prefix=f"attachments/runs/{run}/part")["Contents"][0]["Key"]
    whole = target.s3.get_object(Bucket=TARGET, Key=part)["Body"].read()
    target.s3.put_object(Bucket=TARGET, Key=part, Body=whole + b"\0")
    assert "GC-BACKUP-010" in country.run("verify", TENANT, "--bucket", "attachments", code=1)
    target.s3.put_object(Bucket=TARGET, Key=part, Body=whole)

    country.run("run", TENANT, "--bucket", "attachments")
    target.s3.put_object(Bucket=TARGET, Key=name, Body=kept + b" ")
    assert "GC-BACKUP-018" in country.run("verify", TENANT, "--bucket", "attachments", code=1)
    target.s3.put_object(Bucket=TARGET, Key=name, Body=kept)
    assert country.told("verify", TENANT, "--bucket", "attachments")[0]["problems"] == 0


def test_what_is_due_is_backed_up_for_the_whole_country_and_nothing_else(country: StoreCommands, target: Store) -> None:
    country.run("run", TENANT)
    before = parts(target)
    said = country.run("run", "--all", "--due")
    assert [line.partition(": due from ")[0] for line in said.splitlines()] == [
        f"{TENANT}/prod/attachments",
        f"{TENANT}/prod/records",
    ]
    assert country.told("run", "--all", "--due") == []
    assert parts(target) == before
    assert [row["label"] for row in country.told("run", "--all")] == ["attachments", "records"]
    for words in (("run",), ("run", TENANT, "--all"), ("run", "--all", "--bucket", "records")):
        assert "GC-BACKUP-028" in country.run(*words, code=2)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda each: each.name)
def test_a_run_that_was_ended_is_gone_on_with(
    country: StoreCommands, source: Store, target: Store, number: signal.Signals
) -> None:
    many = 700
    for each in range(many):
        source.s3.put_object(Bucket=ATTACHMENTS, Key=f"{number.name}/{each}", Body=b"%d" % each)
    before = parts(target)
    child = country.started("run", TENANT, "--bucket", "attachments")
    end = time.monotonic() + 60
    while parts(target) == before:
        assert child.poll() is None and time.monotonic() < end
        time.sleep(0.05)
    child.send_signal(number)
    said = child.communicate(timeout=60)
    # By the signal itself, or by its number: a shell sees both alike.
    assert child.returncode in (-number, 128 + number), said

    after = country.told("run", TENANT, "--bucket", "attachments")[0]
    # All objects that lay in the second store are taken up, also those that no manifest named yet.
    assert after["copied"] < many - 200
    assert after["failed"] == 0
    versions: Any = target.s3.get_paginator("list_object_versions").paginate(
        Bucket=TARGET, Prefix="attachments/objects/"
    )
    names = [row["Key"] for page in versions for row in page.get("Versions", ())]
    twice = len(names) - len(set(names))
    assert twice <= 20  # those that were under way when it was ended
    assert country.told("verify", TENANT, "--bucket", "attachments")[0]["problems"] == 0


def parts(target: Store) -> set[str]:
    pages: Any = target.s3.get_paginator("list_objects_v2").paginate(Bucket=TARGET, Prefix="attachments/runs/")
    return {row["Key"] for page in pages for row in page.get("Contents", ()) if "part-" in row["Key"]}
