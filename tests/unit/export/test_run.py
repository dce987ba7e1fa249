"""A bag is whole or has another name; what an earlier run left is believed once it was read again."""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path
from typing import Any, cast

import bagit
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from held_versions import BEGAN, HeldVersions, Version

from govcloud.export.bag import About
from govcloud.export.run import Exported, export
from govcloud.export.unfinished import Unfinished
from govcloud.export.verification import check
from govcloud_base.errors import CloudError, EnvironmentProblem, GovCloudError

KEY = Ed25519PrivateKey.generate()
ABOUT = About("vn", "h41", "H41", "UBND tỉnh Quảng Ninh", "prod", "cgc-hn1", "vn-h41-prod-records", newest=False)
VERSIONS = (
    Version(
        "hồ sơ/1.pdf", b"one", told={"ContentType": "application/pdf", "Metadata": {"nguon": "H41"}}, tags={"a": "b"}
    ),
    Version("../x", b"two"),
    Version("a", b"3"),
    Version("a/b", b"4"),
    Version("A", b"5"),
    Version("twice", b"new", told={"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": BEGAN}),
    Version("twice", b"old", latest=False, told={"ObjectLockLegalHoldStatus": "ON"}),
    Version("gone", None),
    Version("gone", b"was there", latest=False),
    Version("empty", b""),
    Version("x\0\n%", b"6"),
)


def made(store: HeldVersions, bag: Path, about: About = ABOUT, **more: Any) -> Exported:
    return export(cast(Any, store), about, bag, now=lambda: BEGAN, key=KEY, **more)


def listed(bag: Path) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for line in (bag / "govcloud/objects.jsonl").read_text().splitlines():
        row = json.loads(line)
        rows.setdefault(row["key"], []).append(row)
    return rows


def test_others_read_the_bag_and_find_all_that_was_there(tmp_path: Path) -> None:
    bag = tmp_path / "out" / "records"
    exported = made(HeldVersions(*VERSIONS), bag)
    assert (exported.counts.files, exported.counts.markers, exported.counts.bytes) == (10, 1, 25)
    others = bagit.Bag(str(bag))
    others.validate()
    assert others.info["Payload-Oxum"] == "25.10" and others.info["External-Identifier"] == ABOUT.bucket
    rows = listed(bag)
    for version in VERSIONS:
        bodies = [(bag / row["path"]).read_bytes() for row in rows[version.key] if not row["deleted"]]
        assert version.body is None or version.body in bodies
    first, [marker] = rows["hồ sơ/1.pdf"][0], [row for row in rows["gone"] if row["deleted"]]
    assert first["path"] == "data/objects/hồ sơ/1.pdf" and first["tags"] == {"a": "b"}
    assert first["headers"] == {"Content-Type": "application/pdf"} and first["metadata"] == {"nguon": "H41"}
    assert marker["latest"] and "path" not in marker
    new, old = sorted(rows["twice"], key=lambda row: not row["latest"])
    assert new["retention"] == {"mode": "COMPLIANCE", "until": BEGAN.isoformat()} and not new["legalHold"]
    assert old["retention"] is None and old["legalHold"] and old["path"].startswith("data/versions/")
    checked = check(bag, KEY.public_key())
    assert (checked.problems, checked.verified, checked.files, checked.digest) == ([], True, 10, exported.digest)
    assert sorted(path.name for path in bag.parent.iterdir()) == ["records"]
    assert (bag.stat().st_mode & 0o777, (bag / "bagit.txt").stat().st_mode & 0o777) == (0o700, 0o600)


def test_the_newest_alone_are_taken_where_that_is_asked(tmp_path: Path) -> None:
    about = About(**{name: getattr(ABOUT, name) for name in About.__slots__} | {"newest": True})
    exported = made(HeldVersions(*VERSIONS), tmp_path / "b", about)
    assert (exported.counts.files, exported.counts.markers) == (8, 0)
    assert not (tmp_path / "b/data/versions").exists()


def test_an_empty_bucket_is_a_bag(tmp_path: Path) -> None:
    made(HeldVersions(), tmp_path / "b")
    bagit.Bag(str(tmp_path / "b")).validate()
    assert not check(tmp_path / "b", KEY.public_key()).problems


def test_two_exports_of_the_same_are_the_same(tmp_path: Path) -> None:
    assert made(HeldVersions(*VERSIONS), tmp_path / "a").digest == made(HeldVersions(*VERSIONS), tmp_path / "b").digest


def stopped(store: HeldVersions, bag: Path, at: str) -> None:
    stop = threading.Event()

    def reading(version: Version) -> None:
        if version.key == at:
            stop.set()

    store.reading = reading
    with pytest.raises(InterruptedError):
        made(store, bag, stop=stop)
    store.reading = lambda version: None
    store.read.clear()


def test_a_run_that_was_stopped_is_gone_on_with(tmp_path: Path) -> None:
    many = [Version(f"k{number}", b"%d" % number) for number in range(200)]
    store, bag = HeldVersions(*many), tmp_path / "b"
    stopped(store, bag, "k150")
    assert not bag.exists() and not (tmp_path / "b.part/tagmanifest-sha256.txt").exists()
    assert [problem.code for problem in check(tmp_path / "b.part").problems] == ["GC-EXPORT-008"]
    kept = {path.name: path.read_bytes() for path in (tmp_path / "b.part/data/objects").iterdir()}
    assert len(kept) > 100
    spoilt, lost = sorted(kept)[:2]
    (tmp_path / "b.part/data/objects" / spoilt).write_bytes(b"?" * len(kept[spoilt]))
    (tmp_path / "b.part/data/objects" / lost).unlink()
    (tmp_path / "b.part/data/objects/stray").write_bytes(b"of nobody")

    exported = made(store, bag)

    assert exported.counts.kept == len(kept) - 2
    assert set(store.read) == {version.key for version in many} - set(kept) | {spoilt, lost}
    assert not check(bag, KEY.public_key()).problems
    assert {path.name for path in (bag / "data/objects").iterdir()} == {version.key for version in many}


def test_a_journal_that_was_cut_off_loses_its_last_line_alone(tmp_path: Path) -> None:
    store, bag = HeldVersions(*[Version(f"k{number}", b"1") for number in range(50)]), tmp_path / "b"
    stopped(store, bag, "k45")
    journal = tmp_path / ".b.journal"
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-20])
    exported = made(store, bag)
    assert exported.counts.kept == whole.count(b"\n") - 2
    assert not check(bag, KEY.public_key()).problems


def test_what_changed_between_two_runs_is_taken_as_it_is_now(tmp_path: Path) -> None:
    store, bag = HeldVersions(*[Version(f"k{number}", b"1") for number in range(50)]), tmp_path / "b"
    stopped(store, bag, "k45")
    del store.versions["v0"]
    store.versions["v1"] = Version("k1/below", b"now a folder")
    exported = made(store, bag)
    assert exported.counts.files == 49 and not check(bag, KEY.public_key()).problems
    assert not (bag / "data/objects/k0").exists() and (bag / "data/objects/k1/below").read_bytes() == b"now a folder"


def test_a_version_that_cannot_be_read_keeps_the_bag_unfinished(tmp_path: Path) -> None:
    store, bag = HeldVersions(*VERSIONS), tmp_path / "b"

    def reading(version: Version) -> None:
        if version.key == "a":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")

    store.reading = reading
    told: list[str] = []
    exported = made(store, bag, failed=lambda found, error: told.append(found.key))
    assert (exported.digest, exported.counts.failed, told) == ("", 1, ["a"])
    assert not bag.exists() and not list((tmp_path / "b.part").glob("*manifest*"))


def test_tags_that_are_refused_keep_the_bag_unfinished_and_the_rest_is_taken(tmp_path: Path) -> None:
    store = HeldVersions(*VERSIONS)

    def refused(**told: Any) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObjectTagging")

    store.get_object_tagging = refused  # type: ignore[method-assign,assignment]
    told: list[str] = []
    exported = made(store, tmp_path / "b", failed=lambda found, error: told.append(found.key))
    assert (exported.digest, told, exported.counts.files) == ("", ["hồ sơ/1.pdf"], len(VERSIONS) - 2)


def test_a_version_that_vanished_is_told_and_not_there(tmp_path: Path) -> None:
    store = HeldVersions(*VERSIONS)
    reading = store.get_object

    def get_object(**told: Any) -> dict[str, Any]:
        if told["Key"] == "a":
            store.versions.pop("v2", None)
        return reading(**told)

    store.get_object = get_object  # type: ignore[method-assign,assignment]
    exported = made(store, tmp_path / "b")
    assert exported.counts.vanished == 1 and not check(tmp_path / "b", KEY.public_key()).problems


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_is_told_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    store, bag, really, calls = HeldVersions(*VERSIONS), tmp_path / "b", os.fsync, iter(range(1000))

    def fsync(descriptor: int) -> None:
        if next(calls) == 5:
            raise OSError(number, os.strerror(number))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(EnvironmentProblem) as caught:
        made(store, bag)
    assert [problem.code for problem in caught.value.problems] == ["GC-EXPORT-002"]
    assert not bag.exists() and not list((tmp_path / "b.part/.begun").iterdir())
    assert made(store, bag).digest and not check(bag, KEY.public_key()).problems


def test_a_broken_line_is_no_fault_of_the_disk(tmp_path: Path) -> None:
    store = HeldVersions(*VERSIONS)

    def reading(version: Version) -> None:
        raise ConnectionResetError(104, "reset")

    store.reading = reading
    with pytest.raises(ConnectionResetError):
        made(store, tmp_path / "b")


def test_what_lies_there_and_is_no_export_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "b.part").mkdir()
    (tmp_path / "b.part/mine").write_text("x")
    (tmp_path / "c.part").symlink_to(tmp_path / "b.part")
    for name in ("b", "c"):
        with pytest.raises(GovCloudError) as caught:
            made(HeldVersions(*VERSIONS), tmp_path / name)
        assert [problem.code for problem in caught.value.problems] == ["GC-EXPORT-003"]
    assert [path.name for path in (tmp_path / "b.part").iterdir()] == ["mine"]
    assert not list(tmp_path.glob(".*"))


def test_one_run_at_a_time_and_of_one_choice(tmp_path: Path) -> None:
    held = Unfinished(tmp_path / "b", ABOUT.head())
    with pytest.raises(EnvironmentProblem) as busy:
        made(HeldVersions(*VERSIONS), tmp_path / "b")
    held.close()
    about = About(**{name: getattr(ABOUT, name) for name in About.__slots__} | {"newest": True})
    with pytest.raises(GovCloudError) as another:
        made(HeldVersions(*VERSIONS), tmp_path / "b", about)
    assert [busy.value.problems[0].code, another.value.problems[0].code] == ["GC-EXPORT-004", "GC-EXPORT-005"]
    assert made(HeldVersions(*VERSIONS), tmp_path / "b").digest


def test_a_listing_that_is_cut_off_is_no_whole_bucket(tmp_path: Path) -> None:
    store = HeldVersions(*VERSIONS)
    store.cut_off = True
    with pytest.raises(CloudError) as caught:
        made(store, tmp_path / "b")
    assert [problem.code for problem in caught.value.problems] == ["GC-STORE-036"]
    assert not (tmp_path / "b").exists()


def test_what_is_listed_and_not_handed_out_is_not_taken_for_gone(tmp_path: Path) -> None:
    store = HeldVersions(Version("a", b"1"), Version("b", b"2"), Version("folder/", b""))
    store.denied = {"v1", "v2"}
    told: list[str] = []
    exported = made(store, tmp_path / "b", failed=lambda found, error: told.append(found.key))
    assert (exported.counts.failed, exported.counts.vanished, told) == (1, 0, ["b"])
    assert not (tmp_path / "b").exists()

    store.denied = {"v2"}  # a folder, which has no content
    assert made(store, tmp_path / "b").counts.files == 3
    assert not check(tmp_path / "b", KEY.public_key()).problems


def test_what_is_overwritten_while_it_is_read_is_taken_as_it_is_then(tmp_path: Path) -> None:
    store, reading = HeldVersions(Version("a", b"1")), HeldVersions.get_object
    store.status = ""

    def get_object(**told: Any) -> dict[str, Any]:
        if store.versions["v0"].body == b"1":
            store.versions["v0"] = Version("a", b"another")
            raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": "x"}}, "GetObject")
        return reading(store, **told)

    store.get_object = get_object  # type: ignore[method-assign,assignment]
    assert made(store, tmp_path / "b").counts.vanished == 0
    assert (tmp_path / "b/data/objects/a").read_bytes() == b"another"
    assert not check(tmp_path / "b", KEY.public_key()).problems
