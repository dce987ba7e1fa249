"""One export of one bucket: each version to its place on the disk, then what proves that it is all there."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import io
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from govcloud.backup import listing
from govcloud.backup.entry import Found
from govcloud.backup.mover import WORKERS
from govcloud.backup.stream import GoneError, Stream, UnreadableError
from govcloud.export import bag
from govcloud.export.bag import About
from govcloud.export.item import HEADER_NAMES, Item
from govcloud.export.register import Register
from govcloud.export.unfinished import Unfinished, on_disk

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from mypy_boto3_s3.client import S3Client

__all__ = ["Counts", "Exported", "export"]

_TRIES = 3
_HOPELESS = 100
"""Versions that the store refuses before one was read: then it refuses whoever asks."""


@dataclass(slots=True)
class Counts:
    """What became of the versions of a bucket."""

    files: int = 0
    """Versions whose content is in the bag."""
    bytes: int = 0
    """Their bytes."""
    markers: int = 0
    """Markers of deletions, which are listed."""
    kept: int = 0
    """Files that an earlier run had left, and that were read and found right."""
    renamed: int = 0
    """Objects that do not lie under their key."""
    vanished: int = 0
    """Versions that somebody deleted after they were listed."""
    failed: int = 0
    """Versions that could not be read."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of an export."""

    counts: Counts
    digest: str
    """Digest (SHA-256) of the manifest of tag files, which stands for the whole bag; '' where it is not finished."""


def export(
    s3: S3Client,
    about: About,
    target: Path,
    *,
    now: Callable[[], datetime.datetime],
    key: Ed25519PrivateKey | None = None,
    stop: threading.Event | None = None,
    told: Callable[[int, int], None] = lambda number, size: None,
    failed: Callable[[Found, BaseException], None] = lambda found, error: None,
) -> Exported:
    """Write the bucket into a bag that is called `target`, which is not there; `key` signs it.

    `told` hears of each version that is done with its bytes, `failed` of each that could not be read: then the bag
    stays unfinished, and so it does once `stop` is set (InterruptedError). The next run goes on there, and believes of
    what lies there only what it has read again.

    Raises what the client raises where the bucket can't be listed, and as :class:`.Unfinished`.
    """
    began = now()
    work = _Work(s3, about, Unfinished(target, about.head()), stop or threading.Event(), told, failed)
    with work.register:
        try:
            work.register.recall(work.place.left())
            work.all()
            if work.counts.failed:
                return Exported(work.counts, "")
            work.place.sweep(work.register.has)
            information = bag.information(about, dataclasses.asdict(work.counts), began, now(), key)
            with on_disk(target):
                lines, digests = work.register.lines(), work.register.digests()
                digest = bag.seal(work.place.folder, information, lines, digests, key)
            work.place.finish()
        finally:
            work.place.close()
    return Exported(work.counts, digest)


@dataclass
class _Work:
    """The copying of one run."""

    s3: S3Client
    about: About
    place: Unfinished
    stop: threading.Event
    told: Callable[[int, int], None]
    failed: Callable[[Found, BaseException], None]
    versioned: bool = False
    counts: Counts = field(default_factory=Counts)
    register: Register = field(default_factory=Register)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(2 * WORKERS))
    _fatal: list[Exception] = field(default_factory=list)

    def all(self) -> None:
        """Take all that the bucket lists; the first error that stands in the way of all ends it."""
        self.versioned = listing.is_versioned(self.s3, self.about.bucket)
        with ThreadPoolExecutor(WORKERS) as pool:
            for found in listing.found(self.s3, self.about.bucket, versioned=self.versioned):
                self._check()
                if self.about.newest and (found.marker or not found.latest):
                    continue
                if found.marker:
                    self.register.add(Item(found))
                    self._count(markers=1)
                elif (path := self.register.path(found)) is not None:
                    self._room.acquire()
                    pool.submit(self._taken, found, path).add_done_callback(self._ended)
        self._check()

    def _check(self) -> None:
        if self._fatal:
            raise self._fatal[0]
        self._going_on()

    def _going_on(self) -> None:
        if self.stop.is_set() or self._fatal:
            raise InterruptedError

    def _ended(self, future: Future[None]) -> None:
        self._room.release()
        error = future.exception()
        if isinstance(error, Exception):
            self._fatal.append(error)

    def _taken(self, found: Found, path: str) -> None:
        self._going_on()
        try:
            item, kept = self._item(found, path)
        except GoneError:
            self._count(vanished=1)
        except UnreadableError as error:
            self._count(failed=1)
            if self.counts.failed >= _HOPELESS and not self.counts.files:
                raise error.__cause__ or error from None
            self.failed(found, error.__cause__ or error)
        else:
            self.register.add(item)
            other = found.latest and not path.endswith(f"/objects/{found.key}")
            self._count(files=1, bytes=item.found.size, kept=int(kept), renamed=int(other))
        self.told(1, found.size)

    def _item(self, found: Found, path: str) -> tuple[Item, bool]:
        """Return the item of a version, its content being on the disk, and whether an earlier run put it there.

        Raises GoneError where the store lists it no more, UnreadableError where it does and hands out nothing.
        """
        if (item := self._kept(found, path)) is not None:
            return item, True
        wanted, tries = found, _TRIES
        while True:
            try:
                return self._received(wanted, path), False
            except GoneError as error:
                # It says that nothing is there. Who is asked what is there may say something else.
                rows = listing.of_key(self.s3, self.about.bucket, found.key, versioned=self.versioned)
                again = next((row for row in rows if not found.version or row.id == found.id), None)
                tries -= 1
                if again is None:
                    raise
                if again.key.endswith("/") and not again.size:
                    return self._folder(again, path), False
                if not tries:
                    raise UnreadableError from (error.__cause__ or error)
                wanted = again

    def _folder(self, found: Found, path: str) -> Item:
        """Return the item of what a store that keeps folders lists of one, and hands out to nobody."""
        self.place.receive(io.BytesIO(), path, self._going_on)
        item = Item(found, path, hashlib.sha256().hexdigest())
        self.place.note(item)
        return item

    def _kept(self, found: Found, path: str) -> Item | None:
        """Return what an earlier run wrote of a version, where it lies there as it wrote it."""
        item = self.register.left(found.id)
        if item is None or item.path != path or not self.place.holds(item, self._going_on):
            return None
        return dataclasses.replace(item, found=found)

    def _received(self, found: Found, path: str) -> Item:
        stream = Stream(self.s3, self.about.bucket, found.key, found.version)
        try:
            told = stream.told
            # Not by the ETag: some stores list another than they answer.
            modified = found.modified if found.version else listing.whole_seconds(told["LastModified"])
            read = found
            if (stream.size, modified) != (found.size, found.modified):
                read = dataclasses.replace(found, etag=stream.etag, size=stream.size, modified=modified)
            self.place.receive(stream, path, self._going_on)
            item = Item(
                read,
                path,
                stream.sha256,
                MappingProxyType({HEADER_NAMES[name]: value for name, value in stream.headers.items()}),
                MappingProxyType(stream.metadata),
                MappingProxyType(stream.tags()),
                lock=told.get("ObjectLockMode", ""),
                until=told.get("ObjectLockRetainUntilDate"),
                legal_hold=told.get("ObjectLockLegalHoldStatus") == "ON",
            )
            self.place.note(item)
            return item
        finally:
            stream.close()

    def _count(self, **more: int) -> None:
        with self._lock:
            for name, number in more.items():
                setattr(self.counts, name, getattr(self.counts, name) + number)
