from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from govcloud.providers.storage import capabilities, scratch
from govcloud.providers.storage.capabilities import CATALOGUE_BUCKET, Capabilities, known_or_probed, probe
from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.catalogue import FAST
from govcloud.providers.storage.trials.outcome import Exchange, Verdict
from govcloud.providers.storage.trials.trial import ended
from govcloud_base import maker
from govcloud_base.errors import CloudError

ABLE = Capabilities(dict.fromkeys(FAST, Verdict.WORKS))


def failed(status: int) -> ClientError:
    response: Any = {"Error": {"Code": str(status)}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "PutBucketTagging")


def test_a_good_store_can_do_everything_and_is_left_as_it_was(s3: Any) -> None:
    assert probe(s3) == ABLE
    assert s3.buckets == {}


@pytest.mark.parametrize("setting", ["tagging", "versioning", "encryption"])
def test_a_setting_without_effect_is_not_supported_whatever_the_status_said(s3: Any, setting: str) -> None:
    s3.ignores = frozenset({setting})

    found = probe(s3)

    assert found.verdicts[setting] is Verdict.DOES_NOT
    assert s3.buckets == {}


def test_a_setting_whose_removal_removes_the_bucket_is_not_supported(s3: Any) -> None:
    s3.falls_through = True

    found = probe(s3)

    assert found == Capabilities({**ABLE.verdicts, "encryption": Verdict.DOES_NOT})
    assert s3.buckets == {}


def test_answers_are_kept_in_the_store(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert known_or_probed(s3) == ABLE
    monkeypatch.setattr(capabilities, "probe", lambda s3: pytest.fail("asked again"))

    assert known_or_probed(s3) == ABLE


@pytest.mark.parametrize(
    "record",
    [
        {"probedAt": 0},
        {"probedAt": time.time() + 3600 * 48},
        {"server": "another version"},
        {"verdicts": {"tagging": "works"}},
        None,
    ],
    ids=["old", "from the future", "other server", "other questions", "unreadable"],
)
def test_answers_that_do_not_count_any_more_are_asked_for_again(s3: Any, record: dict[str, Any] | None) -> None:
    known_or_probed(s3)
    kept = s3.buckets[CATALOGUE_BUCKET].objects
    full = json.loads(kept["capabilities.json"])
    full["verdicts"]["versioning"] = Verdict.DOES_NOT  # a lie, by which the stale answer is recognised
    kept["capabilities.json"] = b"{" if record is None else json.dumps({**full, **record}).encode()

    assert known_or_probed(s3) == ABLE


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "SlowDown"}}, "PutBucketTagging"),
        failed(502),
        ResponseParserError("invalid XML received"),
        EndpointConnectionError(endpoint_url="https://store.test"),
    ],
)
def test_what_could_not_be_tried_is_neither_yes_nor_no_and_is_not_remembered(
    s3: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def busy(**_: Any) -> None:
        raise error

    monkeypatch.setattr(s3, "put_bucket_tagging", busy)

    found = known_or_probed(s3)

    assert found.verdicts == {**ABLE.verdicts, "tagging": Verdict.UNTRIED}
    with pytest.raises(CloudError) as asked:
        found.works("tagging")
    assert [problem.code for problem in asked.value.problems] == ["GC-STORE-004"]
    assert CATALOGUE_BUCKET not in s3.buckets
    assert found.works("versioning")


def test_a_store_that_breaks_at_it_does_not_have_it(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are servers that answer so whenever they are asked to encrypt."""

    def breaks(**_: Any) -> None:
        raise failed(500)

    monkeypatch.setattr(s3, "put_bucket_tagging", breaks)

    assert known_or_probed(s3).verdicts["tagging"] is Verdict.DOES_NOT


def test_a_trial_says_what_was_sent_and_what_came_back(s3: Any) -> None:
    s3.falls_through = True
    bench = Bench(s3, "govcloud-probe-x")
    bench.stand()

    outcome = ended(FAST["encryption"], bench)

    assert outcome.verdict is Verdict.DOES_NOT
    assert outcome.reason is not None and "harmed" in outcome.reason.en
    assert outcome.evidence[0] == Exchange("PutBucketEncryption", "200")
    assert outcome.evidence[-1] == Exchange("DeleteBucketEncryption", "200")
    assert bench.whole()


NOW = datetime.datetime.now(datetime.UTC)
OLD = NOW - 2 * scratch.LONGEST_TRIAL


def left(s3: Any, name: str, created: datetime.datetime = NOW) -> str:
    """Make a bucket as a killed trial leaves it; return its name."""
    s3.create_bucket(Bucket=name)
    s3.buckets[name].created = created
    s3.put_object(Bucket=name, Key="canary", Body=b"1")
    return name


def made_by(process: int, start: str = "") -> str:
    return f"govcloud-probe-{scratch._machine()}-{process}-{start or maker.start(process)}-{'0' * 16}"


def of_one_departed() -> str:
    """Return the name of what a process made that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        return made_by(child.pid)


def test_what_a_killed_trial_left_goes_with_the_next_run(s3: Any) -> None:
    left(s3, of_one_departed())
    left(s3, f"govcloud-probe-{'0' * 16}", OLD)

    known_or_probed(s3)

    assert list(s3.buckets) == [CATALOGUE_BUCKET]


def test_the_number_of_a_process_that_ended_may_be_anothers_or_a_threads(s3: Any) -> None:
    waits = threading.Event()
    thread = threading.Thread(target=waits.wait)
    thread.start()
    try:
        assert thread.native_id is not None
        for number in (os.getpid(), thread.native_id):
            left(s3, made_by(number, start="1"))
            assert len(scratch.sweep(s3, NOW)) == 1
    finally:
        waits.set()
        thread.join()


def test_a_name_says_who_made_it_and_is_no_longer_than_names_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert scratch.title().startswith(made_by(os.getpid()).removesuffix("0" * 16))
    monkeypatch.setattr(os, "getpid", lambda: (1 << 22) - 1)
    monkeypatch.setattr(maker, "start", lambda process=None: "9" * 11)
    assert len(scratch.title()) <= 63


@pytest.mark.parametrize(
    ("name", "created"),
    [
        (made_by(os.getpid()), NOW),
        (f"govcloud-probe-{scratch._machine()}-1-{'0' * 16}", NOW),
        (f"govcloud-probe-00000000-1-{'0' * 16}", NOW),
        (f"govcloud-probe-{'0' * 16}", NOW),
        ("govcloud-probe-reports", OLD),
        (f"vn-govcloud-probe-{'0' * 16}", OLD),
    ],
    ids=["at work", "of an earlier version", "of another machine", "maybe at work", "not our name", "not our prefix"],
)
def test_what_may_be_somebodys_is_left_alone(s3: Any, name: str, created: datetime.datetime) -> None:
    left(s3, name, created)

    assert scratch.sweep(s3, NOW) == []
    assert name in s3.buckets


@pytest.mark.parametrize("added", ["objects", "kept", "uploads"])
def test_a_scratch_bucket_that_somebody_used_is_left_alone(s3: Any, added: str) -> None:
    name = left(s3, of_one_departed(), OLD)
    held = getattr(s3.buckets[name], added)
    held.update({"report": b"1"}) if added == "objects" else held.append("report")

    assert scratch.sweep(s3, NOW) == []
    assert "canary" in s3.buckets[name].objects
