"""Where the backups of one bucket lie in the second store, and how they are read there.

Below `<label>/`: `objects/` holds the content of versions under their ids, `runs/<run>/` the parts of manifests, and
`heads/` one head for each run that came to its end. Nothing is written twice under one name with another content.
Whoever has the keys that write can write over it all the same, but not take away what lies below where versions are
locked: what is not as it shall be is looked for among the older versions of its name.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import TYPE_CHECKING

from govcloud.backup import manifest, problems
from govcloud.backup.entry import Entry
from govcloud.backup.manifest import Head, Part, time_of
from govcloud.backup.seal import same_seal, sealed
from govcloud.backup.stream import GoneError
from govcloud.providers.storage import content
from govcloud.providers.storage.endpoint import error_code
from govcloud_base.errors import GovCloudError, Problem

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

__all__ = ["Vault", "lock_days"]

_BEGUN = "begun"
_MOST_DAYS = 36_500
_AHEAD = datetime.timedelta(hours=1)
"""By so much the clock of who wrote a head may be ahead of the reader's."""
_ABSENT = ("NoSuchKey", "NoSuchVersion", "404")
_NO_VERSIONS = ("NotImplemented", "MethodNotAllowed", "501", "405")


def lock_days(keep_days: int) -> int:
    """Return the days for which the second store locks what is written, where backups are kept for so many."""
    return min(2 * keep_days + 1, _MOST_DAYS)


@dataclasses.dataclass(frozen=True, slots=True)
class Vault:
    """The backups of one bucket."""

    s3: S3Client
    bucket: str
    """The bucket of the second store."""
    label: str
    """What the tenant calls the bucket that was backed up."""
    keep_days: int | None = None
    """Days for which nobody may delete what a backup names, counted from each backup; None where that is not asked."""
    key: bytes | None = None
    """The key that seals heads; with it none is believed that it did not seal."""
    told: Callable[[Problem], None] = lambda problem: None
    """Hears of what is not as it shall be, and does not stand in the way."""

    def content(self, id: str) -> str:
        """Return the name under which the content of a version lies."""
        return f"{self.label}/objects/{id}"

    def until(self, today: datetime.date) -> datetime.date | None:
        """Return the day to which a copy of today is locked: twice the days, so that it is renewed once in so many."""
        return today + datetime.timedelta(lock_days(self.keep_days)) if self.keep_days else None

    def lapses(self, entry: Entry, today: datetime.date) -> bool:
        """Return whether a copy would be free before a backup of today is."""
        if self.keep_days is None or entry.found.marker:
            return False
        # The store ends a lock at the hour at which the copy was written, so the last day does not count.
        return entry.until is None or (entry.until - today).days <= self.keep_days

    def hold(self, entry: Entry, today: datetime.date) -> Entry:
        """Lock the copy of a version anew, as one of today would be: whatever else was written over it.

        Raises GoneError where it is not there, else what the client raises.
        """
        from botocore.exceptions import ClientError

        until = self.until(today)
        assert until is not None
        name = self.content(entry.found.id)
        try:
            # All that may be it: to know which it is one would have to read them.
            named = [{"VersionId": version} for version in self._versions(name, entry.found.size)]
        except ClientError as error:
            if error_code(error) not in _NO_VERSIONS:
                raise
            named = [{}]
        # The end of that day: what was copied in the course of today is locked to some hour of it already, and no lock
        # is ever shortened.
        end = datetime.datetime.combine(until + datetime.timedelta(1), datetime.time.min, datetime.UTC)
        for version in named:
            try:
                self.s3.put_object_retention(
                    Bucket=self.bucket,
                    Key=name,
                    Retention={"Mode": "COMPLIANCE", "RetainUntilDate": end},
                    **version,  # type: ignore[arg-type]
                )
            except ClientError as error:
                if error_code(error) in _ABSENT:
                    raise GoneError from error
                if not self._held(name, version, end):
                    raise
        if not named:
            raise GoneError
        return dataclasses.replace(entry, until=until)

    def _held(self, name: str, version: dict[str, str], end: datetime.datetime) -> bool:
        """Return whether nobody can delete a version before `end` as it is: a longer lock is refused a shorter one."""
        told = self.s3.head_object(Bucket=self.bucket, Key=name, **version)  # type: ignore[arg-type]
        until = told.get("ObjectLockRetainUntilDate")
        return told.get("ObjectLockMode") == "COMPLIANCE" and until is not None and until >= end

    def older(self, name: str, size: int | None = None) -> Iterator[str]:
        """Yield the versions that lie under exactly this name, the oldest first; only those of `size` where it is told.

        None where the store keeps none, or does not show them to who asks.
        """
        from botocore.exceptions import ClientError

        try:
            versions = self._versions(name, size)
        except ClientError:
            return
        yield from versions

    def begin(self, run: str) -> None:
        """Note that a run begins. Raises what the client raises, as all here."""
        self._put(f"{self.label}/runs/{run}/{_BEGUN}", b"{}")

    def put_part(self, run: str, number: int, lines: list[str]) -> Part:
        """Store a part of a run's manifest."""
        body = manifest.packed(lines)
        name = f"part-{number:06}.jsonl.gz"
        digest = hashlib.sha256(body).hexdigest()
        place = f"{self.label}/runs/{run}/{name}"
        self._put(place, body, sealed(self.key, self.bucket, place, digest))
        return Part(name, digest, len(lines))

    def put_head(self, head: Head) -> None:
        """Store the head of a run: with it the run has come to its end."""
        self._put(f"{self.label}/heads/{head.run}.json", head.to_bytes())

    def runs(self, now: datetime.datetime | None = None) -> list[str]:
        """Return the runs that came to their end by `now` (with its zone; by default now), the oldest first.

        What is called as no run of the past can be is none: it would stand before the next ones for ever.
        """
        names = self._names(f"{self.label}/heads/")
        end = (now or datetime.datetime.now(datetime.UTC)) + _AHEAD
        runs = (name.removesuffix(".json") for name in names if name.endswith(".json"))
        return sorted(run for run in runs if _is_past(run, end))

    def unfinished(self, since: str) -> list[str]:
        """Return what began after the run `since` and has no head, the oldest first."""
        prefix = f"{self.label}/runs/"
        pages = content.pages(
            self.s3, "list_objects_v2", self.bucket, prefix, Delimiter="/", StartAfter=f"{prefix}{since}"
        )
        names = {
            row["Prefix"].removeprefix(prefix).rstrip("/") for page in pages for row in page.get("CommonPrefixes", ())
        }
        heads = {name.removesuffix(".json") for name in self._names(f"{self.label}/heads/")}
        return sorted(name for name in names - heads if name > since)

    def parts(self, run: str) -> list[str]:
        """Return the names of the parts that a run stored, whether or not it came to its end."""
        return sorted(name for name in self._names(f"{self.label}/runs/{run}/") if name != _BEGUN)

    def head(self, run: str) -> Head:
        """Return the head of a run: the newest version of it, or an older one where that is none to believe.

        Raises GovCloudError where none can be read as a head (GC-BACKUP-010), or none is sealed by the key (-019).
        """
        name = f"{self.label}/heads/{run}.json"

        def wrong(body: bytes) -> Problem | None:
            try:
                head = Head.of(body)
            except manifest.UNREADABLE as error:
                return problems.unreadable(self.bucket, name, error)
            if head.run != run:
                return problems.unreadable(self.bucket, name, ValueError(head.run))
            if self.key is not None and not head.sealed_by(self.key):
                return problems.not_sealed(self.bucket, run)
            return None

        return Head.of(self._right(name, wrong))

    def before(self, head: Head) -> Head | None:
        """Return the head that a head follows; None where it is the first.

        Raises GovCloudError where it is not there as it was (GC-BACKUP-018), or is no head (-010).
        """
        if head.before is None:
            return None
        run, sha256 = head.before.run, head.before.sha256
        name = f"{self.label}/heads/{run}.json"
        misled = problems.misled(self.bucket, head.run, run)
        body = self._right(
            name, lambda body: None if hashlib.sha256(body).hexdigest() == sha256 else misled, absent=misled
        )
        try:
            return Head.of(body)
        except manifest.UNREADABLE as error:
            raise GovCloudError(problems.unreadable(self.bucket, name, error)) from None

    def entries(self, head: Head) -> Iterator[Entry]:
        """Yield what a backup holds, each part checked against its digest before an entry of it is believed.

        Raises GovCloudError (GC-BACKUP-010) where a part is not what the head says.
        """
        for part in head.parts:
            yield from self.part(head.run, part)

    def part(self, run: str, part: Part) -> Iterator[Entry]:
        """Yield what a part of a run's manifest holds. Raises as :meth:`entries`."""
        name = f"{self.label}/runs/{run}/{part.name}"
        other = problems.unreadable(self.bucket, name, ValueError("another digest"))
        body = self._right(name, lambda body: None if hashlib.sha256(body).hexdigest() == part.sha256 else other)
        number = 0
        try:
            for entry in manifest.entries(body):
                number += 1
                yield entry
            if number != part.entries:
                raise ValueError(f"{number} of {part.entries} entries")
        except manifest.UNREADABLE as error:
            raise GovCloudError(problems.unreadable(self.bucket, name, error)) from None

    def left(self, run: str) -> Iterator[Entry]:
        """Yield what a run that did not end had copied.

        A part that can't be read, or that the key did not seal, is as if it were not there: no head vouches for it.
        """
        for part in self.parts(run):
            name = f"{self.label}/runs/{run}/{part}"
            told = self.s3.get_object(Bucket=self.bucket, Key=name)
            try:
                body = _read(told)
            except ValueError:
                continue
            digest = hashlib.sha256(body).hexdigest()
            if not same_seal(told.get("Metadata", {}), sealed(self.key, self.bucket, name, digest)):
                continue
            try:
                yield from list(manifest.entries(body))
            except manifest.UNREADABLE:
                continue

    def _right(self, name: str, wrong: Callable[[bytes], Problem | None], absent: Problem | None = None) -> bytes:
        """Return what lies under a name: the newest version, or one below it in which nothing is wrong; that is told.

        Raises GovCloudError with what is wrong with the newest where no other is right.
        """
        from botocore.exceptions import ClientError

        newest: Problem | None = None
        for version in itertools.chain(("",), self.older(name)):
            problem: Problem | None
            try:
                body = self._get(name, version)
            except ValueError as error:
                problem = problems.unreadable(self.bucket, name, error)
            except ClientError as error:
                if error_code(error) not in _ABSENT and not (version or error_code(error) == "MethodNotAllowed"):
                    raise
                problem = absent or problems.unreadable(self.bucket, name, ValueError("not there"))
            else:
                problem = wrong(body)
            if problem is None:
                if newest is not None:
                    self.told(newest)
                    self.told(problems.overlaid(self.bucket, name))
                return body
            newest = newest or problem
        assert newest is not None
        raise GovCloudError(newest)

    def _versions(self, name: str, size: int | None = None) -> list[str]:
        """Return the ids of the versions of exactly this name, the oldest first. Raises what the client raises."""
        found: list[str] = []
        for page in content.pages(self.s3, "list_object_versions", self.bucket, name):
            rows = [row for row in page.get("Versions", ()) if row["Key"] == name]
            found += [row["VersionId"] for row in rows if size in (None, row["Size"])]
            if not rows and page.get("Versions"):
                break  # a name that begins with this one: such come behind it
        return found[::-1]

    def _names(self, prefix: str) -> Iterator[str]:
        for page in content.pages(self.s3, "list_objects_v2", self.bucket, prefix):
            for row in page.get("Contents", ()):
                yield row["Key"].removeprefix(prefix)

    def _get(self, name: str, version: str = "") -> bytes:
        """Return what lies under a name. Raises ValueError where that is too large to be looked at."""
        named = {"VersionId": version} if version else {}
        return _read(self.s3.get_object(Bucket=self.bucket, Key=name, **named))  # type: ignore[arg-type]

    def _put(self, name: str, body: bytes, metadata: Mapping[str, str] = MappingProxyType({})) -> None:
        # AWS wants the sum of whatever is put where objects are locked by themselves.
        md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        self.s3.put_object(Bucket=self.bucket, Key=name, Body=body, ContentMD5=md5, Metadata=dict(metadata))


def _read(told: GetObjectOutputTypeDef) -> bytes:
    with closing(told["Body"]) as stream:
        if told["ContentLength"] > manifest.LARGEST:
            raise ValueError(f"{told['ContentLength']} bytes")
        return stream.read()


def _is_past(run: str, end: datetime.datetime) -> bool:
    try:
        return time_of(run) <= end
    except ValueError:
        return False
