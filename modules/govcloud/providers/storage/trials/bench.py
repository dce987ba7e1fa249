"""What a trial works on: a scratch bucket that holds an object, and clients that write down what happens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.trials.recording import Record, recorded
from govcloud.providers.storage.trials.request import Requests

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

    from govcloud.providers.storage.trials.workshop import Stranger, Workshop

__all__ = ["CANARY", "CONTENT", "Bench"]

CANARY: Final = "canary"
"""The object that every scratch bucket holds and every trial must leave whole."""
CONTENT: Final = b"1"
_EXISTS: Final = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")


@dataclass
class Bench:
    """A scratch bucket with the provisioner's client."""

    plain: S3Client
    """The client as it is: what is done with it is no evidence."""
    bucket: str
    record: Record = field(default_factory=Record)
    whole_probe: Workshop | None = None
    """Where more may be made; None while the plugin looks fast."""

    @property
    def s3(self) -> S3Client:
        """The client with which trials are made."""
        return recorded(self.plain, self.record)

    @property
    def workshop(self) -> Workshop:
        """Where trials that are not fast make more buckets, and identities."""
        assert self.whole_probe is not None, "a fast trial needs no more than its bucket"
        return self.whole_probe

    @property
    def requests(self) -> Requests:
        """Requests that no client makes."""
        return Requests(self.workshop.store.endpoint, self.record)

    def client(self, who: str, key: AccessKey) -> S3Client:
        """Return a client with another key; its exchanges are written down as those of `who`."""
        return recorded(self.workshop.store.client(key), self.record, who)

    @contextmanager
    def identity(self, document: Mapping[str, object]) -> Iterator[Stranger]:
        """Make a scratch identity that may do what `document` says; its exchanges are written down as its own."""
        with self.workshop.identity(document) as made:
            yield replace(made, s3=recorded(made.s3, self.record, "identity"))

    def stand(self) -> None:
        """See to it that the bucket is there and holds its object: a trial may have destroyed either."""
        from botocore.exceptions import ClientError

        try:
            self.plain.create_bucket(Bucket=self.bucket)
        except ClientError as error:
            if error_code(error) not in _EXISTS:
                raise
        self.plain.put_object(Bucket=self.bucket, Key=CANARY, Body=CONTENT)

    def whole(self) -> bool:
        """Tell whether bucket and object survived."""
        from botocore.exceptions import ClientError

        try:
            return self.plain.get_object(Bucket=self.bucket, Key=CANARY)["Body"].read() == CONTENT
        except ClientError:
            return False
