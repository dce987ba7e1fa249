"""Where a store writes down who did what to a bucket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from govcloud.providers.storage.settings.setting import Fault, Setting
from govcloud_base.errors import Text

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["ACCESS_LOG"]

_FIELDS: Final = ("bucket", "prefix")
_LONGEST_PREFIX: Final = 512


def _read(s3: S3Client, bucket: str) -> dict[str, Any]:
    answer: Mapping[str, Any] = s3.get_bucket_logging(Bucket=bucket)
    said = answer.get("LoggingEnabled") or {}
    return {"TargetBucket": said["TargetBucket"], "TargetPrefix": said.get("TargetPrefix") or ""} if said else {}


def _said(declared: Any) -> dict[str, Any]:
    if not declared:
        return {}
    return {"TargetBucket": declared["bucket"], "TargetPrefix": declared.get("prefix") or ""}


def _faults(declared: Any) -> Iterator[Fault]:
    yield from ((f".{name}", declared[name], ", ".join(_FIELDS)) for name in declared if name not in _FIELDS)
    if not isinstance(declared.get("bucket"), str) or not declared["bucket"]:
        yield ".bucket", declared.get("bucket", ""), Text("the name of a bucket", "tên một kho")
    prefix = declared.get("prefix", "")
    if not isinstance(prefix, str) or len(prefix.encode()) > _LONGEST_PREFIX:
        yield ".prefix", prefix, f"≤ {_LONGEST_PREFIX} byte"


ACCESS_LOG: Final = Setting(
    name="accessLog",
    capability="access-log",
    shape=dict,
    absent=(),
    read=_read,
    write=lambda s3, bucket, said: s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": said}),
    remove=lambda s3, bucket: s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={}),
    said=_said,
    declared=lambda said: {"bucket": said["TargetBucket"], "prefix": said["TargetPrefix"]},
    faults=_faults,
)
"""`{bucket, prefix}` of the log."""
