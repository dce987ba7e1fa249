"""Settings of a bucket that read back as they were written: tags, a policy."""

from __future__ import annotations

import json

from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not

__all__ = ["IGNORED", "policy", "tagging"]

IGNORED = does_not("what was set does not read back", "giá trị đã đặt không đọc lại được")


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
