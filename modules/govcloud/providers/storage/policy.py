"""Access policies as documents: the one that shuts a tenant into its buckets, and when two say the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

__all__ = ["NOTHING", "canonical", "isolating", "same"]

NOTHING: Final[Mapping[str, object]] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Nothing", "Effect": "Deny", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::*"]}],
}
"""The policy of an identity that is shut out."""

_BUCKET_READS = (
    "s3:GetBucketLocation",
    "s3:GetBucketVersioning",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListBucketVersions",
)
_OBJECT_WORK = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
    "s3:PutObjectTagging",
)
_NEVER = (
    # Named one by one: on SeaweedFS `s3:PutBucket*` does not cover lifecycle and encryption.
    "s3:BypassGovernanceRetention",
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:DeleteObjectVersion",
    "s3:PutBucketAcl",
    "s3:PutBucketCORS",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutObjectAcl",
)


def isolating(buckets: Iterable[str]) -> dict[str, object]:
    """Return the policy of an identity that works on objects of `buckets` and changes nothing else anywhere.

    Objects can be read, written and deleted (a version always stays: destroying versions is denied); the
    configuration of a bucket, its ACL and its existence cannot be touched. The denial wins over what a bucket
    policy might grant.
    """
    names = sorted(buckets)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Buckets",
                "Effect": "Allow",
                "Action": list(_BUCKET_READS),
                "Resource": [f"arn:aws:s3:::{name}" for name in names],
            },
            {
                "Sid": "Objects",
                "Effect": "Allow",
                "Action": list(_OBJECT_WORK),
                "Resource": [f"arn:aws:s3:::{name}/*" for name in names],
            },
            {
                "Sid": "Configuration",
                "Effect": "Deny",
                "Action": list(_NEVER),
                "Resource": ["arn:aws:s3:::*"],
            },
        ],
    }


def canonical(document: Mapping[str, object]) -> str:
    """Return `document` as JSON in which order and the one-element forms that servers rewrite do not matter."""
    return json.dumps(_normal(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Say whether two policy documents mean the same text for text, whatever a server did to their form."""
    return canonical(one) == canonical(other)


def _normal(document: Mapping[str, object]) -> dict[str, object]:
    statements = document.get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    return {
        **{key: value for key, value in document.items() if key != "Statement"},
        "Statement": [_normal_statement(s) if isinstance(s, Mapping) else s for s in listed],
    }


def _normal_statement(statement: Mapping[str, object]) -> dict[str, object]:
    normal: dict[str, object] = {}
    for key, value in statement.items():
        if key in ("Action", "Resource", "NotAction", "NotResource"):
            normal[key] = sorted({str(v) for v in value} if isinstance(value, list) else {str(value)})
        else:
            normal[key] = value
    return normal
