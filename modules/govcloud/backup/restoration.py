"""The way back: a bucket as it stood at a time, into one that holds nothing, and each object read there once more."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from govcloud.backup import problems
from govcloud.backup.entry import Entry
from govcloud.backup.knowledge import Knowledge
from govcloud.backup.manifest import Head, time_of
from govcloud.backup.mover import Mover
from govcloud.backup.stream import AlteredError, GoneError, Stream, UnreadableError
from govcloud.backup.vault import Vault
from govcloud.backup.verification import Checked, compared, each
from govcloud_base.errors import GovCloudError, Problem

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["chosen", "last", "restore"]


def last(vault: Vault, at: datetime.datetime | None) -> Head | None:
    """Return the last backup, or the last that began by a time (with its zone); None where there is none."""
    runs = [run for run in vault.runs() if at is None or time_of(run) <= at]
    return vault.head(runs[-1]) if runs else None


def chosen(vault: Vault, at: datetime.datetime | None) -> tuple[Head, ...]:
    """Return the backups that know how the bucket stood at a time; none where none does.

    That is the last one that began by then; of a bucket that keeps versions also the next one, which holds what was
    written in between, or what was there before the first. Where that next one can't be believed it is told and left
    out.

    Raises GovCloudError (GC-BACKUP-010, -019) where the one that began by then can't be believed.
    """
    early = last(vault, at)
    late = [run for run in vault.runs() if early is None or run > early.run]
    following = None
    try:
        following = vault.head(late[0]) if late else None
    except GovCloudError as error:
        for problem in error.problems:
            vault.told(problem)
    return tuple(head for head in (early, following) if head and (head is early or head.versioned))


def restore(
    vault: Vault,
    heads: tuple[Head, ...],
    at: datetime.datetime | None,
    s3: S3Client,
    bucket: str,
    *,
    stop: threading.Event | None = None,
    began: Callable[[int, int], None] = lambda number, size: None,
    told: Callable[[int, int], None] = lambda number, size: None,
) -> Checked:
    """Fill `bucket`, which holds nothing, with what was in the backed-up one at a time; then read and compare all.

    `began` hears how many objects and bytes it will be, `told` of each that is done. Raises what the clients raise
    where a store doesn't answer, GovCloudError (GC-BACKUP-010) where a manifest can't be read, or (GC-BACKUP-012)
    where all that is known was written later, InterruptedError once `stop` is set.
    """
    checked, lock = Checked(), threading.Lock()
    vault = dataclasses.replace(vault, told=checked.problems.append)
    for head in heads:
        if not head.complete:
            checked.problems.append(problems.incomplete(vault.bucket, head.run, head.counts.failed))
    with Knowledge() as state, Mover(s3, bucket) as mover:
        for head in heads:
            state.settle(_by(head, at if head.versioned else None, vault))
        number, size = state.settled_number()
        if at is not None and not number and at < heads[0].began:
            raise GovCloudError(problems.no_backup(vault.bucket, vault.label, at.isoformat()))
        began(number, size)

        def bring_back(entry: Entry) -> None:
            put, problem = _put(vault, mover, entry)
            if put and (found := compared(s3, bucket, entry.found.key, entry)) is not None:
                problem = problems.other(bucket, entry.found.key, found)
            with lock:
                checked.objects += 1
                checked.bytes += entry.found.size
                if problem is not None:
                    checked.problems.append(problem)
            told(1, entry.found.size)

        each(bring_back, (entry for entry in state.settled() if not entry.found.marker), stop)
    return checked


def _by(head: Head, at: datetime.datetime | None, vault: Vault) -> Iterator[Entry]:
    """Yield what was written by a time; all without one."""
    return (entry for entry in vault.entries(head) if at is None or entry.found.modified <= at)


def _put(vault: Vault, mover: Mover, entry: Entry) -> tuple[bool, Problem | None]:
    """Restore an object, from an older version of its copy where the newest is not it.

    Return whether it was put, and what was not as it shall be.
    """
    from botocore.exceptions import ClientError, ParamValidationError

    name, key = vault.content(entry.found.id), entry.found.key
    about: dict[str, Any] = {**entry.headers, "Metadata": dict(entry.metadata)}
    if entry.tags:
        about["Tagging"] = urlencode(entry.tags, quote_via=quote)  # to Ceph a plus is a plus
    newest = ""
    for version in itertools.chain(("",), vault.older(name, entry.found.size)):
        try:
            _moved(vault, mover, name, version, entry, about)
        except GoneError:
            newest = newest or "absent"
        except AlteredError as error:
            newest = newest or str(error)
        except UnreadableError as error:
            newest = newest or str(error.__cause__)
        except (ClientError, ParamValidationError) as error:
            return False, problems.other(mover.bucket, key, str(error))
        else:
            return True, problems.overlaid(vault.bucket, name) if newest else None
    return False, problems.broken(vault.bucket, key, name, newest)


def _moved(vault: Vault, mover: Mover, name: str, version: str, entry: Entry, about: dict[str, Any]) -> None:
    stream = Stream(vault.s3, vault.bucket, name, version, sha256=entry.sha256)
    try:
        mover.move(stream, entry.found.key, about)
    finally:
        stream.close()
