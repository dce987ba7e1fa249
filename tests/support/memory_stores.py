"""Two stores in this process, for what backups do with versions, locks and other people's keys."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from moto import mock_aws

from govcloud.backup.manifest import Head
from govcloud.backup.run import Source, back_up
from govcloud.backup.vault import Vault
from govcloud_base.errors import Problem

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["NOW", "Stores", "stores"]

NOW = datetime.datetime.now(datetime.UTC)


@dataclass
class Stores:
    """A bucket that is backed up, and one of locked versions that holds the backups."""

    s3: S3Client
    source: str
    target: str
    key: bytes | None = None
    heard: list[Problem] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        """Codes of what was told so far."""
        return [problem.code for problem in self.heard]

    def vault(self, keep_days: int | None = 90) -> Vault:
        return Vault(self.s3, self.target, "records", keep_days, self.key, self.heard.append)

    def backed_up(self, now: datetime.datetime | None = None, **more: Any) -> Head:
        return back_up(
            Source(self.s3, "first", self.source), self.vault(), now=now or datetime.datetime.now(datetime.UTC), **more
        )

    def put(self, key: str, body: bytes = b"content", **more: Any) -> None:
        """Put an object into the bucket that is backed up."""
        self.s3.put_object(Bucket=self.source, Key=key, Body=body, **more)

    def over(self, name: str, body: bytes) -> None:
        """Write something over what a backup holds, as whoever stole its keys can."""
        self.s3.put_object(Bucket=self.target, Key=f"records/{name}", Body=body)

    def names(self, below: str) -> list[str]:
        """Return the names below one of the places of the backups."""
        prefix = f"records/{below}"
        told = self.s3.list_objects_v2(Bucket=self.target, Prefix=prefix)
        return [row["Key"].removeprefix("records/") for row in told.get("Contents", ())]

    def empty(self) -> str:
        """Return another bucket, which holds nothing."""
        name = f"b{uuid.uuid4().hex}"
        self.s3.create_bucket(Bucket=name)
        return name


@contextmanager
def stores(*, versioned: bool = True) -> Iterator[Stores]:
    """Give the two; whether the source is `versioned`."""
    with mock_aws():
        s3 = boto3.client(
            "s3",
            region_name="us-east-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
            config=Config(retries={"max_attempts": 1}),
        )
        for name in ("source", "target"):
            s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=name == "target")
        if versioned:
            s3.put_bucket_versioning(Bucket="source", VersioningConfiguration={"Status": "Enabled"})
        yield Stores(s3, "source", "target")
