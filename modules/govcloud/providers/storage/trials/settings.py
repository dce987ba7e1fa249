"""Settings of a bucket that read back as they were written, and go again: tags, a policy, and all of the registry."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from govcloud.providers.storage import scratch
from govcloud.providers.storage.settings import ACCESS_LOG, OBJECT_LOCK, OWNERSHIP, Setting, found, same
from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not
from govcloud.providers.storage.trials.trial import neither

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["IGNORED", "access_log", "object_lock", "ownership", "policy", "round_trip", "tagging"]

IGNORED = does_not("what was set does not read back", "giá trị đã đặt không đọc lại được")


def round_trip(setting: Setting, declared: Any) -> Callable[[Bench], Said]:
    """Return the trial that writes a setting as somebody may declare it, reads it back, and takes it away again."""
    return lambda bench: _round_trip(bench.s3, bench.bucket, setting, setting.said(declared))


def ownership(bench: Bench) -> Said:
    """Have all that others put there belong to the bucket's owner: access lists must count for nothing then."""
    from botocore.exceptions import ClientError

    kept = _round_trip(bench.s3, bench.bucket, OWNERSHIP, "BucketOwnerPreferred")
    if kept != WORKS:
        return kept
    assert OWNERSHIP.write is not None
    assert OWNERSHIP.remove is not None
    OWNERSHIP.write(bench.s3, bench.bucket, "BucketOwnerEnforced")
    try:
        bench.s3.put_bucket_acl(Bucket=bench.bucket, ACL="public-read")
    except ClientError as error:
        if neither(error):
            raise
        OWNERSHIP.remove(bench.s3, bench.bucket)
        return WORKS
    bench.s3.put_bucket_acl(Bucket=bench.bucket, ACL="private")
    return does_not("access lists still open the bucket", "danh sách truy cập vẫn mở được kho")


def object_lock(bench: Bench) -> Said:
    """Make a bucket that can be locked, and let it lock for a day what nobody puts there."""
    with scratch.bucket(bench.plain, locked=True) as bucket:
        return _round_trip(bench.s3, bucket, OBJECT_LOCK, OBJECT_LOCK.said({"mode": "GOVERNANCE", "days": 1}))


def access_log(bench: Bench) -> Said:
    """Have the bucket's own log written into it."""
    return _round_trip(bench.s3, bench.bucket, ACCESS_LOG, ACCESS_LOG.said({"bucket": bench.bucket, "prefix": "log/"}))


def _round_trip(s3: S3Client, bucket: str, setting: Setting, said: Any) -> Said:
    assert setting.write is not None
    setting.write(s3, bucket, said)
    if not same(found(s3, bucket, (setting.name,)).get(setting.name), said):
        return IGNORED
    if setting.remove is not None:
        setting.remove(s3, bucket)
        if same(found(s3, bucket, (setting.name,)).get(setting.name), said):
            return does_not("what was set cannot be taken away", "giá trị đã đặt không gỡ được")
    return WORKS


def tagging(bench: Bench) -> Said:
    """Tag the bucket with Vietnamese letters."""
    tag = {"Key": "govcloud.gov.vn/probe", "Value": "thử nghiệm"}
    bench.s3.put_bucket_tagging(Bucket=bench.bucket, Tagging={"TagSet": [{"Key": tag["Key"], "Value": tag["Value"]}]})
    return WORKS if bench.s3.get_bucket_tagging(Bucket=bench.bucket)["TagSet"] == [tag] else IGNORED


def policy(bench: Bench) -> Said:
    """Give the bucket a policy that concerns nobody, and take it away."""
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["s3:GetObject"],
                "Resource": [f"arn:aws:s3:::{bench.bucket}/never-there"],
            }
        ],
    }
    bench.s3.put_bucket_policy(Bucket=bench.bucket, Policy=json.dumps(document))
    kept = json.loads(bench.s3.get_bucket_policy(Bucket=bench.bucket)["Policy"])
    bench.s3.delete_bucket_policy(Bucket=bench.bucket)
    return WORKS if isinstance(kept, dict) and len(kept.get("Statement", [])) == 1 else IGNORED
