"""Settings that a private bucket never has: each opens it to others, or ends what it keeps, and nobody can declare it.

What is found reads as drift, so that the next update takes it away. Every removal is of something that a read just
proved to be there: servers exist that take the removal of a sub-resource which they do not know for that of the bucket.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from govcloud.providers.storage import policy
from govcloud.providers.storage.endpoint import error_code

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["ACCESS_LIST", "CORS", "LIFECYCLE", "POLICY", "found", "remove"]

POLICY: Final = "policy"
ACCESS_LIST: Final = "accessList"
CORS: Final = "cors"
LIFECYCLE: Final = "lifecycle"

_UNABLE: Final = ("NotImplemented", "MethodNotAllowed")
"""Codes of servers that do not know a sub-resource: then it cannot be set there either."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """One such setting."""

    read: Callable[[S3Client, str], str]
    """Returns it as one line of text, '' for a setting that says nothing."""
    absent: str
    """Code with which a server says that it is not set."""
    remove: Callable[[S3Client, str], object]


def found(s3: S3Client, bucket: str) -> dict[str, str]:
    """Return what is set on the bucket though nobody may declare it: text by the name of the setting."""
    from botocore.exceptions import ClientError

    there = {}
    for name, setting in _SETTINGS.items():
        try:
            text = setting.read(s3, bucket)
        except ClientError as error:
            if error_code(error) not in (setting.absent, *_UNABLE):
                raise
            continue
        if text:
            there[name] = text
    return there


def remove(s3: S3Client, bucket: str, names: Iterable[str]) -> None:
    """Take these settings from the bucket; a read must just have found them."""
    for name in names:
        _SETTINGS[name].remove(s3, bucket)


def _policy(s3: S3Client, bucket: str) -> str:
    text = s3.get_bucket_policy(Bucket=bucket).get("Policy") or ""
    try:
        document = json.loads(text)
    except ValueError:
        return text
    return policy.canonical(document) if isinstance(document, Mapping) else text


def _access_list(s3: S3Client, bucket: str) -> str:
    """Return every grant that goes to others than the owner."""
    answer: Mapping[str, Any] = s3.get_bucket_acl(Bucket=bucket)
    owner = answer.get("Owner", {}).get("ID")
    others = [grant for grant in answer.get("Grants", ()) if grant["Grantee"].get("ID", "") != owner]
    return _line(
        [{"grantee": g["Grantee"].get("URI") or g["Grantee"].get("ID"), "may": g["Permission"]} for g in others]
    )


def _lifecycle(s3: S3Client, bucket: str) -> str:
    return _line(s3.get_bucket_lifecycle_configuration(Bucket=bucket).get("Rules", []))


def _cors(s3: S3Client, bucket: str) -> str:
    return _line(s3.get_bucket_cors(Bucket=bucket).get("CORSRules", []))


def _line(rules: object) -> str:
    return json.dumps(rules, sort_keys=True, ensure_ascii=False, default=str) if rules else ""


_SETTINGS: Final[Mapping[str, _Setting]] = {
    POLICY: _Setting(_policy, "NoSuchBucketPolicy", lambda s3, bucket: s3.delete_bucket_policy(Bucket=bucket)),
    ACCESS_LIST: _Setting(
        _access_list, "NoSuchAcl", lambda s3, bucket: s3.put_bucket_acl(Bucket=bucket, ACL="private")
    ),
    LIFECYCLE: _Setting(
        _lifecycle, "NoSuchLifecycleConfiguration", lambda s3, bucket: s3.delete_bucket_lifecycle(Bucket=bucket)
    ),
    CORS: _Setting(_cors, "NoSuchCORSConfiguration", lambda s3, bucket: s3.delete_bucket_cors(Bucket=bucket)),
}
