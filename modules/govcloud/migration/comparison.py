"""Whether a bucket is at the target what it is at the source: every version of both read, and nothing else there."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from govcloud.backup.entry import Found
from govcloud.backup.mover import WORKERS
from govcloud.backup.stream import GoneError, Stream, UnreadableError
from govcloud.migration.copying import folder
from govcloud.migration.histories import History, Ledger, alike, histories
from govcloud.migration.way import Way

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["Compared", "Differing", "compare"]


@dataclass(frozen=True, slots=True)
class Differing:
    """A key that is not the same on both sides."""

    key: str
    what: str
    """In what it differs."""
    history: History
    """What the source has of it."""
    lying: History
    """What the target has."""


@dataclass(slots=True)
class Compared:
    """What was read on both sides."""

    keys: int = 0
    versions: int = 0
    markers: int = 0
    bytes: int = 0
    differing: list[Differing] = field(default_factory=list)


def compare(
    way: Way,
    *,
    stop: threading.Event | None = None,
    told: Callable[[int, int], None] = lambda number, size: None,
) -> Compared:
    """Read every version on both sides and compare content, headers, metadata, tags and what forbids deletion.

    Raises what the clients raise where a store doesn't answer, InterruptedError once `stop` is set.
    """
    compared, lock = Compared(), threading.Lock()

    def one(history: History, lying: History) -> None:
        what = _difference(way, history, lying)
        with lock:
            compared.keys += 1
            compared.versions += sum(not found.marker for found in history)
            compared.markers += sum(found.marker for found in history)
            compared.bytes += sum(found.size for found in history)
            if what:
                compared.differing.append(Differing((history or lying)[0].key, what, history, lying))
        for found in history:
            told(1, found.size)

    with Ledger(histories(way.target.s3, way.bucket, versioned=way.keeps)) as ledger:
        with ThreadPoolExecutor(WORKERS) as pool:
            under_way: set[Future[None]] = set()
            for history in histories(way.source.s3, way.bucket, versioned=way.versioned):
                if stop is not None and stop.is_set():
                    raise InterruptedError
                under_way.add(pool.submit(one, history, ledger.take(history[0].key)))
                if len(under_way) >= 2 * WORKERS:
                    done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    for future in done:
                        future.result()
            for future in under_way:
                future.result()
        for lying in ledger.rest():
            if not folder(lying):
                compared.differing.append(Differing(lying[0].key, "not at the source", (), lying))
    return compared


def _difference(way: Way, history: History, lying: History) -> str:
    """Return in what a key differs; '' where in nothing."""
    if not lying:
        return "" if folder(history) else "absent"
    if not alike(history, lying):
        return f"{len(history)} versions, {len(lying)} at the target" if len(history) != len(lying) else "size"
    for here, there in zip(history, lying, strict=True):
        if not here.marker and (what := _unlike(_read(way.source.s3, way, here), _read(way.target.s3, way, there))):
            return what
    return ""


@dataclass(frozen=True, slots=True)
class _Read:
    """What a version is."""

    sha256: str
    headers: Mapping[str, str]
    metadata: Mapping[str, str]
    tags: Mapping[str, str]
    until: datetime.datetime | None
    """Time until which nobody deletes it."""
    held: bool
    """Whether an order forbids that somebody deletes it."""


def _unlike(one: _Read | str, other: _Read | str) -> str:
    """Return in what two versions differ; what could not be read is like nothing."""
    if isinstance(one, str) or isinstance(other, str):
        return one if isinstance(one, str) else str(other)
    differing = [
        name for name in ("sha256", "headers", "metadata", "tags") if getattr(one, name) != getattr(other, name)
    ]
    now = datetime.datetime.now(datetime.UTC)
    if one.until is not None and one.until > now and (other.until is None or other.until < one.until):
        differing.append("retention")
    if one.held and not other.held:
        differing.append("legal hold")
    return ", ".join(differing)


def _read(s3: S3Client, way: Way, found: Found) -> _Read | str:
    """Read a version to its end; return what it is, or why it can't be read."""
    try:
        stream = Stream(s3, way.bucket, found.key, found.version)
        try:
            stream.drain()
        finally:
            stream.close()
        tags = stream.tags()
    except GoneError:
        return "gone"
    except UnreadableError as error:
        return str(error.__cause__)
    until = stream.told.get("ObjectLockRetainUntilDate")
    held = stream.told.get("ObjectLockLegalHoldStatus") == "ON"
    return _Read(stream.sha256, stream.headers, stream.metadata, tags, until, held)
