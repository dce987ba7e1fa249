"""Policies have their effect: what is denied is denied, under the conditions that they name and under no others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from govcloud.providers.storage.trials.bench import CANARY, Bench
from govcloud.providers.storage.trials.documents import (
    ALL,
    LIST,
    READ,
    allowed,
    document,
    may,
    may_list,
    may_read,
    statement,
)
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not, untried
from govcloud.providers.storage.trials.workshop import Stranger

__all__ = ["by_bucket", "by_bucket_conditions", "by_identity", "by_identity_conditions", "foreign_copy", "granted"]

_NOT_LET_IN = untried("the identity was not let in to begin with", "danh tính chưa được cho vào ngay từ đầu")
_NOT_DENIED = does_not("what is denied is let through", "điều bị cấm vẫn được cho qua")
_TOO_MUCH = does_not("more is denied than is said", "cấm nhiều hơn điều đã ghi")


def by_identity(bench: Bench) -> Said:
    """Deny an identity by its own policy what the same policy allows."""
    bucket = bench.bucket
    with bench.identity(allowed(bucket)) as one:
        if not bench.workshop.until(lambda: may_read(one.s3, bucket, CANARY)):
            return _NOT_LET_IN
        one.allow(document(statement("Allow", bucket, ALL), statement("Deny", bucket, [READ])))
        if not bench.workshop.until(lambda: not may_read(one.s3, bucket, CANARY)):
            return _NOT_DENIED
        return WORKS if may_list(one.s3, bucket) else _TOO_MUCH


def by_bucket(bench: Bench) -> Said:
    """Deny an identity by the bucket's policy what its own policy allows."""
    bucket = bench.bucket
    with bench.identity(allowed(bucket)) as one:
        if not bench.workshop.until(lambda: may_read(one.s3, bucket, CANARY)):
            return _NOT_LET_IN
        _put(bench, statement("Deny", bucket, [READ], one.principal))
        if not bench.workshop.until(lambda: not may_read(one.s3, bucket, CANARY)):
            return _NOT_DENIED
        return WORKS if may_list(one.s3, bucket) else _TOO_MUCH


def granted(bench: Bench) -> Said:
    """Let an identity in by the bucket's policy alone, and out again."""
    bucket = bench.bucket
    with bench.identity(allowed(bench.workshop.bucket())) as one:
        if may_read(one.s3, bucket, CANARY):
            return does_not("reads without any right", "đọc được dù không có quyền")
        _put(bench, statement("Allow", bucket, [READ], one.principal))
        if not bench.workshop.until(lambda: may_read(one.s3, bucket, CANARY)):
            return does_not("what is granted has no effect", "quyền đã cấp không có tác dụng")
        bench.s3.delete_bucket_policy(Bucket=bucket)
        if bench.workshop.until(lambda: not may_read(one.s3, bucket, CANARY)):
            return WORKS
        return does_not("what was taken back still holds", "quyền đã thu hồi vẫn còn")


def by_identity_conditions(bench: Bench) -> Said:
    """Deny under conditions in the identity's own policy."""
    bucket = bench.bucket
    with bench.identity(allowed(bucket)) as one:
        base = statement("Allow", bucket, ALL)

        def put(action: str, condition: Mapping[str, Any]) -> None:
            one.allow(document(base, statement("Deny", bucket, [action], condition=condition)))

        return _under_conditions(bench, one, put)


def by_bucket_conditions(bench: Bench) -> Said:
    """Deny under conditions in the bucket's policy."""
    bucket = bench.bucket
    with bench.identity(allowed(bucket)) as one:

        def put(action: str, condition: Mapping[str, Any]) -> None:
            _put(bench, statement("Deny", bucket, [action], one.principal, condition))

        return _under_conditions(bench, one, put)


def _under_conditions(bench: Bench, one: Stranger, put: Callable[[str, Mapping[str, Any]], None]) -> Said:
    """Let `put` deny under each condition, as it holds and as it does not."""
    bucket, until = bench.bucket, bench.workshop.until
    if not until(lambda: may_read(one.s3, bucket, CANARY)):
        return _NOT_LET_IN
    secure = "true" if bench.workshop.store.endpoint.url.startswith("https:") else "false"
    other = "false" if secure == "true" else "true"
    conditions = {
        "aws:SourceIp": ("IpAddress", ["0.0.0.0/0", "::/0"], ["203.0.113.0/24"]),
        "aws:SecureTransport": ("Bool", secure, other),
    }
    wrong = []
    for key, (operator, holding, idle) in conditions.items():
        put(READ, {operator: {key: holding}})
        if not until(lambda: not may_read(one.s3, bucket, CANARY)):
            wrong.append(key)
            continue
        put(READ, {operator: {key: idle}})
        if not until(lambda: may_read(one.s3, bucket, CANARY)):
            wrong.append(key)
    put(LIST, {"StringLike": {"s3:prefix": ["trial/*"]}})
    denied = until(lambda: not may_list(one.s3, bucket, "trial/shut"))
    if not denied or not may_list(one.s3, bucket, "open/"):
        wrong.append("s3:prefix")
    if wrong:
        named = ", ".join(wrong)
        return does_not(f"conditions have no effect: {named}", f"điều kiện không có tác dụng: {named}")
    return WORKS


def foreign_copy(bench: Bench) -> Said:
    """Copy from a bucket on which an identity has no right into its own: at once, and as a part."""
    own = bench.workshop.bucket()
    bench.plain.put_object(Bucket=own, Key=CANARY, Body=b"1")
    with bench.identity(allowed(own)) as one:

        def copied(source: str) -> bool:
            return may(lambda: one.s3.copy_object(Bucket=own, Key="trial/copy", CopySource=f"{source}/{CANARY}"))

        if not bench.workshop.until(lambda: copied(own)):
            return _NOT_LET_IN
        if copied(bench.bucket):
            return does_not("copies what it may not read", "sao chép được đối tượng không có quyền đọc")
        upload = bench.plain.create_multipart_upload(Bucket=own, Key="trial/parts")["UploadId"]
        part: Any = {"Bucket": own, "Key": "trial/parts", "UploadId": upload, "PartNumber": 1}
        if may(lambda: one.s3.upload_part_copy(**part, CopySource=f"{bench.bucket}/{CANARY}")):
            return does_not("copies a part of what it may not read", "sao chép được một phần đối tượng không có quyền")
    return WORKS


def _put(bench: Bench, one: Mapping[str, Any]) -> None:
    bench.s3.put_bucket_policy(Bucket=bench.bucket, Policy=json.dumps(document(one)))
