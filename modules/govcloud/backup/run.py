"""One backup of one bucket: what is new is copied, what is known is carried over, all is written down."""

from __future__ import annotations

import dataclasses
import datetime
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from govcloud.backup import listing, problems
from govcloud.backup.entry import Entry, Found
from govcloud.backup.knowledge import Knowledge
from govcloud.backup.manifest import MOST, Chained, Counts, Head, Part, run_name, time_of
from govcloud.backup.mover import SMALL, WORKERS, Mover
from govcloud.backup.stream import GoneError, Stream, UnreadableError
from govcloud.backup.vault import Vault
from govcloud_base.errors import GovCloudError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["Source", "back_up"]

_OFTEN = 256
_OFTEN_BYTES = 64 << 20
_OFTEN_SECONDS = 10.0
"""New entries, their bytes and seconds after which a part is written all the same: a run that ends in the middle loses
no more."""
_MISSES = 512
"""Objects in a row of which an earlier run left nothing: then it left nothing of the others either."""

_CATCHES = 2
"""How often an object is looked for once more that was replaced while it was read."""
_LOOKS = 3
"""How often it is looked what stands under the keys of versions that were gone when they were to be read."""
_HOPELESS = 100
"""Versions that the source refuses before one was copied: then it refuses whoever asks."""


@dataclass(frozen=True, slots=True)
class Source:
    """The bucket that is backed up."""

    s3: S3Client
    cloud: str
    bucket: str


def back_up(
    source: Source,
    vault: Vault,
    *,
    now: datetime.datetime,
    stop: threading.Event | None = None,
    whole: bool = False,
    told: Callable[[int, int], None] = lambda number, size: None,
    failed: Callable[[Found, BaseException], None] = lambda found, error: None,
) -> Head:
    """Back up the bucket and return the head of what came of it; it began at `now`.

    The vault's key seals it. `whole` copies all anew, whatever earlier backups hold, and so does a run whose last
    backup before the key did not seal: that is told, and nothing of it believed. `told` hears of each version that is
    done with its bytes, `failed` of each that could not be copied: the backup is without those. Once `stop` is set
    nothing new is begun, and InterruptedError is raised; the next run goes on there.

    Raises what the clients raise where a bucket can't be listed or written, GovCloudError (GC-BACKUP-010) where the
    backup before can't be read.
    """
    runs = vault.runs(now)
    before = _before(vault, runs[-1], whole=whole) if runs else None
    chained = Chained(before.run, before.digest()) if before else None
    run = run_name(max(now, time_of(runs[-1]) + datetime.timedelta(microseconds=1)) if runs else now)
    with Knowledge() as knowledge, Mover(vault.s3, vault.bucket, vault.key) as mover:
        earlier = knowledge.learn(vault.entries(before), before=True) if before and not whole else 0
        broken = [] if whole else vault.unfinished(before.run if before else "")
        for left in broken:
            knowledge.learn(vault.left(left), before=False)
        vault.begin(run)
        versioned = listing.is_versioned(source.s3, source.bucket)
        book = _Book(vault, run)
        work = _Work(source, vault, mover, book, now.date(), told, failed, hopeful=_MISSES if broken else 0)
        kept = 0
        try:
            with ThreadPoolExecutor(WORKERS) as pool:
                for found in listing.found(source.s3, source.bucket, versioned=versioned):
                    if stop is not None and stop.is_set():
                        raise InterruptedError
                    known = knowledge.of(found.id)
                    if known is not None:
                        kept += known[1]
                        entry = dataclasses.replace(known[0], found=found)
                        if vault.lapses(entry, now.date()):
                            work.hold(pool, entry)
                        else:
                            book.add(entry, new=False)
                            told(1, found.size)
                    elif found.marker:
                        book.add(Entry(found), new=False)
                        told(1, 0)
                    else:
                        work.submit(pool, found)
                    work.check()
            work.check()
            work.look_again(stop, versioned=versioned)
        finally:
            book.flush()
        counts = dataclasses.replace(work.counts, **book.amounts(), gone=max(0, earlier - kept))
        head = Head(
            run=run,
            bucket=source.bucket,
            cloud=source.cloud,
            versioned=versioned,
            finished=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
            counts=counts,
            parts=tuple(book.parts),
            before=chained,
        ).sealed(vault.key)
        vault.put_head(head)
        return head


def _before(vault: Vault, run: str, *, whole: bool) -> Head | None:
    """Return the head of the run before; None where it is not to be believed."""
    try:
        return vault.head(run)
    except GovCloudError as error:
        forged = all(problem.code == problems.NOT_SEALED for problem in error.problems)
        if not whole and not forged:
            raise
        if forged:
            for problem in error.problems:
                vault.told(problem)
        return None


class _Book:
    """The parts of a manifest in the making; safe in threads."""

    def __init__(self, vault: Vault, run: str) -> None:
        self._vault = vault
        self._run = run
        self._lock = threading.Lock()
        self._lines: list[str] = []
        self._fresh = self._fresh_bytes = self._number = 0
        self._written = time.monotonic()
        self._amounts = {"versions": 0, "markers": 0, "bytes": 0}
        self.parts: list[Part] = []

    def amounts(self) -> dict[str, int]:
        """Return what was noted, in all."""
        return dict(self._amounts)

    def add(self, entry: Entry, *, new: bool) -> None:
        """Note an entry, and write a part where it is time."""
        with self._lock:
            self._lines.append(entry.line())
            self._amounts["markers" if entry.found.marker else "versions"] += 1
            self._amounts["bytes"] += entry.found.size
            self._fresh += new
            self._fresh_bytes += entry.found.size if new else 0
            late = self._fresh and time.monotonic() - self._written > _OFTEN_SECONDS
            if not (len(self._lines) >= MOST or self._fresh >= _OFTEN or self._fresh_bytes >= _OFTEN_BYTES or late):
                return
            taken = self._take()
        self._write(*taken)

    def flush(self) -> None:
        """Write what is left."""
        with self._lock:
            taken = self._take()
        self._write(*taken)

    def entries(self) -> Iterator[Entry]:
        """Yield what the parts hold that were written. Raises as :meth:`.Vault.part`."""
        for part in self.parts:
            yield from self._vault.part(self._run, part)

    def _take(self) -> tuple[int, list[str]]:
        lines, self._lines = self._lines, []
        self._fresh = self._fresh_bytes = 0
        self._written = time.monotonic()
        self._number += 1
        return self._number, lines

    def _write(self, number: int, lines: list[str]) -> None:
        if lines:
            part = self._vault.put_part(self._run, number, lines)
            with self._lock:
                self.parts.append(part)
                self.parts.sort(key=lambda each: each.name)


@dataclass
class _Work:
    """The copying of a run."""

    source: Source
    vault: Vault
    mover: Mover
    book: _Book
    today: datetime.date
    told: Callable[[int, int], None]
    failed: Callable[[Found, BaseException], None]
    hopeful: int
    """How many objects in a row are still looked for among what a broken run left."""
    counts: Counts = field(default_factory=Counts)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(2 * WORKERS))
    _fatal: list[Exception] = field(default_factory=list)
    _gone: list[Found] = field(default_factory=list)

    def submit(self, pool: ThreadPoolExecutor, found: Found) -> None:
        """Have a version copied; waits while as many are under way as may be."""
        self._room.acquire()
        pool.submit(self._copied, found).add_done_callback(self._ended)

    def hold(self, pool: ThreadPoolExecutor, entry: Entry) -> None:
        """Have the lock of a known copy renewed; waits likewise."""
        self._room.acquire()
        pool.submit(self._held, entry).add_done_callback(self._ended)

    def look_again(self, stop: threading.Event | None, *, versioned: bool) -> None:
        """Copy what stands now under the keys of versions that were gone when they were to be read.

        An object that was replaced while the backup ran was there all the time, and would be in no backup else. What
        is listed and can't be had all the same is missing. Raises what the clients raise, InterruptedError once `stop`
        is set.
        """
        for _ in range(_LOOKS):
            gone, self._gone = self._gone, []
            if not gone:
                return
            self.book.flush()
            keys = {found.key for found in gone}
            noted = {entry.found.id for entry in self.book.entries() if entry.found.key in keys}
            listed: set[str] = set()
            there: set[str] = set()
            for key in sorted(keys):
                if stop is not None and stop.is_set():
                    raise InterruptedError
                for found in listing.of_key(self.source.s3, self.source.bucket, key, versioned=versioned):
                    if found.id in noted:
                        continue
                    listed.add(found.id)
                    there.add(key)
                    if found.marker:
                        self.book.add(Entry(found), new=False)
                    else:
                        self._copied(found)
            self._count(
                vanished=sum(found.id not in listed and (found.fixed or found.key not in there) for found in gone)
            )
        for found in self._gone:
            self._missing(found, GoneError("NoSuchKey"))
        self._gone = []

    def check(self) -> None:
        """Raise the first error that stands in the way of all."""
        if self._fatal:
            raise self._fatal[0]

    def _ended(self, future: Future[None]) -> None:
        self._room.release()
        error = future.exception()
        if isinstance(error, Exception):
            self._fatal.append(error)

    def _held(self, entry: Entry) -> None:
        if self._fatal:
            return
        try:
            held = self.vault.hold(entry, self.today)
        except GoneError:
            self._copied(entry.found)
        else:
            self.book.add(held, new=False)
            self.told(1, entry.found.size)

    def _copied(self, found: Found) -> None:
        if self._fatal:
            return
        try:
            entry, moved = self._caught(found)
        except GoneError:
            with self._lock:
                self._gone.append(found)
        except UnreadableError as error:
            self._missing(found, error.__cause__ or error)
            if self.counts.failed >= _HOPELESS and not self.counts.copied:
                raise error.__cause__ or error from None
        else:
            self.book.add(entry, new=True)
            changed = entry.found.id != found.id
            self._count(copied=int(moved), copied_bytes=entry.found.size * moved, changed=int(changed))
        self.told(1, found.size)

    def _caught(self, found: Found) -> tuple[Entry, bool]:
        """Copy a version; one without a name of its own that was replaced meanwhile as it is now."""
        for _ in range(_CATCHES if not found.fixed else 0):
            try:
                return self._copy(found)
            except GoneError:
                continue
        return self._copy(found)

    def _missing(self, found: Found, error: BaseException) -> None:
        self._count(failed=1)
        self.failed(found, error)

    def _copy(self, found: Found) -> tuple[Entry, bool]:
        """Return the entry of a version, and whether its content was moved: a broken run may have done that."""
        stream = Stream(self.source.s3, self.source.bucket, found.key, found.version)
        try:
            # Not by the ETag: some stores list another than they answer.
            modified = found.modified if found.fixed else listing.whole_seconds(stream.told["LastModified"])
            read = found
            if (stream.size, modified) != (found.size, found.modified):
                read = dataclasses.replace(found, etag=stream.etag, size=stream.size, modified=modified)
            digest = self._left(read)
            moved = digest is None
            if digest is None:
                digest = self.mover.move(stream, self.vault.content(read.id), {})
            tags = stream.tags()
            # When a broken run copied it is not known: its lock is renewed by the next one.
            until = self.vault.until(self.today) if moved else None
            return Entry(read, digest, stream.headers, stream.metadata, tags, until), moved
        finally:
            stream.close()

    def _left(self, found: Found) -> str | None:
        if self.hopeful <= 0 or found.size > SMALL:
            return None
        digest = self.mover.digest_of(self.vault.content(found.id), found.size)
        with self._lock:
            self.hopeful = _MISSES if digest else self.hopeful - 1
        return digest

    def _count(self, **more: int) -> None:
        with self._lock:
            counted = {name: getattr(self.counts, name) + number for name, number in more.items()}
            self.counts = dataclasses.replace(self.counts, **counted)
