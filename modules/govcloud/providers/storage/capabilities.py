"""What a store can really do: tried on a scratch bucket that holds an object, never believed from a status code.

Servers answer 200 to settings that they ignore, and some take a sub-resource that they do not know for the bucket
itself, so that deleting the one deletes the other. A setting counts as supported when it reads back as written, has
its effect, and neither setting nor removing it harmed the bucket or the object in it.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Final

from govcloud.providers.storage import scratch
from govcloud.providers.storage.endpoint import error_code

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["CATALOGUE_BUCKET", "Capabilities", "known_or_probed", "probe"]

CATALOGUE_BUCKET: Final = "govcloud-capabilities"
"""Holds the last answers, so that a fleet of short-lived plugins asks once a day; no tenant may ever reach it."""
_CATALOGUE_KEY: Final = "capabilities.json"
_OBJECT, _ENCRYPTED, _VERSIONS = scratch.OBJECTS
_FRESH_SECONDS: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Settings that work on this store."""

    tagging: bool
    versioning: bool
    encryption: bool
    policy: bool


def known_or_probed(s3: S3Client) -> Capabilities:
    """Return the answers kept in the store where they are of the same server version and a day old at most, else
    probe and keep the answers there."""
    from botocore.exceptions import ClientError

    names = {field.name for field in fields(Capabilities)}
    try:
        answer = s3.get_object(Bucket=CATALOGUE_BUCKET, Key=_CATALOGUE_KEY)
        kept = json.loads(answer["Body"].read())
        server = answer["ResponseMetadata"]["HTTPHeaders"].get("server", "")
        age = time.time() - float(kept["probedAt"])
        if kept["server"] == server and 0 <= age < _FRESH_SECONDS and set(kept["works"]) == names:
            return Capabilities(**{name: kept["works"][name] is True for name in names})
    except (ClientError, ValueError, KeyError, TypeError):
        pass  # absent, unreadable or of another make: all mean "look again"
    begun = datetime.datetime.now(datetime.UTC)
    scratch.sweep(s3, begun)
    found = probe(s3)
    if datetime.datetime.now(datetime.UTC) - begun > scratch.LONGEST_TRIAL:
        return found  # not to be remembered: somebody may have taken the bucket for a left-over meanwhile
    try:
        s3.create_bucket(Bucket=CATALOGUE_BUCKET)
    except ClientError as error:
        if error_code(error) not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
            raise
    server = s3.head_bucket(Bucket=CATALOGUE_BUCKET)["ResponseMetadata"]["HTTPHeaders"].get("server", "")
    record = {"probedAt": time.time(), "server": server, "works": asdict(found)}
    s3.put_object(Bucket=CATALOGUE_BUCKET, Key=_CATALOGUE_KEY, Body=json.dumps(record).encode())
    return found


def probe(s3: S3Client) -> Capabilities:
    """Try every setting on a bucket of its own and remove the bucket."""
    with scratch.bucket(s3) as bucket:
        s3.put_object(Bucket=bucket, Key=_OBJECT, Body=b"1")
        # Versioning last: it cannot be taken back, and objects leave markers behind from then on.
        return Capabilities(
            tagging=_works(s3, bucket, _tagging),
            encryption=_works(s3, bucket, _encryption),
            policy=_works(s3, bucket, _policy),
            versioning=_works(s3, bucket, _versioning),
        )


def _works(s3: S3Client, bucket: str, attempt: Callable[[S3Client, str], bool]) -> bool:
    """Run one attempt; an error is a no, and so is a bucket or an object that did not survive it."""
    from botocore.exceptions import ClientError

    try:
        worked = attempt(s3, bucket)
    except ClientError:
        worked = False
    try:
        s3.get_object(Bucket=bucket, Key=_OBJECT)["Body"].read()
    except ClientError:
        worked = False
        try:
            s3.create_bucket(Bucket=bucket)  # the attempt destroyed it: the next one needs it again
        except ClientError as error:
            if error_code(error) not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise
        s3.put_object(Bucket=bucket, Key=_OBJECT, Body=b"1")
    return worked


def _tagging(s3: S3Client, bucket: str) -> bool:
    tag = {"Key": "govcloud.gov.vn/probe", "Value": "thử nghiệm"}
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": tag["Key"], "Value": tag["Value"]}]})
    return s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [tag]


def _encryption(s3: S3Client, bucket: str) -> bool:
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    s3.get_bucket_encryption(Bucket=bucket)
    try:
        s3.put_object(Bucket=bucket, Key=_ENCRYPTED, Body=b"1")
        return s3.head_object(Bucket=bucket, Key=_ENCRYPTED).get("ServerSideEncryption") == "AES256"
    finally:
        s3.delete_bucket_encryption(Bucket=bucket)  # proved to be set by the read above


def _policy(s3: S3Client, bucket: str) -> bool:
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["s3:GetObject"],
                "Resource": [f"arn:aws:s3:::{bucket}/never-there"],
            }
        ],
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))
    kept = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    s3.delete_bucket_policy(Bucket=bucket)
    return isinstance(kept, dict) and len(kept.get("Statement", [])) == 1


def _versioning(s3: S3Client, bucket: str) -> bool:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    if s3.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
        return False
    first = s3.put_object(Bucket=bucket, Key=_VERSIONS, Body=b"1").get("VersionId", "")
    second = s3.put_object(Bucket=bucket, Key=_VERSIONS, Body=b"2").get("VersionId", "")
    if not first or not second or first == second:
        return False
    return s3.get_object(Bucket=bucket, Key=_VERSIONS, VersionId=first)["Body"].read() == b"1"
