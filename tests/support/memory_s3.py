"""An object store in memory: buckets with their settings and contents, as a client of S3 asks for them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

__all__ = ["Body", "Kept", "MemoryS3", "Pages", "refused"]


def refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


@dataclass
class Kept:
    """One bucket in memory."""

    tags: dict[str, str] = field(default_factory=dict)
    versioning: str = ""
    encryption: str = ""
    policy: str = ""
    grants: list[dict[str, Any]] = field(default_factory=list)
    lifecycle: list[dict[str, Any]] = field(default_factory=list)
    cors: list[dict[str, Any]] = field(default_factory=list)
    ownership: str = ""
    blocks: dict[str, bool] = field(default_factory=dict)
    log: dict[str, str] = field(default_factory=dict)
    lock: dict[str, Any] | None = None
    """None for a bucket that was not made to be locked."""
    objects: dict[str, bytes] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    """Keys of which only an older version is left, below a delete marker."""
    uploads: list[str] = field(default_factory=list)
    """Keys of unfinished uploads."""
    created: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))


class Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self) -> bytes:
        return self._content


@dataclass
class MemoryS3:
    """What the plugin uses of an S3 client. `ignores` names settings that are accepted without effect."""

    buckets: dict[str, Kept] = field(default_factory=dict)
    ignores: frozenset[str] = frozenset()
    falls_through: bool = False
    """Deleting the encryption setting deletes the bucket, as on servers that do not know the sub-resource."""
    vanishes_after_create: bool = False
    makes_again: bool = False
    """Answers 200 to whoever makes a bucket that is his already."""
    calls: list[str] = field(default_factory=list)

    def __getattribute__(self, name: str) -> Any:
        if (
            "_" in name
            and not name.startswith("_")
            and name not in ("falls_through", "makes_again", "vanishes_after_create")
        ):
            object.__getattribute__(self, "calls").append(name)
        return object.__getattribute__(self, name)

    def _kept(self, name: str, operation: str) -> Kept:
        if name not in self.buckets:
            raise refused("404" if operation == "HeadBucket" else "NoSuchBucket", operation)
        return self.buckets[name]

    def create_bucket(self, Bucket: str, ObjectLockEnabledForBucket: bool = False) -> None:  # noqa: N803
        if Bucket in self.buckets:
            if self.makes_again:
                return
            raise refused("BucketAlreadyOwnedByYou", "CreateBucket")
        if not self.vanishes_after_create:
            self.buckets[Bucket] = Kept(lock={} if ObjectLockEnabledForBucket else None)

    def head_bucket(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        self._kept(Bucket, "HeadBucket")
        return {"ResponseMetadata": {"HTTPHeaders": {"server": "memory"}}}

    def delete_bucket(self, Bucket: str) -> None:  # noqa: N803
        self._kept(Bucket, "DeleteBucket")
        del self.buckets[Bucket]

    def list_objects_v2(self, Bucket: str, MaxKeys: int = 1000) -> dict[str, Any]:  # noqa: N803
        keys = list(self._kept(Bucket, "ListObjectsV2").objects)[:MaxKeys]
        return {"Contents": [{"Key": key} for key in keys]}

    def get_bucket_versioning(self, Bucket: str) -> dict[str, str]:  # noqa: N803
        status = self._kept(Bucket, "GetBucketVersioning").versioning
        return {"Status": status} if status else {}

    def put_bucket_versioning(self, Bucket: str, VersioningConfiguration: Mapping[str, str]) -> None:  # noqa: N803
        if "versioning" not in self.ignores:
            self._kept(Bucket, "PutBucketVersioning").versioning = VersioningConfiguration["Status"]

    def get_bucket_tagging(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        tags = self._kept(Bucket, "GetBucketTagging").tags
        if not tags:
            raise refused("NoSuchTagSet", "GetBucketTagging")
        return {"TagSet": [{"Key": k, "Value": v} for k, v in tags.items()]}

    def put_bucket_tagging(self, Bucket: str, Tagging: Mapping[str, Any]) -> None:  # noqa: N803
        if "tagging" not in self.ignores:
            kept = self._kept(Bucket, "PutBucketTagging")
            kept.tags = {tag["Key"]: tag["Value"] for tag in Tagging["TagSet"]}

    def get_bucket_encryption(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        algorithm = self._kept(Bucket, "GetBucketEncryption").encryption
        if not algorithm:
            raise refused("ServerSideEncryptionConfigurationNotFoundError", "GetBucketEncryption")
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
        return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}

    def put_bucket_encryption(self, Bucket: str, ServerSideEncryptionConfiguration: Any) -> None:  # noqa: N803
        rule = ServerSideEncryptionConfiguration["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        self._kept(Bucket, "PutBucketEncryption").encryption = rule["SSEAlgorithm"]

    def delete_bucket_encryption(self, Bucket: str) -> None:  # noqa: N803
        self._kept(Bucket, "DeleteBucketEncryption").encryption = ""
        if self.falls_through:
            del self.buckets[Bucket]

    def get_bucket_policy(self, Bucket: str) -> dict[str, str]:  # noqa: N803
        policy = self._kept(Bucket, "GetBucketPolicy").policy
        if not policy:
            raise refused("NoSuchBucketPolicy", "GetBucketPolicy")
        return {"Policy": policy}

    def put_bucket_policy(self, Bucket: str, Policy: str) -> None:  # noqa: N803
        self._kept(Bucket, "PutBucketPolicy").policy = Policy

    def delete_bucket_policy(self, Bucket: str) -> None:  # noqa: N803
        self._kept(Bucket, "DeleteBucketPolicy").policy = ""

    def get_bucket_acl(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        own = {"Grantee": {"ID": "admin"}, "Permission": "FULL_CONTROL"}
        return {"Owner": {"ID": "admin"}, "Grants": [own, *self._kept(Bucket, "GetBucketAcl").grants]}

    def put_bucket_acl(self, Bucket: str, ACL: str) -> None:  # noqa: N803
        kept = self._kept(Bucket, "PutBucketAcl")
        if ACL != "private" and kept.ownership == "BucketOwnerEnforced":
            raise refused("AccessControlListNotSupported", "PutBucketAcl")
        everybody = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}
        kept.grants = [] if ACL == "private" else [everybody]

    def get_bucket_lifecycle_configuration(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        return self._rules(Bucket, "lifecycle", "NoSuchLifecycleConfiguration", "Rules")

    def put_bucket_lifecycle_configuration(self, Bucket: str, LifecycleConfiguration: Any) -> None:  # noqa: N803
        if "lifecycle" not in self.ignores:
            self._kept(Bucket, "PutBucketLifecycle").lifecycle = list(LifecycleConfiguration["Rules"])

    def put_bucket_cors(self, Bucket: str, CORSConfiguration: Any) -> None:  # noqa: N803
        if "cors" not in self.ignores:
            self._kept(Bucket, "PutBucketCors").cors = list(CORSConfiguration["CORSRules"])

    def get_bucket_ownership_controls(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        owner = self._kept(Bucket, "GetOwnership").ownership or "BucketOwnerEnforced"
        return {"OwnershipControls": {"Rules": [{"ObjectOwnership": owner}]}}

    def put_bucket_ownership_controls(self, Bucket: str, OwnershipControls: Any) -> None:  # noqa: N803
        if "ownership" not in self.ignores:
            self._kept(Bucket, "PutOwnership").ownership = OwnershipControls["Rules"][0]["ObjectOwnership"]

    def delete_bucket_ownership_controls(self, Bucket: str) -> None:  # noqa: N803
        self._kept(Bucket, "DeleteOwnership").ownership = ""

    def get_public_access_block(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        blocks = self._kept(Bucket, "GetPublicAccessBlock").blocks
        if not blocks:
            raise refused("NoSuchPublicAccessBlockConfiguration", "GetPublicAccessBlock")
        return {"PublicAccessBlockConfiguration": blocks}

    def put_public_access_block(self, Bucket: str, PublicAccessBlockConfiguration: Any) -> None:  # noqa: N803
        if "publicAccessBlock" not in self.ignores:
            self._kept(Bucket, "PutPublicAccessBlock").blocks = dict(PublicAccessBlockConfiguration)

    def delete_public_access_block(self, Bucket: str) -> None:  # noqa: N803
        self._kept(Bucket, "DeletePublicAccessBlock").blocks.clear()

    def get_bucket_logging(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        log = self._kept(Bucket, "GetBucketLogging").log
        return {"LoggingEnabled": log} if log else {}

    def put_bucket_logging(self, Bucket: str, BucketLoggingStatus: Any) -> None:  # noqa: N803
        if "accessLog" not in self.ignores:
            self._kept(Bucket, "PutBucketLogging").log = dict(BucketLoggingStatus.get("LoggingEnabled", {}))

    def get_object_lock_configuration(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        lock = self._kept(Bucket, "GetObjectLock").lock
        if lock is None:
            raise refused("ObjectLockConfigurationNotFoundError", "GetObjectLock")
        return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", **({"Rule": lock} if lock else {})}}

    def put_object_lock_configuration(self, Bucket: str, ObjectLockConfiguration: Any) -> None:  # noqa: N803
        kept = self._kept(Bucket, "PutObjectLock")
        if kept.lock is None:
            raise refused("InvalidBucketState", "PutObjectLock")
        if "objectLock" not in self.ignores:
            kept.lock = dict(ObjectLockConfiguration.get("Rule", {}))

    def delete_bucket_lifecycle(self, Bucket: str) -> None:  # noqa: N803
        self._kept(Bucket, "DeleteBucketLifecycle").lifecycle.clear()

    def get_bucket_cors(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        return self._rules(Bucket, "cors", "NoSuchCORSConfiguration", "CORSRules")

    def delete_bucket_cors(self, Bucket: str) -> None:  # noqa: N803
        self._kept(Bucket, "DeleteBucketCors").cors.clear()

    def _rules(self, name: str, setting: str, absent: str, member: str) -> dict[str, Any]:
        rules = getattr(self._kept(name, "GetRules"), setting)
        if not rules:
            raise refused(absent, "GetRules")
        return {member: rules}

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> dict[str, Any]:  # noqa: N803
        kept = self._kept(Bucket, "PutObject")
        kept.objects[Key] = Body
        return {"VersionId": f"{Body!r}"} if kept.versioning == "Enabled" else {}

    def get_object(self, Bucket: str, Key: str, VersionId: str = "") -> dict[str, Any]:  # noqa: N803
        kept = self._kept(Bucket, "GetObject")
        if Key not in kept.objects:
            raise refused("NoSuchKey", "GetObject")
        answer: dict[str, Any] = {"Body": Body(b"1" if VersionId else kept.objects[Key])}
        if kept.encryption and "encryption" not in self.ignores:
            answer["ServerSideEncryption"] = kept.encryption
        return answer | {"ResponseMetadata": {"HTTPHeaders": {"server": "memory"}}}

    head_object = get_object

    def delete_object(self, Bucket: str, Key: str, VersionId: str = "") -> None:  # noqa: N803
        self._kept(Bucket, "DeleteObject").objects.pop(Key, None)

    def delete_objects(self, Bucket: str, Delete: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        for row in Delete["Objects"]:
            self.delete_object(Bucket, row["Key"], row["VersionId"])
        return {}

    def list_buckets(self) -> dict[str, Any]:
        return {"Buckets": [{"Name": name, "CreationDate": kept.created} for name, kept in self.buckets.items()]}

    def get_paginator(self, operation: str) -> Pages:
        return Pages(self, operation)


@dataclass
class Pages:
    """A listing in pages of one entry, the first of them empty, as servers may answer."""

    s3: MemoryS3
    operation: str

    def paginate(self, Bucket: str, Prefix: str = "") -> Iterator[dict[str, Any]]:  # noqa: N803
        kept = self.s3._kept(Bucket, self.operation)
        yield {}
        match self.operation:
            case "list_object_versions":
                for key in kept.kept:
                    yield {"DeleteMarkers": [{"Key": key, "VersionId": "marker"}]}
                for key, content in [item for item in kept.objects.items() if item[0].startswith(Prefix)]:
                    yield {"Versions": [{"Key": key, "VersionId": "null", "Size": len(content)}]}
            case "list_multipart_uploads":
                yield from ({"Uploads": [{"Key": key, "UploadId": key}]} for key in kept.uploads)
