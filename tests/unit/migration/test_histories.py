"""What lies under a key, in the order of writing, however a store lists it and breaks it into pages."""

from __future__ import annotations

import datetime
from typing import Any, cast

import pytest

from govcloud.migration.histories import History, Ledger, alike, begins, histories, in_order
from govcloud_base.errors import CloudError

START = datetime.datetime(2026, 12, 1, 8, 0, 0, tzinfo=datetime.UTC)


def row(key: str, version: str, second: float, size: int | None = 1, *, latest: bool = False) -> dict[str, Any]:
    told = {"Key": key, "VersionId": version, "IsLatest": latest, "LastModified": START + datetime.timedelta(0, second)}
    return told if size is None else {**told, "Size": size, "ETag": '"e"'}


class Listed:
    """A client that lists pages."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self._pages = pages

    def get_paginator(self, operation: str) -> Listed:
        assert operation in ("list_object_versions", "list_objects_v2")
        return self

    def paginate(self, **_: Any) -> tuple[dict[str, Any], ...]:
        return self._pages


def listed(*pages: dict[str, Any], versioned: bool = True) -> dict[str, History]:
    found = list(histories(cast("Any", Listed(*pages)), "b", versioned=versioned))
    assert len({one[0].key for one in found}) == len(found)
    return {one[0].key: one for one in found}


def versions(history: History) -> list[str]:
    return [found.version for found in history]


def test_markers_stand_where_their_time_says() -> None:
    page = {
        "Versions": [row("a", "3", 3, latest=True), row("a", "1", 1)],
        "DeleteMarkers": [row("a", "2", 2, None), row("b", "9", 9, None, latest=True)],
    }
    found = listed(page)
    assert versions(found["a"]) == ["1", "2", "3"]
    assert [one.marker for one in found["a"]] == [False, True, False]
    assert versions(found["b"]) == ["9"]


def test_what_a_reader_gets_is_the_newest_whatever_the_clock_says() -> None:
    found = listed({"Versions": [row("a", "new", 1, latest=True), row("a", "old", 5)]})
    assert versions(found["a"]) == ["old", "new"]


def test_of_one_moment_the_first_that_is_listed_is_the_newest() -> None:
    page = {"Versions": [row("a", "3", 0, latest=True), row("a", "2", 0), row("a", "1", 0)]}
    assert versions(listed(page)["a"]) == ["1", "2", "3"]


@pytest.mark.parametrize("marker", ["a", "b", None])
def test_a_key_that_two_pages_hold_is_told_once_and_whole(marker: str | None) -> None:
    """The name of where a listing goes on is the last key of the page for some servers, the next one for others."""
    one = {"Versions": [row("A", "0", 0, latest=True), row("a", "3", 3, latest=True), row("a", "2", 2)]}
    two = {"Versions": [row("a", "1", 1), row("b", "4", 4, latest=True)], "DeleteMarkers": [row("a", "0", 0, None)]}
    found = listed({**one, **({"NextKeyMarker": marker} if marker else {})}, two)
    assert {key: versions(one) for key, one in found.items()} == {"A": ["0"], "a": ["0", "1", "2", "3"], "b": ["4"]}


def test_a_bucket_without_versions_has_one_of_each() -> None:
    found = listed({"Contents": [{"Key": "a", "Size": 2, "LastModified": START}]}, versioned=False)
    assert [(one.version, one.size, one.latest) for one in found["a"]] == [("", 2, True)]


def test_a_ledger_gives_each_history_once_and_then_the_rest() -> None:
    page = {
        "Versions": [row("hồ sơ", "1", 0.25, latest=True), row("b", "2", 2)],
        "DeleteMarkers": [row("b", "3", 3, None)],
    }
    found = listed(page)
    with Ledger(found.values()) as ledger:
        assert ledger.take("hồ sơ") == found["hồ sơ"]
        assert ledger.take("hồ sơ") == ledger.take("c") == ()
        assert list(ledger.rest()) == [found["b"]]


def test_a_copy_is_the_beginning_of_what_is_copied() -> None:
    whole = listed({"Versions": [row("a", "2", 2, 7, latest=True), row("a", "1", 1, 5)]})["a"]
    other = listed({"Versions": [row("a", "x", 9, 7, latest=True), row("a", "y", 8, 5)]})["a"]
    spoilt = listed({"Versions": [row("a", "y", 8, 6, latest=True)]})["a"]
    gone = listed({"DeleteMarkers": [row("a", "y", 8, None, latest=True)]})["a"]
    assert alike(whole, other) and begins(other[:1], whole) and begins((), whole)
    assert not alike(other[:1], whole) and not begins(whole, whole[:1])
    assert not begins(spoilt, whole) and not begins(gone, whole)
    assert in_order(()) == ()


@pytest.mark.parametrize("versioned", [True, False])
def test_a_listing_that_is_cut_off_is_no_whole_bucket(versioned: bool) -> None:
    """What a source seems to have no more is taken away at the target."""
    page = {"Contents": [row("a", "", 0)], "Versions": [row("a", "1", 0, latest=True)], "IsTruncated": True}
    with pytest.raises(CloudError) as error:
        listed(page, versioned=versioned)
    assert [problem.code for problem in error.value.problems] == ["GC-STORE-036"]
