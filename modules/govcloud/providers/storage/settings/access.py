"""Who reaches a bucket without a key for it: its policy, access list, ownership, and the block of public access."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from govcloud.providers.storage import policy, problems
from govcloud.providers.storage.settings.setting import Fault, Setting
from govcloud_base.errors import CloudError, Text

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["ACCESS_LIST", "BLOCKS", "OWNERSHIP", "POLICY", "PUBLIC_ACCESS_BLOCK"]

_OWNERS: Final = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")
BLOCKS: Final = ("BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
"""What the block is made of. Lists of access that open something are ignored, which is all that counts. The part by
which they are refused as well, BlockPublicAcls, is not asked for: a RADOS Gateway (16.2) refuses every object by it."""


def _policy(s3: S3Client, bucket: str) -> object:
    text = s3.get_bucket_policy(Bucket=bucket).get("Policy") or ""
    if not text:
        return None
    try:
        return policy.normal(json.loads(text))
    except (ValueError, AttributeError):
        # Never taken for a policy that may be written over: an answer that is torn is no JSON either.
        action = Text(f"reading the policy of bucket {bucket}", f"việc đọc chính sách của kho {bucket}")
        raise CloudError(problems.store_refused(action, "no JSON object", "the answer is torn")) from None


def _access_list(s3: S3Client, bucket: str) -> object:
    """Return every grant that goes to others than the owner."""
    answer: Mapping[str, Any] = s3.get_bucket_acl(Bucket=bucket)
    owner = answer.get("Owner", {}).get("ID")
    others = [grant for grant in answer.get("Grants", ()) if grant["Grantee"].get("ID", "") != owner]
    return [{"grantee": g["Grantee"].get("URI") or g["Grantee"].get("ID"), "may": g["Permission"]} for g in others]


def _ownership(s3: S3Client, bucket: str) -> object:
    answer: Mapping[str, Any] = s3.get_bucket_ownership_controls(Bucket=bucket)
    rules = answer.get("OwnershipControls", {}).get("Rules") or [{}]
    return rules[0].get("ObjectOwnership", "")


def _no_owner(declared: Any) -> Iterator[Fault]:
    if declared not in _OWNERS:
        yield "", declared, ", ".join(_OWNERS)


def _write_ownership(s3: S3Client, bucket: str, said: Any) -> None:
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": said}]})


def _blocked(s3: S3Client, bucket: str) -> object:
    answer: Mapping[str, Any] = s3.get_public_access_block(Bucket=bucket)
    block = answer.get("PublicAccessBlockConfiguration") or {}
    return sorted(name for name in BLOCKS if block.get(name) is True)


def _block(s3: S3Client, bucket: str, said: Any) -> None:
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": False,
            "IgnorePublicAcls": "IgnorePublicAcls" in said,
            "BlockPublicPolicy": "BlockPublicPolicy" in said,
            "RestrictPublicBuckets": "RestrictPublicBuckets" in said,
        },
    )


POLICY: Final = Setting(
    name="policy",
    capability="policy",
    shape=dict,
    absent=("NoSuchBucketPolicy",),
    read=_policy,
    write=None,
    remove=lambda s3, bucket: s3.delete_bucket_policy(Bucket=bucket),
    watched=True,
)
ACCESS_LIST: Final = Setting(
    name="accessList",
    capability="access-list",
    shape=list,
    absent=("NoSuchAcl",),
    read=_access_list,
    write=None,
    remove=lambda s3, bucket: s3.put_bucket_acl(Bucket=bucket, ACL="private"),
    watched=True,
)
OWNERSHIP: Final = Setting(
    name="ownership",
    capability="ownership",
    shape=str,
    absent=("OwnershipControlsNotFoundError", "NoSuchOwnershipControls"),
    read=_ownership,
    write=_write_ownership,
    remove=lambda s3, bucket: s3.delete_bucket_ownership_controls(Bucket=bucket),
    faults=_no_owner,
    default=_OWNERS[0],
)
"""Who owns the objects that others put there."""
PUBLIC_ACCESS_BLOCK: Final = Setting(
    name="publicAccessBlock",
    capability="public-access-block",
    shape=bool,
    absent=("NoSuchPublicAccessBlockConfiguration",),
    read=_blocked,
    write=_block,
    remove=lambda s3, bucket: s3.delete_public_access_block(Bucket=bucket),
    said=lambda declared: list(BLOCKS) if declared else [],
    declared=lambda said: said == list(BLOCKS),
)
"""All of :data:`BLOCKS`, or nothing said of them."""
