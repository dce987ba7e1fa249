"""Counting what a bucket keeps: versions and markers on all pages, and never further than was asked."""

from __future__ import annotations

from typing import Any

import pytest

from govcloud.providers.storage import bucket, content
from govcloud.providers.storage.content import Count
from govcloud.providers.storage.endpoint import AccessKey, Endpoint, client
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError


@pytest.fixture
def held(s3: Any) -> Any:
    """A store with a bucket of three objects and one marker."""
    s3.create_bucket(Bucket="b")
    s3.buckets["b"].objects = dict.fromkeys("xyz", b"")
    s3.buckets["b"].kept = ["deleted"]
    return s3


@pytest.mark.parametrize(
    ("most", "seconds", "expected"),
    [
        (4, 60.0, Count(4, whole=True)),
        (1000, 60.0, Count(4, whole=True)),
        (2, 60.0, Count(3, whole=False)),
        (1000, -1.0, Count(1, whole=False)),
    ],
)
def test_a_count(held: Any, most: int, seconds: float, expected: Count) -> None:
    assert content.count(held, "b", most, seconds) == expected


def test_all_that_is_held_is_counted_with_uploads(held: Any) -> None:
    held.buckets["b"].uploads = ["unfinished"]
    assert len(list(content.everything(held, "b"))) == 5


def test_removing_tells_how_far_it_is(held: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "_BATCH", 2)
    held.buckets["b"].kept = []
    told: list[int] = []
    assert content.remove_all(held, "b", told.append) == 3
    assert told == [2, 3]


def test_nothing_is_counted_to_the_end(s3: Any) -> None:
    s3.create_bucket(Bucket="b")
    assert content.count(s3, "b", 0, -1.0) == Count(0, whole=True)


OPERATIONS = ("list_object_versions", "list_objects_v2", "list_multipart_uploads")


@pytest.mark.parametrize("cut", OPERATIONS)
def test_a_listing_that_is_cut_off_is_not_taken_for_its_end(store: Store, s3: Any, cut: str) -> None:
    """The client's own paginator ends in silence where a page says that more follow and not where."""
    s3.create_bucket(Bucket="b")
    real: Any = client(Endpoint("https://store.test", "vn-hn-1", "memory", AccessKey("A", "S")))

    def paginator(operation: str) -> Any:
        found = real.get_paginator(operation)
        found._method = lambda **_: {"IsTruncated": operation == cut}
        return found

    s3.get_paginator = paginator

    with pytest.raises(CloudError) as refused:
        bucket.delete(store, "b")

    assert [problem.code for problem in refused.value.problems] == ["GC-STORE-036"]
    assert "b" in s3.buckets
    real.close()
