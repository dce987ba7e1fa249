"""Encryption at rest, as far as it shows from outside."""

from __future__ import annotations

from govcloud.providers.storage.trials.bench import CONTENT, Bench
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not

__all__ = ["by_default"]

_KEY = "encrypted"


def by_default(bench: Bench) -> Said:
    """Let the bucket encrypt what it is given, and look whether an object says so and is readable."""
    bench.s3.put_bucket_encryption(
        Bucket=bench.bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    bench.s3.get_bucket_encryption(Bucket=bench.bucket)
    try:
        bench.s3.put_object(Bucket=bench.bucket, Key=_KEY, Body=CONTENT)
        named = bench.s3.head_object(Bucket=bench.bucket, Key=_KEY).get("ServerSideEncryption")
        content = bench.s3.get_object(Bucket=bench.bucket, Key=_KEY)["Body"].read()
    finally:
        bench.s3.delete_bucket_encryption(Bucket=bench.bucket)  # proved to be set by the read above
    if named != "AES256":
        return does_not("objects are not said to be encrypted", "đối tượng không được báo là đã mã hóa")
    return WORKS if content == CONTENT else does_not("an object reads back changed", "đối tượng đọc lại bị thay đổi")
