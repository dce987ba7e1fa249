"""The record of an erasure says what was there and what was seen afterwards, and a signature holds it fast."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path

import pytest

from govcloud import country
from govcloud.country import Country
from govcloud.fleet.erasure import Emptied, Erasure, Records
from govcloud.folders import project_root
from govcloud.providers.storage.content import Upload, Version
from govcloud.report.signature import signing_key
from govcloud_base.errors import EnvironmentProblem

BEGUN = datetime.datetime(2026, 11, 30, 8, 15, 30, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def declared() -> Country:
    return country.remembered(Path(project_root()) / "stacks" / "vn")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "signing.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", file], check=True, capture_output=True)
    file.chmod(0o600)
    return file


def erasure() -> Erasure:
    bucket = Emptied("vn-h41-prod-records")
    for thing in (
        Version("a", "1", size=7),
        Version("a", "2", size=5),
        Version("a", "3", marker=True),
        Upload("b", "u"),
    ):
        bucket.saw(thing)
    bucket.deleted = 4
    return Erasure("h41", BEGUN, [bucket])


def test_all_that_was_there_is_counted() -> None:
    (bucket,) = erasure().buckets
    assert (bucket.versions, bucket.bytes, bucket.markers, bucket.uploads, bucket.held) == (2, 12, 1, 1, 4)


def test_it_is_complete_only_when_all_was_looked_for_and_nothing_found(declared: Country) -> None:
    made = erasure()
    made.identities["h41-prod"] = True
    assert not made.complete
    made.ended = BEGUN
    assert not made.complete, "nobody asked the store for the bucket"
    made.buckets[0].gone = False
    assert not made.complete
    made.buckets[0].gone = True
    assert made.complete
    made.left = ["vn-h41-prod-forgotten"]
    assert not made.complete, "something of its name is still there"
    made.left = []
    made.identities["h41-prod"] = False
    assert not made.complete
    assert json.loads(made.document(declared, "cgc-hn1"))["complete"] is False


def test_a_record_is_signed_so_that_others_can_check_it(declared: Country, key: Path, tmp_path: Path) -> None:
    records = Records(tmp_path / "records", signing_key({"GOVCLOUD_SIGNING_KEY": str(key)}))
    file = records.write(erasure(), declared, "cgc-hn1")
    assert file.name == "h41-20261130T081530Z.json"
    assert json.loads(file.read_text())["buckets"][0]["versions"] == 2
    public = tmp_path / "public.pem"
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
    check: list[str | Path] = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin"]
    check += ["-sigfile", f"{file}.sig", "-in", file]
    assert subprocess.run(check, check=False, capture_output=True).returncode == 0
    file.write_text(file.read_text().replace('"versions": 2', '"versions": 0'))
    assert subprocess.run(check, check=False, capture_output=True).returncode != 0


def test_without_a_key_nothing_is_signed(declared: Country, tmp_path: Path) -> None:
    assert signing_key({}) is None
    file = Records(tmp_path, None).write(erasure(), declared, "cgc-hn1")
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_key_that_cannot_sign_is_refused_before_anything_happens(key: Path, tmp_path: Path) -> None:
    def refused(file: Path) -> str:
        with pytest.raises(EnvironmentProblem) as raised:
            signing_key({"GOVCLOUD_SIGNING_KEY": str(file)})
        (problem,) = raised.value.problems
        assert problem.code == "GC-SIGN-001"
        return problem.message.en

    assert "No such file" in refused(tmp_path / "none.pem")
    other = tmp_path / "rsa.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "rsa", "-out", other], check=True, capture_output=True)
    other.chmod(0o600)
    assert "not an Ed25519" in refused(other)
    other.write_text("hidden-secret")
    assert "hidden-secret" not in refused(other)
    key.chmod(0o640)
    assert "others" in refused(key)
