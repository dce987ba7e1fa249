"""What a store does by itself, later: logs of access arrive, rules of lifecycle run."""

from __future__ import annotations

from typing import Any

from govcloud.providers.storage.trials.bench import CANARY, Bench
from govcloud.providers.storage.trials.outcome import WORKS, Said, untried
from govcloud.providers.storage.trials.settings import IGNORED

__all__ = ["access_log"]

_PREFIX = "trial/log/"


def access_log(bench: Bench) -> Said:
    """Have access logged into another bucket, read an object, and wait for a record."""
    target = bench.workshop.bucket()
    wanted: Any = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": _PREFIX}}
    bench.s3.put_bucket_logging(Bucket=bench.bucket, BucketLoggingStatus=wanted)
    kept: Any = bench.s3.get_bucket_logging(Bucket=bench.bucket).get("LoggingEnabled", {})
    if (kept.get("TargetBucket"), kept.get("TargetPrefix")) != (target, _PREFIX):
        return IGNORED
    bench.s3.get_object(Bucket=bench.bucket, Key=CANARY)["Body"].read()
    arrived = bench.workshop.until(
        lambda: bool(bench.s3.list_objects_v2(Bucket=target, Prefix=_PREFIX).get("Contents"))
    )
    bench.s3.put_bucket_logging(Bucket=bench.bucket, BucketLoggingStatus={})
    if arrived:
        return WORKS
    return untried(
        "it is set, and no record arrived yet: some stores write them after hours",
        "đã đặt nhưng chưa có bản ghi: có kho đối tượng ghi sau vài giờ",
    )
