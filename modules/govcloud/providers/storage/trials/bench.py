"""What a trial works on: a scratch bucket that holds an object, and a client that writes down what happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from govcloud.providers.storage.endpoint import error_code
from govcloud.providers.storage.trials.recording import Record, recorded

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

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

    @property
    def s3(self) -> S3Client:
        """The client with which trials are made."""
        return recorded(self.plain, self.record)

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
