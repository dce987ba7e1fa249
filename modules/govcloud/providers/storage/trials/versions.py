"""Versions: what was replaced or deleted comes back."""

from __future__ import annotations

from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not
from govcloud.providers.storage.trials.settings import IGNORED

__all__ = ["come_back"]

_KEY = "versions"


def come_back(bench: Bench) -> Said:
    """Switch versioning on, replace an object, and read what it was."""
    bench.s3.put_bucket_versioning(Bucket=bench.bucket, VersioningConfiguration={"Status": "Enabled"})
    if bench.s3.get_bucket_versioning(Bucket=bench.bucket).get("Status") != "Enabled":
        return IGNORED
    first = bench.s3.put_object(Bucket=bench.bucket, Key=_KEY, Body=b"1").get("VersionId", "")
    second = bench.s3.put_object(Bucket=bench.bucket, Key=_KEY, Body=b"2").get("VersionId", "")
    if not first or not second or first == second:
        return does_not("objects get no versions of their own", "đối tượng không có phiên bản riêng")
    came = bench.s3.get_object(Bucket=bench.bucket, Key=_KEY, VersionId=first)["Body"].read()
    return WORKS if came == b"1" else does_not("the first version reads otherwise", "phiên bản đầu đọc lại khác")
