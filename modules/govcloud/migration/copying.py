"""One pass over a bucket: what is new at the source is copied, in the order in which it was written.

A pass needs no memory of the one before: what lies at the target tells how far it came, because nobody else writes
there. So a pass that was killed is gone on with, and one beside writers brings the target nearer each time.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from govcloud.backup.entry import Found
from govcloud.backup.listing import whole_seconds
from govcloud.backup.mover import WORKERS, Mover
from govcloud.backup.stream import GoneError, Stream, UnreadableError
from govcloud.migration.histories import History, Ledger, begins, histories
from govcloud.migration.way import Way
from govcloud.providers.storage import content

HELD = "what lies at the target is locked"

__all__ = ["HELD", "Copied", "copy", "folder", "renewed"]


@dataclass(slots=True)
class Copied:
    """What a pass did."""

    versions: int = 0
    """Versions that were copied."""
    bytes: int = 0
    """Their bytes."""
    markers: int = 0
    """Markers of deletions that were set."""
    removed: int = 0
    """Versions that were taken away at the target, because the source has them no more."""
    kept: int = 0
    """Versions and markers that were there already."""
    vanished: int = 0
    """Keys whose content changed while it was copied: the next pass brings them."""
    failed: int = 0
    """Keys that could not be copied."""

    @property
    def done(self) -> int:
        """How much was changed at the target."""
        return self.versions + self.markers + self.removed


def copy(
    way: Way,
    *,
    stop: threading.Event | None = None,
    told: Callable[[int, int], None] = lambda number, size: None,
    failed: Callable[[str, BaseException | None], None] = lambda key, error: None,
) -> Copied:
    """Copy what the target lacks, and take away what the source has no more; return what was done.

    `told` hears of each version that is done with its bytes, `failed` of each key that could not be copied: with None
    where the source has older versions and the target keeps none. Raises what the clients raise where a bucket can't be
    listed or written, InterruptedError once `stop` is set.
    """
    work = _Work(way, told, failed)
    with (
        Ledger(histories(way.target.s3, way.bucket, versioned=way.keeps)) as ledger,
        Mover(way.target.s3, way.bucket) as mover,
        ThreadPoolExecutor(WORKERS) as pool,
    ):
        under_way: set[Future[None]] = set()
        for history in histories(way.source.s3, way.bucket, versioned=way.versioned):
            if stop is not None and stop.is_set():
                raise InterruptedError
            under_way.add(pool.submit(work.bring, mover, history, ledger.take(history[0].key)))
            if len(under_way) >= 2 * WORKERS:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
        for future in under_way:
            future.result()
        for history in ledger.rest():
            if not folder(history):
                work.clear(history)
    return work.copied


def renewed(way: Way, history: History, lying: History) -> None:
    """Copy all of a key anew in place of what lies at the target. Raises what the clients raise."""
    work = _Work(way, lambda number, size: None, lambda key, error: None)
    with Mover(way.target.s3, way.bucket) as mover:
        if work.clear(lying) and history:
            work.bring(mover, history, ())


def folder(history: History) -> bool:
    """Return whether a key is a folder to several stores: they list such by themselves, and others hide them."""
    return all(found.key.endswith("/") and not found.size for found in history)


class _Work:
    def __init__(
        self,
        way: Way,
        told: Callable[[int, int], None],
        failed: Callable[[str, BaseException | None], None],
    ) -> None:
        self.copied = Copied()
        self._way = way
        self._told = told
        self._failed = failed
        self._lock = threading.Lock()

    def bring(self, mover: Mover, history: History, lying: History) -> None:
        """Bring a key's history to the target, on top of what lies there of it."""
        key = history[0].key
        if not self._way.keeps and (len(history) > 1 or history[0].marker):
            self._count(failed=1)
            self._failed(key, None)
            return
        # Where no versions tell them apart, what is younger than its copy is taken for another; a comparison finds the
        # rest.
        newer = not self._way.keeps and lying and whole_seconds(lying[0].modified) < whole_seconds(history[0].modified)
        if newer or not begins(lying, history):
            if not self.clear(lying):
                return
            lying = ()
        self._count(kept=len(lying))
        for found in lying:
            self._told(1, found.size)
        try:
            for found in history[len(lying) :]:
                self._put(mover, found)
                self._told(1, found.size)
        except GoneError:
            self._count(vanished=1)
        except UnreadableError as error:
            self._count(failed=1)
            self._failed(key, error.__cause__ or error)

    def clear(self, lying: History) -> bool:
        """Take away what lies at the target under a key; False where the store holds on to it."""
        s3, name = self._way.target.s3, self._way.bucket
        if self._way.keeps:
            chosen = [content.Version(f.key, f.version or content.NULL, f.marker, f.size) for f in lying]
            gone = content.remove(s3, name, chosen)
        else:
            gone = sum(1 for found in lying if s3.delete_object(Bucket=name, Key=found.key))
        self._count(removed=gone, failed=int(gone < len(lying)))
        if gone < len(lying):
            self._failed(lying[0].key, PermissionError(HELD))
        return gone == len(lying)

    def _put(self, mover: Mover, found: Found) -> None:
        way = self._way
        if found.marker:
            way.target.s3.delete_object(Bucket=way.bucket, Key=found.key)
            self._count(markers=1)
            return
        stream = Stream(way.source.s3, way.bucket, found.key, found.version)
        try:
            about: dict[str, Any] = {**stream.headers, "Metadata": stream.metadata, **_guarded(stream)}
            if tags := stream.tags():
                about["Tagging"] = urlencode(tags, quote_via=quote)  # to Ceph a plus is a plus
            mover.move(stream, found.key, about)
        finally:
            stream.close()
        self._count(versions=1, bytes=stream.size)

    def _count(self, **more: int) -> None:
        with self._lock:
            for name, number in more.items():
                setattr(self.copied, name, getattr(self.copied, name) + number)


def _guarded(stream: Stream) -> dict[str, Any]:
    """Return what forbids that a version is deleted, as long as it still does."""
    told, kept = stream.told, {}
    until = told.get("ObjectLockRetainUntilDate")
    if until is not None and until > datetime.datetime.now(datetime.UTC):
        kept = {"ObjectLockMode": told["ObjectLockMode"], "ObjectLockRetainUntilDate": until}
    held = told.get("ObjectLockLegalHoldStatus") == "ON"
    return {**kept, **({"ObjectLockLegalHoldStatus": "ON"} if held else {})}
