"""Encryption at rest, as far as it shows from outside."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from govcloud.providers.storage.trials.bench import CONTENT, Bench
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not
from govcloud.providers.storage.trials.trial import neither

__all__ = ["by_default", "own_key"]

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


def own_key(bench: Bench) -> Said:
    """Encrypt an object with a key of the client's, and read it without, with another and with the right one."""
    arguments: Any = {"Bucket": bench.bucket, "Key": "trial/own-key"}
    right: Any = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": secrets.token_bytes(32)}
    wrong: Any = {**right, "SSECustomerKey": secrets.token_bytes(32)}
    bench.s3.put_object(**arguments, **right, Body=CONTENT)
    if _reads(lambda: bench.s3.get_object(**arguments)):
        return does_not("reads without the key", "đọc được khi không có khóa")
    if _reads(lambda: bench.s3.get_object(**arguments, **wrong)):
        return does_not("reads with another key", "đọc được bằng khóa khác")
    content = bench.s3.get_object(**arguments, **right)["Body"].read()
    return WORKS if content == CONTENT else does_not("an object reads back changed", "đối tượng đọc lại bị thay đổi")


def _reads(attempt: Callable[[], Any]) -> bool:
    from botocore.exceptions import ClientError

    try:
        attempt()["Body"].read()
    except ClientError as error:
        if neither(error):
            raise
        return False
    return True
