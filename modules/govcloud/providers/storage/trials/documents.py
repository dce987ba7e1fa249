"""Policies that trials write, and what an identity gets under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from govcloud.providers.storage.endpoint import error_code

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["ALL", "LIST", "READ", "allowed", "document", "may", "may_list", "may_read", "statement"]

READ, LIST = "s3:GetObject", "s3:ListBucket"
ALL = (READ, LIST, "s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion")
"""What an identity is given that may work in a bucket; servers refuse wildcards here and there."""
_REFUSALS = ("AccessDenied", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch", "401", "403")


def statement(
    effect: str,
    bucket: str,
    actions: Sequence[str],
    principal: str | None = None,
    condition: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a statement about a bucket and all in it; with a `principal` as a bucket's policy needs it."""
    found: dict[str, Any] = {
        "Effect": effect,
        "Action": list(actions),
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    if principal is not None:
        found["Principal"] = principal if principal == "*" else {"AWS": [principal]}
    if condition is not None:
        found["Condition"] = condition
    return found


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy of statements."""
    return {"Version": "2012-10-17", "Statement": [dict(one) for one in statements]}


def allowed(bucket: str) -> dict[str, Any]:
    """Return a policy by which an identity may work in a bucket."""
    return document(statement("Allow", bucket, ALL))


def may_read(s3: S3Client, bucket: str, key: str) -> bool:
    """Tell whether the store lets this client read; what is neither a yes nor a refusal is raised."""
    return may(lambda: s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def may_list(s3: S3Client, bucket: str, prefix: str = "") -> bool:
    """Tell whether the store lets this client list what lies below a prefix."""
    return may(lambda: s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1))


def may(attempt: Callable[[], object]) -> bool:
    """Tell whether the store lets an attempt through; what is neither a yes nor a refusal is raised."""
    from botocore.exceptions import ClientError

    try:
        attempt()
    except ClientError as error:
        if error_code(error) in _REFUSALS:
            return False
        raise
    return True
