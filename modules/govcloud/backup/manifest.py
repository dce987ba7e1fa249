"""The manifest of one backup of one bucket: a head that names its parts by their digests, and the head before it.

A part is lines of entries, compressed; a head is JSON. Whoever changes a part, an entry or an earlier head changes a
digest that a later head holds.
"""

from __future__ import annotations

import dataclasses
import datetime
import gzip
import hashlib
import hmac
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from govcloud.backup.entry import Entry

__all__ = [
    "FORMAT",
    "LARGEST",
    "MOST",
    "UNREADABLE",
    "Chained",
    "Counts",
    "Head",
    "Part",
    "entries",
    "packed",
    "run_name",
    "time_of",
]

FORMAT = "govcloud-backup/1"
UNREADABLE = (ValueError, KeyError, TypeError, EOFError, OSError, RecursionError, zlib.error)
"""What is raised where something is read that is no part, or no entry."""
MOST = 10_000
"""Entries of a part."""
LARGEST = 256 << 20
"""Bytes that no head or part has: who wrote over one may have written anything."""
_LONGEST_LINE = 1 << 20
_RUN = "%Y%m%dT%H%M%S.%fZ"


def run_name(time: datetime.datetime) -> str:
    """Return the name of a backup that began at `time` (with its zone): names sort as the times do."""
    return time.astimezone(datetime.UTC).strftime(_RUN)


def time_of(run: str) -> datetime.datetime:
    """Return when the backup of that name began. Raises ValueError where no backup is called so."""
    time = datetime.datetime.strptime(run, _RUN).replace(tzinfo=datetime.UTC)
    if run_name(time) != run:
        raise ValueError(f"{run!r} is no name of a run")
    return time


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a manifest."""

    name: str
    sha256: str
    """Of the part as it lies in the store."""
    entries: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What a backup is made of."""

    versions: int = 0
    """Versions that it holds."""
    markers: int = 0
    """Markers of deletions."""
    bytes: int = 0
    """Bytes of all its versions."""
    copied: int = 0
    """Versions whose content was moved by this run."""
    copied_bytes: int = 0
    gone: int = 0
    """Versions of the backup before that are no longer at the source."""
    changed: int = 0
    """Objects that were overwritten while they were copied: what was read is what they held then."""
    vanished: int = 0
    """Versions that were listed and gone before they could be read."""
    failed: int = 0
    """Versions that could not be copied: this backup is without them."""


@dataclass(frozen=True, slots=True)
class Chained:
    """The head before this one."""

    run: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is said of a backup as a whole."""

    run: str
    """Its name: when it began."""
    bucket: str
    """What was backed up."""
    cloud: str
    """Where that lies."""
    versioned: bool
    """Whether the bucket keeps versions: all of them are in the backup then."""
    finished: datetime.datetime
    counts: Counts
    parts: tuple[Part, ...]
    before: Chained | None = None
    seal: str = ""
    """HMAC-SHA256 of all the rest with the agency's key; '' where none was given."""

    @property
    def began(self) -> datetime.datetime:
        """When the backup began."""
        return time_of(self.run)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing that was there to be read."""
        return self.counts.failed == 0

    def sealed(self, key: bytes | None) -> Head:
        """Return the head with a seal by `key`; as it is without one."""
        return self if key is None else dataclasses.replace(self, seal=self._seal(key))

    def sealed_by(self, key: bytes) -> bool:
        """Return whether somebody who has `key` sealed exactly this."""
        return hmac.compare_digest(self.seal, self._seal(key))

    def to_bytes(self) -> bytes:
        """Return the head as it lies in the store."""
        told: dict[str, Any] = {"format": FORMAT, **dataclasses.asdict(self)}
        told["finished"] = self.finished.isoformat()
        return json.dumps(told, ensure_ascii=True, indent=1).encode()

    @classmethod
    def of(cls, body: bytes) -> Head:
        """Read what :meth:`to_bytes` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        told = json.loads(body)
        if not isinstance(told, dict) or told.pop("format", None) != FORMAT:
            raise ValueError(f"not a head of {FORMAT}")
        before: Mapping[str, Any] | None = told.pop("before")
        head = cls(
            finished=datetime.datetime.fromisoformat(told.pop("finished")),
            counts=Counts(**told.pop("counts")),
            parts=tuple(Part(**part) for part in told.pop("parts")),
            before=Chained(**before) if before else None,
            **told,
        )
        time_of(head.run)
        texts = [
            head.bucket,
            head.cloud,
            head.seal,
            *(dataclasses.astuple(head.before) if head.before else ()),
            *(word for part in head.parts for word in (part.name, part.sha256)),
        ]
        numbers = [*dataclasses.astuple(head.counts), *(part.entries for part in head.parts)]
        if (
            not all(isinstance(text, str) for text in texts)
            or not all(type(number) is int for number in numbers)
            or type(head.versioned) is not bool
        ):
            raise ValueError("a field of the wrong kind")
        if sum(part.entries for part in head.parts) != head.counts.versions + head.counts.markers:
            raise ValueError("the parts hold another number of entries")
        return head

    def digest(self) -> str:
        """Return the digest of the head as it lies in the store."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def _seal(self, key: bytes) -> str:
        return hmac.new(key, dataclasses.replace(self, seal="").to_bytes(), hashlib.sha256).hexdigest()


def packed(lines: Iterable[str]) -> bytes:
    """Return entries' lines as a part: the same bytes for the same lines."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=4, mtime=0) as stream:
        stream.writelines(f"{line}\n".encode() for line in lines)
    return buffer.getvalue()


def entries(body: bytes) -> Iterator[Entry]:
    """Yield what :func:`packed` packed. Raises what is in UNREADABLE for anything else."""
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
        for number, line in enumerate(iter(partial(stream.readline, _LONGEST_LINE), b"")):
            if number == MOST:
                raise ValueError(f"more than {MOST} entries")
            yield Entry.of(line.decode())
