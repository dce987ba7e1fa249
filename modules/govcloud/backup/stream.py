"""The content of one version as a stream that counts, hashes and goes on where a connection broke."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from govcloud.backup.entry import HEADERS
from govcloud.providers.storage.endpoint import error_code

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["AlteredError", "GoneError", "Stream", "UnreadableError", "refusals"]

_GONE = ("NoSuchKey", "NoSuchVersion", "404", "PreconditionFailed", "412", "MethodNotAllowed")
_TRIES = 4
_DRAINED = 1 << 20
_PIECE = 8 << 20
"""Bytes that are asked for at once: whoever reads no more gets them without a copy."""


class GoneError(Exception):
    """The version is not there any more, or the object was overwritten while it was read."""


class AlteredError(Exception):
    """What was read is not what should have been there; the argument says in what."""


class UnreadableError(Exception):
    """The store refuses to hand out the version; what it said is the cause."""


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what a store answers inside about one version into GoneError or UnreadableError."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        if error_code(error) in _GONE:
            raise GoneError from error
        raise UnreadableError from error


class Stream:
    """A version opened for reading. Whoever reads it to its end has read all of it, or got an error."""

    def __init__(self, s3: S3Client, bucket: str, key: str, version: str = "", *, sha256: str = "") -> None:
        """Open the version, or what the key holds now where it is ''; with `sha256` nobody reads it to an end whose
        digest is another.

        Raises GoneError, UnreadableError, or what the client raises where the store doesn't answer.
        """
        self._s3 = s3
        self._named = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
        self._digest = hashlib.sha256()
        self._wanted = sha256
        self.read_bytes = 0
        self.told = self._open({})
        self.size: int = self.told["ContentLength"]
        self._body = self.told["Body"]

    @property
    def etag(self) -> str:
        """ETag of what is read."""
        return str(self.told.get("ETag", "")).strip('"')

    @property
    def headers(self) -> dict[str, str]:
        """Those of HEADERS that the object has."""
        return {name: str(self.told[name]) for name in HEADERS if self.told.get(name)}

    @property
    def metadata(self) -> dict[str, str]:
        """What its writer noted on the object."""
        return dict(self.told.get("Metadata") or {})

    def tags(self) -> dict[str, str]:
        """Return its tags; none are asked for where the store says that it has none.

        Raises GoneError or UnreadableError where it does not hand them out.
        """
        if not self.told.get("TagCount"):
            return {}
        with refusals():
            answer = self._s3.get_object_tagging(**self._named)  # type: ignore[arg-type]
        return {row["Key"]: row["Value"] for row in answer["TagSet"]}

    @property
    def sha256(self) -> str:
        """Digest of what was read so far."""
        return self._digest.hexdigest()

    def read(self, amount: int | None = None) -> bytes:
        """Return up to `amount` bytes, b'' at the end; all that is left without one.

        Raises as the opening, where the stream broke and can't be gone on with; AlteredError at a wrong end.
        """
        left = self.size - self.read_bytes
        wanted = left if amount is None or amount < 0 else min(amount, left)
        pieces: list[bytes] = []
        tries = _TRIES
        while wanted:
            try:
                piece = self._body.read(min(wanted, _PIECE))
                if not piece:
                    raise ConnectionResetError("the store ended its answer too early")
            except Exception as error:
                tries -= 1
                if not tries or not _broken(error):
                    error.add_note(self._s3.meta.endpoint_url)  # two stores take part, and not each error says which
                    raise
                self._again()
                continue
            self._digest.update(piece)
            self.read_bytes += len(piece)
            wanted -= len(piece)
            pieces.append(piece)
        if self._wanted and self.read_bytes == self.size and self.sha256 != self._wanted:
            raise AlteredError(f"sha256 {self.sha256}, not {self._wanted}")
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def drain(self) -> None:
        """Read to the end, and keep nothing."""
        while self.read(_DRAINED):
            pass

    def close(self) -> None:
        """Let the connection go: back to the pool where all was read."""
        if self.read_bytes >= self.size:
            self._body.read()  # else urllib3 does not see the end, and the connection is not used again
        self._body.close()

    def _again(self) -> None:
        self._body.close()
        # Also where a version is named: "null" is the name of whatever was written last without one.
        told = self._open({"Range": f"bytes={self.read_bytes}-", "IfMatch": self.told["ETag"]})
        if told["ContentLength"] != self.size - self.read_bytes:
            raise GoneError
        self._body = told["Body"]

    def _open(self, more: dict[str, str]) -> dict[str, Any]:
        with refusals():
            return dict(self._s3.get_object(**self._named, **more))  # type: ignore[arg-type]


def _broken(error: Exception) -> bool:
    """Return whether a connection ended that may be tried again."""
    from botocore.exceptions import HTTPClientError, IncompleteReadError, ResponseStreamingError
    from urllib3.exceptions import HTTPError

    return isinstance(error, (HTTPClientError, IncompleteReadError, ResponseStreamingError, HTTPError, OSError))
