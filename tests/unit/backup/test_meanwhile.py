"""What is deleted, replaced or refused at the source while a backup runs: it is copied as it is then, or told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from memory_stores import Stores, stores

from govcloud.backup.entry import Found
from govcloud.backup.manifest import Head
from govcloud.backup.restoration import chosen, restore
from govcloud.backup.verification import verify


@pytest.fixture(params=[True, False], ids=["versions", "no-versions"])
def two(request: pytest.FixtureRequest) -> Iterator[Stores]:
    with stores(versioned=request.param) as found:
        yield found


def before(two: Stores, operation: str, key: str, act: Callable[[int], None]) -> None:
    """Do something before the store answers about a key of the source; it hears how often that was asked."""
    asked = 0

    def handler(params: dict[str, Any], **_: Any) -> None:
        nonlocal asked
        if (params.get("Bucket"), params.get("Key")) == (two.source, key):
            asked += 1
            act(asked)

    two.s3.meta.events.register(f"provide-client-params.s3.{operation}", handler)


def refuse(operation: str) -> None:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)


def taken_away(two: Stores, key: str) -> None:
    """Delete all that the key holds, for ever."""
    told = two.s3.list_object_versions(Bucket=two.source)
    for row in (row for row in told.get("Versions", ()) if row["Key"] == key):
        two.s3.delete_object(Bucket=two.source, Key=key, VersionId=row["VersionId"])


def brought_back(two: Stores) -> dict[str, bytes]:
    back = two.empty()
    assert restore(two.vault(), chosen(two.vault(), None), None, two.s3, back).problems == []
    rows = two.s3.list_objects_v2(Bucket=back).get("Contents", ())
    return {row["Key"]: two.s3.get_object(Bucket=back, Key=row["Key"])["Body"].read() for row in rows}


@pytest.mark.parametrize("operation", ["GetObject", "GetObjectTagging"])
def test_what_the_source_refuses_is_missing_and_the_rest_is_there(two: Stores, operation: str) -> None:
    for key in ("a", "b"):
        two.put(key, Tagging="x=y")
    before(two, operation, "a", lambda asked: refuse(operation) if asked == 1 else None)
    heard: list[Found] = []

    head = two.backed_up(failed=lambda found, _: heard.append(found))

    assert [found.key for found in heard] == ["a"]
    assert (head.counts.failed, head.counts.copied, head.complete) == (1, 1, False)
    assert [problem.code for problem in verify(two.vault(), head).problems] == ["GC-BACKUP-026"]
    checked = restore(two.vault(), chosen(two.vault(), None), None, two.s3, two.empty())
    assert ([problem.code for problem in checked.problems], checked.objects) == (["GC-BACKUP-026"], 1)
    mended = two.backed_up()
    assert mended.complete and verify(two.vault(), mended).problems == []


def test_what_was_deleted_meanwhile_is_in_no_backup(two: Stores) -> None:
    for key in ("a", "ab"):
        two.put(key)
    before(two, "GetObject", "a", lambda asked: taken_away(two, "a"))
    head = two.backed_up()
    assert (head.counts.vanished, head.counts.copied, head.complete) == (1, 1, True)
    assert verify(two.vault(), head).problems == []
    assert brought_back(two) == {"ab": b"content"}


def test_what_was_replaced_meanwhile_is_in_the_backup(two: Stores) -> None:
    """An object that was there all the time, of which the listed version was gone when it was read."""
    two.put("a", b"older")
    two.put("a", b"old")
    two.put("ab")
    put: list[bytes] = []
    versioned = two.s3.get_bucket_versioning(Bucket=two.source).get("Status") == "Enabled"

    def put_anew(params: dict[str, Any], **_: Any) -> None:
        if params.get("Prefix") == "a" and not put:
            put.append(b"new")
            two.put("a", put[0])

    before(two, "GetObject", "a", lambda asked: None if put else taken_away(two, "a"))
    for listing in ("ListObjectsV2", "ListObjectVersions"):
        two.s3.meta.events.register(f"before-parameter-build.s3.{listing}", put_anew)

    head = two.backed_up()

    listed = 2 if versioned else 0  # a version that is gone is gone; an object without versions is another now
    assert (head.complete, head.counts.vanished, head.counts.copied) == (True, listed, 2)
    assert verify(two.vault(), head).problems == []
    assert brought_back(two)["a"] == b"new"
    again = two.backed_up()
    assert (again.counts.copied, again.counts.gone) == (0, 0)


def test_what_is_listed_and_never_there_to_be_read_is_missing(two: Stores) -> None:
    for key in ("a", "b"):
        two.put(key)

    def gone(asked: int) -> None:
        raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "no"}}, "GetObject")

    before(two, "GetObject", "a", gone)
    heard: list[Found] = []
    head: Head = two.backed_up(failed=lambda found, _: heard.append(found))
    assert [found.key for found in heard] == ["a"]
    assert not head.complete
