"""What backups need on the second cloud before the first of them: the bucket, and the identity that writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from govcloud.backup.vault import lock_days
from govcloud.country import Country
from govcloud.model import names
from govcloud.model.dialect import BLOCKING
from govcloud.model.tenant import Backup, Tenant
from govcloud.providers.storage import bucket, identity
from govcloud.providers.storage.bucket_spec import BucketSpec, settings_said
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.providers.storage.identity import IdentitySpec
from govcloud.providers.storage.settings import OBJECT_LOCK, PUBLIC_ACCESS_BLOCK
from govcloud.providers.storage.store import Store

__all__ = ["admit", "policy", "prepare", "wanted"]

_ALLOWED = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "s3:GetObjectRetention",
    "s3:PutObjectRetention",
    "s3:AbortMultipartUpload",
)
_ALLOWED_BUCKET = ("s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads")
_DENIED = (
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:BypassGovernanceRetention",
    "s3:PutObjectAcl",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketVersioning",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutEncryptionConfiguration",
    "s3:DeleteBucket",
)


def wanted(country: Country, tenant: Tenant, backup: Backup, environment: str) -> BucketSpec:
    """Return the bucket for an environment's backups as it shall be.

    An immutable one keeps whatever is written, whoever asks: for twice the declared days, so that runs need not renew
    the lock of each old copy each time. Ownership is told by its tags.
    """
    tags = {
        "tenant": tenant.name,
        "agency": tenant.spec.agency,
        "env": environment,
        "level": str(tenant.spec.level),
        "class": "private",
        "purpose": names.BACKUP,
        "managed-by": names.MANAGED_BY,
    }
    lock = {"mode": "COMPLIANCE", "days": lock_days(backup.keep_days)} if backup.immutable else None
    target = country.clouds[backup.cloud].spec.object_store
    closed = target.adapter in BLOCKING or None
    settings, _ = settings_said({OBJECT_LOCK.name: lock, PUBLIC_ACCESS_BLOCK.name: closed})
    return BucketSpec(
        name=names.backup_bucket(country.name, tenant.name, environment),
        versioning=backup.immutable,
        encryption=target.sealed_disks is None,
        tags={names.label(key): value for key, value in tags.items()},
        settings=settings,
    )


def prepare(store: Store, spec: BucketSpec) -> bool:
    """Make the bucket or bring ours to what it shall be; return whether it was made.

    Raises CloudError where the store can't do what it demands, or where it is somebody else's.
    """
    there = store.exists(spec.name)
    if there:
        bucket.update(store, spec)
    else:
        bucket.create(store, spec)
    return not there


def admit(store: Store, tenant: str, environment: str, target: str) -> tuple[str, AccessKey]:
    """Make the identity that writes backups, or give it another key in place of its own; return its name and the key.

    It adds and reads, and deletes nothing. Raises CloudError where the store refuses.
    """
    name = names.backup_identity(tenant, environment)
    issued = identity.create(store, IdentitySpec(name, json.dumps(policy(target)), (target,)))
    return name, issued.key


def policy(target: str) -> Mapping[str, Any]:
    """Return the policy of the identity that writes backups into a bucket."""

    def statement(effect: str, actions: tuple[str, ...], resources: list[str]) -> dict[str, Any]:
        return {"Effect": effect, "Action": list(actions), "Resource": resources}

    return {
        "Version": "2012-10-17",
        "Statement": [
            statement("Allow", _ALLOWED_BUCKET, [f"arn:aws:s3:::{target}"]),
            statement("Allow", _ALLOWED, [f"arn:aws:s3:::{target}/*"]),
            statement("Deny", _DENIED, ["arn:aws:s3:::*", "arn:aws:s3:::*/*"]),
        ],
    }
