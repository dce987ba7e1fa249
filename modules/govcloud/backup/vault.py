"""Where the backups of one bucket lie in the second store, and how they are read there.

Below `<label>/`: `objects/` holds the content of versions under their ids, `runs/<run>/` the parts of manifests, and
`heads/` one head for each run that came to its end. Nothing is written twice under one name with another content.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from govcloud.backup import manifest, problems
from govcloud.backup.entry import Entry
from govcloud.backup.manifest import Head, Part
from govcloud.providers.storage.endpoint import error_code
from govcloud_base.errors import GovCloudError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["Vault", "lock_days"]

_BEGUN = "begun"
_MOST_DAYS = 36_500


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
        return entry.until is None or (entry.until - today).days < self.keep_days

    def hold(self, entry: Entry, today: datetime.date) -> Entry:
        """Lock the copy of a version anew, as one of today would be. Raises what the client raises."""
        until = self.until(today)
        assert until is not None
        self.s3.put_object_retention(
            Bucket=self.bucket,
            Key=self.content(entry.found.id),
            Retention={
                "Mode": "COMPLIANCE",
                # The end of that day: what was copied in the course of today is locked to some hour of it already, and
                # no lock is ever shortened.
                "RetainUntilDate": datetime.datetime.combine(
                    until + datetime.timedelta(1), datetime.time.min, datetime.UTC
                ),
            },
        )
        return dataclasses.replace(entry, until=until)

    def begin(self, run: str) -> None:
        """Note that a run begins. Raises what the client raises, as all here."""
        self._put(f"{self.label}/runs/{run}/{_BEGUN}", b"{}")

    def put_part(self, run: str, number: int, lines: list[str]) -> Part:
        """Store a part of a run's manifest."""
        body = manifest.packed(lines)
        name = f"part-{number:06}.jsonl.gz"
        self._put(f"{self.label}/runs/{run}/{name}", body)
        return Part(name, hashlib.sha256(body).hexdigest(), len(lines))

    def put_head(self, head: Head) -> None:
        """Store the head of a run: with it the run has come to its end."""
        self._put(f"{self.label}/heads/{head.run}.json", head.to_bytes())

    def runs(self) -> list[str]:
        """Return the runs that came to their end, the oldest first."""
        names = self._names(f"{self.label}/heads/")
        return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))

    def unfinished(self, since: str) -> list[str]:
        """Return the runs that began after `since` and have no head, the oldest first."""
        prefix = f"{self.label}/runs/"
        pages: Any = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix, Delimiter="/", StartAfter=f"{prefix}{since}"
        )
        names = {
            row["Prefix"].removeprefix(prefix).rstrip("/") for page in pages for row in page.get("CommonPrefixes", ())
        }
        return sorted(name for name in names - set(self.runs()) if name > since)

    def parts(self, run: str) -> list[str]:
        """Return the names of the parts that a run stored, whether or not it came to its end."""
        return sorted(name for name in self._names(f"{self.label}/runs/{run}/") if name != _BEGUN)

    def head(self, run: str) -> Head:
        """Return the head of a run. Raises GovCloudError (GC-BACKUP-010) where it can't be read as one."""
        name = f"{self.label}/heads/{run}.json"
        try:
            head = Head.of(self._get(name))
        except (ValueError, KeyError, TypeError) as error:
            raise GovCloudError(problems.unreadable(self.bucket, name, error)) from None
        if head.run != run:
            raise GovCloudError(problems.unreadable(self.bucket, name, ValueError(head.run)))
        return head

    def digest(self, run: str) -> str:
        """Return the digest of a head as it lies there."""
        return hashlib.sha256(self._get(f"{self.label}/heads/{run}.json")).hexdigest()

    def entries(self, head: Head) -> Iterator[Entry]:
        """Yield what a backup holds, each part checked against its digest before an entry of it is believed.

        Raises GovCloudError (GC-BACKUP-010) where a part is not what the head says.
        """
        for part in head.parts:
            name = f"{self.label}/runs/{head.run}/{part.name}"
            body = self._found(name)
            if hashlib.sha256(body).hexdigest() != part.sha256:
                raise GovCloudError(problems.unreadable(self.bucket, name, ValueError("another digest")))
            try:
                yield from manifest.entries(body)
            except manifest.UNREADABLE as error:
                raise GovCloudError(problems.unreadable(self.bucket, name, error)) from None

    def left(self, run: str) -> Iterator[Entry]:
        """Yield what a run that did not end had copied; a part that can't be read is as if it were not there."""
        for part in self.parts(run):
            try:
                yield from list(manifest.entries(self._get(f"{self.label}/runs/{run}/{part}")))
            except manifest.UNREADABLE:
                continue

    def _found(self, name: str) -> bytes:
        from botocore.exceptions import ClientError

        try:
            return self._get(name)
        except ClientError as error:
            if error_code(error) in ("NoSuchKey", "404"):
                raise GovCloudError(problems.unreadable(self.bucket, name, ValueError("not there"))) from None
            raise

    def _names(self, prefix: str) -> Iterator[str]:
        pages: Any = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        for page in pages:
            for row in page.get("Contents", ()):
                yield row["Key"].removeprefix(prefix)

    def _get(self, name: str) -> bytes:
        return self.s3.get_object(Bucket=self.bucket, Key=name)["Body"].read()

    def _put(self, name: str, body: bytes) -> None:
        # AWS wants the sum of whatever is put where objects are locked by themselves.
        md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        self.s3.put_object(Bucket=self.bucket, Key=name, Body=body, ContentMD5=md5)
