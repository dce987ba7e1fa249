"""Whether a backup is whole: its head, its chain, its parts, and every byte of every version read back."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from govcloud.backup import problems
from govcloud.backup.entry import Entry
from govcloud.backup.manifest import Head
from govcloud.backup.mover import WORKERS
from govcloud.backup.stream import AlteredError, GoneError, Stream, UnreadableError
from govcloud.backup.vault import Vault
from govcloud_base.errors import GovCloudError, Problem

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["Checked", "chain", "compared", "each", "verify"]


@dataclass
class Checked:
    """What was looked at, and what of it is not as it should be."""

    objects: int = 0
    """Objects that were read from their first byte to the last."""
    bytes: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify(
    vault: Vault,
    head: Head,
    *,
    stop: threading.Event | None = None,
    told: Callable[[int, int], None] = lambda number, size: None,
) -> Checked:
    """Read everything that the backup holds and compare it with what was written down when it was copied.

    Where something else was written over it and the right version lies below, both are told.

    Raises what the client raises where the store doesn't answer, GovCloudError (GC-BACKUP-010) where the manifest
    itself can't be read, InterruptedError once `stop` is set.
    """
    checked = Checked()
    vault = dataclasses.replace(vault, told=checked.problems.append)
    checked.problems += chain(vault, head)
    if not head.complete:
        checked.problems.append(problems.incomplete(vault.bucket, head.run, head.counts.failed))

    def read(entry: Entry) -> None:
        name = vault.content(entry.found.id)
        problem = None
        if (found := compared(vault.s3, vault.bucket, name, entry)) is not None:
            below = (
                compared(vault.s3, vault.bucket, name, entry, each) for each in vault.older(name, entry.found.size)
            )
            whole = any(other is None for other in below)
            problem = (
                problems.overlaid(vault.bucket, name)
                if whole
                else problems.broken(vault.bucket, entry.found.key, name, found)
            )
        _note(checked, entry, problem)
        told(1, entry.found.size)

    each(read, (entry for entry in vault.entries(head) if not entry.found.marker), stop)
    return checked


def chain(vault: Vault, head: Head) -> Iterator[Problem]:
    """Yield where a head is not followed back to the first one without a change. Raises what the client raises."""
    following: Head | None = head
    while following is not None:
        try:
            following = vault.before(following)
        except GovCloudError as error:
            yield from error.problems
            return


def compared(s3: S3Client, bucket: str, name: str, entry: Entry, version: str = "") -> str | None:
    """Read an object whole and return in what it differs from the entry; None where in nothing."""
    try:
        stream = Stream(s3, bucket, name, version, sha256=entry.sha256)
        try:
            stream.drain()
        finally:
            stream.close()
    except GoneError:
        return "absent"
    except AlteredError as error:
        return str(error)
    except UnreadableError as error:
        return str(error.__cause__)
    return None


def each(work: Callable[[Entry], None], entries: Iterable[Entry], stop: threading.Event | None = None) -> None:
    """Do something with each entry, several at once; the first error ends it, and so does `stop` (InterruptedError)."""
    with ThreadPoolExecutor(WORKERS) as pool:
        under_way: set[Future[None]] = set()
        for entry in entries:
            if stop is not None and stop.is_set():
                raise InterruptedError
            under_way.add(pool.submit(work, entry))
            if len(under_way) >= 2 * WORKERS:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
        for future in under_way:
            future.result()


_LOCK = threading.Lock()


def _note(checked: Checked, entry: Entry, problem: Problem | None) -> None:
    with _LOCK:
        checked.objects += 1
        checked.bytes += entry.found.size
        if problem is not None:
            checked.problems.append(problem)
