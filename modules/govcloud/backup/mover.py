"""Bytes from one store into another without a disk between them: many small objects at once, large ones in parts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl

from govcloud.backup.seal import same_seal, sealed
from govcloud.backup.stream import Stream

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from s3transfer.manager import TransferManager

__all__ = ["SMALL", "WORKERS", "Mover"]

WORKERS = 10
"""Objects that are moved at once."""
SMALL = 4 << 20
"""Bytes up to which an object is moved in one piece, which is in memory twice for a moment."""
_PART = 8 << 20
"""Bytes of a part of a larger one."""
_PIECES = 4
"""Parts of large objects that are in memory at once, all objects together."""
_LARGE = 3
"""Large objects of which parts are read at once: each has a part in memory before there is room to send it."""
_SHA256 = "sha256"
_TAGGING = "Tagging"


class Mover:
    """Puts streams into a bucket; safe in threads."""

    def __init__(self, s3: S3Client, bucket: str, key: bytes | None = None) -> None:
        """Move into `bucket` by the client; with `key` a digest that is noted is sealed, and none believed without."""
        from s3transfer.manager import TransferConfig, TransferManager

        self.s3 = s3
        self.bucket = bucket
        self._key = key
        config = TransferConfig(
            multipart_threshold=1,
            multipart_chunksize=_PART,
            max_request_concurrency=_PIECES,
            max_submission_concurrency=_LARGE,
            max_in_memory_upload_chunks=_PIECES,
        )
        self._manager: TransferManager = TransferManager(s3, config)

    def __enter__(self) -> Mover:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._manager.shutdown(cancel=error is not None)

    def move(self, stream: Stream, name: str, about: Mapping[str, Any]) -> str:
        """Put what the stream holds under a name and return its digest (SHA-256, hexadecimal).

        `about` is what else the object gets, as boto3 names it. An object in one piece carries its digest as metadata,
        unless it gets other. Raises GoneError, or what the clients raise; what was put in parts is not there then.
        """
        if stream.size <= SMALL:
            body = stream.read()
            digest = stream.sha256
            noted = about if "Metadata" in about else {**about, "Metadata": self._noted(name, digest)}
            md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
            self.s3.put_object(Bucket=self.bucket, Key=name, Body=body, ContentMD5=md5, **noted)
            return digest
        # Ceph RGW forgets tags that come with an object in parts.
        rest = {header: value for header, value in about.items() if header != _TAGGING}
        future = self._manager.upload(
            cast("IO[bytes]", stream), self.bucket, name, extra_args=rest, subscribers=[_size_known(stream.size)]
        )
        future.result()
        if tags := parse_qsl(about.get(_TAGGING, ""), keep_blank_values=True):
            rows = [{"Key": key, "Value": value} for key, value in tags]
            self.s3.put_object_tagging(Bucket=self.bucket, Key=name, Tagging={"TagSet": rows})  # type: ignore[typeddict-item]
        return stream.sha256

    def digest_of(self, name: str, size: int) -> str | None:
        """Return the digest that an object of that name and size carries; None without one to believe."""
        from botocore.exceptions import ClientError

        try:
            told = self.s3.head_object(Bucket=self.bucket, Key=name)
        except ClientError:
            return None
        noted = told["Metadata"]
        digest = noted.get(_SHA256)
        if not digest or told["ContentLength"] != size:
            return None
        return digest if same_seal(noted, self._noted(name, digest)) else None

    def _noted(self, name: str, digest: str) -> dict[str, str]:
        return {_SHA256: digest, **sealed(self._key, self.bucket, name, digest)}


def _size_known(size: int) -> Any:
    """Return who tells the manager how large a stream is: by that it chooses parts of which 10,000 are enough."""
    from s3transfer.subscribers import BaseSubscriber

    class _Size(BaseSubscriber):
        def on_queued(self, future: Any, **_: Any) -> None:
            future.meta.provide_transfer_size(size)

    return _Size()
