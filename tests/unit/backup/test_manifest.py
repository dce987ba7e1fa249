"""Manifests say again what was put into them, and nobody changes one unseen."""

from __future__ import annotations

import dataclasses
import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govcloud.backup import manifest
from govcloud.backup.entry import HEADERS, Entry, Found
from govcloud.backup.manifest import Chained, Counts, Head, Part

KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
WORDS = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), KEYS, max_size=3)
TIMES = st.datetimes(datetime.datetime(1970, 1, 2), datetime.datetime(2200, 1, 1), timezones=st.just(datetime.UTC)).map(
    lambda time: time.replace(microsecond=0)
)
FOUND = st.builds(
    Found,
    key=KEYS,
    version=st.sampled_from(["", "null"]) | st.text("0123456789abcdef", min_size=1, max_size=40),
    etag=st.text("0123456789abcdef-", min_size=1, max_size=40),
    size=st.integers(0, 5 << 40),
    modified=TIMES,
    latest=st.booleans(),
)
ENTRIES = st.builds(
    Entry,
    found=FOUND,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    headers=st.dictionaries(st.sampled_from(HEADERS), KEYS, max_size=3),
    metadata=WORDS,
    tags=WORDS,
    until=st.none() | st.dates(),
) | st.builds(
    lambda key, version, modified: Entry(Found(key, version, "", 0, modified, marker=True)), KEYS, KEYS, TIMES
)
HEAD = Head(
    run="20261130T120000.000001Z",
    bucket="vn-h41-prod-records",
    cloud="cgc-hn1",
    versioned=True,
    finished=datetime.datetime(2026, 11, 30, 12, 1, tzinfo=datetime.UTC),
    counts=Counts(versions=2, bytes=7, copied=2),
    parts=(Part("part-000001.jsonl.gz", "0" * 64, 2),),
    before=Chained("20261129T120000.000000Z", "1" * 64),
)


@given(st.lists(ENTRIES, max_size=20))
def test_what_is_packed_is_read_again(entries: list[Entry]) -> None:
    body = manifest.packed(entry.line() for entry in entries)
    assert list(manifest.entries(body)) == entries
    assert body == manifest.packed(entry.line() for entry in entries)


@given(FOUND, FOUND)
def test_what_differs_has_another_name(one: Found, other: Found) -> None:
    def told(found: Found) -> tuple[object, ...]:
        if found.version not in ("", "null"):
            return (found.key, found.version)
        return (found.key, found.etag, found.size, found.modified)

    assert (one.id == other.id) == (told(one) == told(other))


@given(KEYS)
def test_a_marker_is_never_taken_for_a_version(key: str) -> None:
    time = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    assert Found(key, "v1", "", 0, time).id != Found(key, "v1", "", 0, time, marker=True).id


def test_a_head_is_read_again() -> None:
    for head in (HEAD, dataclasses.replace(HEAD, before=None), HEAD.sealed(b"key")):
        assert Head.of(head.to_bytes()) == head


@pytest.mark.parametrize(
    "change", [{"counts": Counts(versions=3)}, {"before": None}, {"parts": ()}, {"bucket": "another"}]
)
def test_a_change_breaks_the_seal(change: dict[str, object]) -> None:
    sealed = HEAD.sealed(b"key")
    assert sealed.sealed_by(b"key")
    assert not sealed.sealed_by(b"other")
    assert not HEAD.sealed_by(b"key")
    assert not dataclasses.replace(sealed, **change).sealed_by(b"key")  # type: ignore[arg-type]


WRITTEN = HEAD.to_bytes().decode()
NO_HEADS = [
    "[]",
    "{}",
    json.dumps({"format": manifest.FORMAT}),
    WRITTEN.replace("backup/1", "backup/9"),
    WRITTEN.replace(HEAD.run, "../escape"),
    WRITTEN.replace('"seal": ""', '"more": ""'),
    WRITTEN.replace('"seal": ""', '"seal": 5'),
    WRITTEN.replace('"versions": 2', '"versions": "2"'),
    WRITTEN.replace('"versions": 2', '"versions": 3'),
    WRITTEN.replace('"versioned": true', '"versioned": "yes"'),
    WRITTEN.replace('"run": "20261129T120000.000000Z"', '"run": ["20261129T120000.000000Z"]'),
    WRITTEN.replace(HEAD.run, "20261130T1200"),
]


@pytest.mark.parametrize("told", NO_HEADS)
def test_what_is_no_head_is_refused(told: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Head.of(told.encode())


def test_names_of_runs_sort_as_their_times() -> None:
    early = datetime.datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=datetime.UTC)
    late = early + datetime.timedelta(microseconds=1)
    assert manifest.run_name(early) < manifest.run_name(late)
    assert manifest.time_of(manifest.run_name(early)) == early
    vietnam = datetime.timezone(datetime.timedelta(hours=7))
    assert manifest.run_name(early.astimezone(vietnam)) == manifest.run_name(early)


@pytest.mark.parametrize("body", [b"x", manifest.packed(["{"]), manifest.packed(["[]"]), manifest.packed(["{}"])])
def test_what_is_no_part_is_refused(body: bytes) -> None:
    with pytest.raises(manifest.UNREADABLE):
        list(manifest.entries(body))


ENTRY = Entry(
    Found("a", "v1", "e", 1, datetime.datetime(2026, 11, 30, tzinfo=datetime.UTC)), "0" * 64, {"ContentType": "x"}
)


def test_a_manifest_asks_for_nothing_but_what_is_kept_of_an_object() -> None:
    """A restore hands it to the store with the platform's key."""
    told = json.loads(ENTRY.line())
    hostile = {"ACL": "public-read", "ObjectLockMode": "COMPLIANCE", "SSECustomerKey": "k", "Bucket": "b"}
    assert Entry.of(json.dumps({**told, "h": {**told["h"], **hostile}})) == ENTRY


@pytest.mark.parametrize(
    "change",
    [
        {"d": "2026-11-30T00:00:00"},
        {"d": "9999-12-31T23:59:59-14:00"},
        {"n": float("inf")},
        {"n": -1},
        {"n": True},
        {"k": 5},
        {"k": "\ud800"},
        {"v": ["a"]},
        {"e": None},
        {"m": {"a": "\ud800"}},
        {"s": ""},
        {"s": None},
        {"h": {"ContentType": {"a": "b"}}},
        {"h": [["ContentType", "x"]]},
        {"m": {"a": 1}},
        {"m": "ab"},
        {"t": {"a": None}},
    ],
    ids=str,
)
def test_what_is_no_entry_is_refused(change: dict[str, object]) -> None:
    line = json.dumps({**json.loads(ENTRY.line()), **change})
    with pytest.raises((ValueError, KeyError, TypeError)):
        Entry.of(line)


def test_a_part_is_no_larger_than_parts_are() -> None:
    """Nobody's memory is to be filled by what somebody wrote there."""
    line = ENTRY.line()
    assert len(list(manifest.entries(manifest.packed([line] * manifest.MOST)))) == manifest.MOST
    for hostile in ([line] * (manifest.MOST + 1), [json.dumps({**json.loads(line), "k": "a" * (1 << 21)})]):
        with pytest.raises(ValueError):
            list(manifest.entries(manifest.packed(hostile)))


def test_a_part_that_was_cut_or_spoilt_is_refused() -> None:
    whole = manifest.packed([f"{number}" for number in range(1000)])
    for spoilt in (whole[:-5], whole[:40] + b"\xff" * 20 + whole[60:]):
        with pytest.raises(manifest.UNREADABLE):
            list(manifest.entries(spoilt))
