"""What a bucket holds, key by key: all that is kept under a key, in the order in which it was written."""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any

from govcloud.backup.entry import Found
from govcloud.providers.storage import content

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["History", "Ledger", "alike", "begins", "histories", "in_order"]

History = tuple[Found, ...]
"""All that is kept under one key, the oldest first; a bucket without versions has one of each."""


def histories(s3: S3Client, bucket: str, *, versioned: bool) -> Iterator[History]:
    """Yield the history of each key.

    Raises what the client raises, CloudError (GC-STORE-036) where the store cuts its listing off.

    What a page ends with may go on with the next one: it is held back until then.
    """
    if not versioned:
        listed = content.pages(s3, "list_objects_v2", bucket)
        yield from ((_found(row),) for page in listed for row in page.get("Contents", ()))
        return
    held: dict[str, list[Found]] = {}
    for page in content.pages(s3, "list_object_versions", bucket):
        rows = [*map(_found, page.get("Versions", ())), *map(_marker, page.get("DeleteMarkers", ()))]
        for row in rows:
            held.setdefault(row.key, []).append(row)
        open_still = {page.get("NextKeyMarker"), *(of[-1]["Key"] for of in _lists(page) if of)}
        for key in [key for key in held if key not in open_still]:
            yield in_order(held.pop(key))
    yield from map(in_order, held.values())


def _lists(page: Any) -> tuple[list[Any], list[Any]]:
    return page.get("Versions", []), page.get("DeleteMarkers", [])


def in_order(rows: Iterable[Found]) -> History:
    """Return what is kept under one key, as a store lists it (the newest first), in the order of writing.

    Stores list markers of deletions apart, so where they belong is told by their times alone. What a reader gets
    without naming a version is the newest, whatever the clock says.
    """
    oldest_first = list(rows)[::-1]  # of two of one moment the one that is listed first is the newer
    return tuple(sorted(oldest_first, key=lambda row: (row.latest, row.modified)))


def alike(one: History, other: History) -> bool:
    """Return whether two histories may be the same, by what listings tell: content is compared by reading it."""
    return len(one) == len(other) and all(map(_alike, one, other))


def _alike(one: Found, other: Found) -> bool:
    return (one.marker, one.size) == (other.marker, other.size)


def begins(one: History, other: History) -> bool:
    """Return whether `other` may be `one` and what was written after it."""
    return len(one) <= len(other) and all(_alike(a, b) for a, b in zip(one, other, strict=False))


def _found(row: Any) -> Found:
    etag, latest = row.get("ETag", "").strip('"'), row.get("IsLatest", True)
    return Found(row["Key"], row.get("VersionId") or "", etag, row.get("Size", 0), row["LastModified"], latest)


def _marker(row: Any) -> Found:
    return Found(row["Key"], row.get("VersionId") or "", "", 0, row["LastModified"], row["IsLatest"], marker=True)


class Ledger:
    """The histories of one bucket, to be asked for by their keys in whatever order another store names them.

    Kept in a database without a name, whose pages spill to a file that nobody can open: memory does not grow with the
    bucket.
    """

    def __init__(self, found: Iterable[History]) -> None:
        """Take up all of `found`."""
        self._database = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._database.execute("CREATE TABLE histories (key BLOB PRIMARY KEY, rows TEXT) WITHOUT ROWID")
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO histories VALUES (?, ?)", map(_written, found))
        self._database.execute("COMMIT")

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def take(self, key: str) -> History:
        """Return the history of a key, and have it no more; nothing where there is none."""
        row = self._database.execute("DELETE FROM histories WHERE key = ? RETURNING rows", (_bytes(key),)).fetchone()
        return _read(key, row[0]) if row else ()

    def rest(self) -> Iterator[History]:
        """Yield what nobody took."""
        for key, rows in self._database.execute("SELECT key, rows FROM histories"):
            yield _read(key.decode("utf-8", "surrogatepass"), rows)


def _bytes(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


def _written(history: History) -> tuple[bytes, str]:
    rows = [[f.version, f.etag, f.size, f.modified.isoformat(), f.latest, f.marker] for f in history]
    return _bytes(history[0].key), json.dumps(rows)


def _read(key: str, rows: str) -> History:
    return tuple(
        Found(key, version, etag, size, datetime.datetime.fromisoformat(modified), latest, marker)
        for version, etag, size, modified, latest, marker in json.loads(rows)
    )
