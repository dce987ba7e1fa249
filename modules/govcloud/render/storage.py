"""Buckets of a tenant's environments, and the one identity of each environment that may use them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from govcloud.country import Country
from govcloud.model import names
from govcloud.model.cloud import CloudSpec
from govcloud.model.dialect import BLOCKING, CLEARING, COUNTING
from govcloud.model.level import UNFINISHED_UPLOADS
from govcloud.model.tenant import Bucket, Tenant
from govcloud.plan import AUTHORITY, SEALED, BucketGrant, BucketSpec, SecretTarget, StorageIdentity
from govcloud.render.zone import Zone, zone_of

__all__ = ["MOUNT", "SECRET_NAME", "buckets", "holder", "identity", "identity_name", "policy"]

KEY_ZONES = ("srv", "int")
"""Zones that may hold the keys, the best first: the servers' zone, or the only inner one at level 1."""
SECRET_NAME = "object-store"  # noqa: S105 - the name of a Secret, not its content
MOUNT = f"/etc/{SECRET_NAME}"
"""Where a workload mounts the Secret: its variable AWS_CA_BUNDLE names `ca.crt` there."""

_READING_ACTIONS = ("s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging")
_OBJECT_ACTIONS = (
    *_READING_ACTIONS,
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
)
_BUCKET_ACTIONS = (
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:ListBucketMultipartUploads",
    "s3:GetBucketLocation",
    "s3:GetBucketVersioning",
    "s3:GetBucketTagging",
)
# A store without public access blocks has only this refusal. `s3:PutBucket*` would not cover lifecycle rules.
_DENIED_ACTIONS = (
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:PutBucketAcl",
    "s3:PutObjectAcl",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
    "s3:PutEncryptionConfiguration",
    "s3:PutBucketTagging",
    "s3:PutBucketCORS",
    "s3:PutBucketObjectLockConfiguration",
    "s3:BypassGovernanceRetention",
    "s3:DeleteObjectVersion",
)


def buckets(country: Country, tenant: Tenant, environment: str) -> tuple[BucketSpec, ...]:
    """Return the buckets of an environment."""
    table = country.level_table(tenant)
    forced = table is not None and tenant.spec.level >= table.spec.versioning_from
    store = country.clouds[tenant.spec.cloud].spec.object_store
    uploads = table.spec.amount(UNFINISHED_UPLOADS, tenant.spec.level) if table else None
    return tuple(
        BucketSpec(
            name=names.bucket(country.name, tenant.name, environment, label),
            environment=environment,
            label=label,
            versioning=bucket.versioning or forced,
            quota_bytes=bucket.quota,
            quota_objects=bucket.objects if store.adapter in COUNTING else None,
            # Of the two modes of stores this is the one in which nobody ends a lock before its time (STO-05).
            object_lock={"mode": "COMPLIANCE", "days": bucket.keep_days} if bucket.keep_days else None,
            lifecycle=_lifecycle(bucket, uploads if store.adapter in CLEARING else None),
            encryption="" if store.sealed_disks else SEALED,
            grants=tuple(_grants(country, tenant, environment, label)),
            closed=store.adapter in BLOCKING,
            tags={
                names.label(key): value
                for key, value in {
                    "tenant": tenant.name,
                    "agency": tenant.spec.agency,
                    "env": environment,
                    "level": str(tenant.spec.level),
                    "class": bucket.share_class,
                    "personal-data": str(bucket.personal_data).lower(),
                    **({"importance": bucket.importance} if bucket.importance != "other" else {}),
                    "managed-by": names.MANAGED_BY,
                }.items()
            },
        )
        for label, bucket in sorted(tenant.spec.storage.buckets.items())
    )


def _lifecycle(bucket: Bucket, uploads: int | None) -> tuple[dict[str, Any], ...]:
    """Return the rules of a bucket: what ends its replaced versions, and the parts of uploads nobody finished.

    One rule: servers differ in what they make of two whose prefixes cover one another.
    """
    ends = {"noncurrentDays": bucket.versions_days, "abortUploadsDays": uploads}
    said = {name: days for name, days in ends.items() if days is not None}
    return ({"id": "govcloud", **said},) if said else ()


def _grants(country: Country, tenant: Tenant, environment: str, label: str) -> Iterator[BucketGrant]:
    """Yield the rights of others on a bucket in an environment: that of the link along which each is given.

    A right ends with its link at the latest, and nobody writes where the tenant itself does not.
    """
    name = names.bucket(country.name, tenant.name, environment, label)
    for grant in tenant.spec.storage.buckets[label].grants:
        link = country.links[grant.link].spec
        held = tenant.spec.storage.read_only and grant.access == "write"
        if link.environment == environment and not held:
            days = [day for day in (grant.until, link.valid_to) if day is not None]
            mark = hashlib.sha256(f"{name} {grant.access} {grant.prefix}".encode()).hexdigest()[:16]
            yield BucketGrant(
                name=f"{grant.to}-{mark}",  # bounded, however long the names of both are
                tenant=grant.to,
                grantee=identity_name(grant.to, environment),
                access=grant.access,
                prefix=grant.prefix,
                until=str(min(days)) if days else None,
            )


def holder(country: Country, tenant: Tenant, environment: str) -> Zone:
    """Return the one zone of an environment that gets the keys, and the way to the store."""
    zones = country.zones(tenant, environment)
    return zone_of(country, tenant, environment, next(z for z in (*KEY_ZONES, *zones) if z in zones))


def identity(country: Country, tenant: Tenant, environment: str) -> StorageIdentity | None:
    """Return the identity of an environment; None where it has no buckets."""
    own = tuple(b.name for b in buckets(country, tenant, environment))
    if not own:
        return None
    return StorageIdentity(
        name=identity_name(tenant.name, environment),
        environment=environment,
        buckets=own,
        policy=policy(own, read_only=tenant.spec.storage.read_only),
        rotation=str(tenant.spec.storage.keys_since or ""),
        secret=_secret(country.clouds[tenant.spec.cloud].spec, holder(country, tenant, environment)),
    )


def identity_name(tenant: str, environment: str) -> str:
    """Return the name of an environment's identity in the store."""
    return f"{tenant}-{environment}"


def _secret(cloud: CloudSpec, zone: Zone) -> SecretTarget:
    settings = {"AWS_REGION": cloud.region, "AWS_DEFAULT_REGION": cloud.region}
    reach = cloud.object_store.workloads
    if reach:
        settings["AWS_ENDPOINT_URL_S3"] = reach.endpoint
    if reach and reach.authority_from:
        settings["AWS_CA_BUNDLE"] = f"{MOUNT}/{AUTHORITY}"
    return SecretTarget(
        namespace=zone.namespace,
        name=SECRET_NAME,
        labels=zone.labels,
        settings=settings,
        authority_from=reach.authority_from if reach else None,
    )


def policy(buckets: Sequence[str], *, read_only: bool = False) -> dict[str, Any]:
    """Return the IAM policy document of an identity that works on the objects of `buckets` and nothing else.

    It reads, writes and deletes objects, or reads alone; versions stay, and neither the buckets' settings nor their
    existence can be changed, whatever a bucket policy might grant. Of one that reads alone the other actions are
    denied by name, so that no bucket policy gives them back.
    """
    objects = _READING_ACTIONS if read_only else _OBJECT_ACTIONS
    denied = (*_DENIED_ACTIONS, *(action for action in _OBJECT_ACTIONS if action not in objects))
    return {
        "Version": "2012-10-17",
        "Statement": [
            _statement("Allow", _BUCKET_ACTIONS, (f"arn:aws:s3:::{name}" for name in buckets)),
            _statement("Allow", objects, (f"arn:aws:s3:::{name}/*" for name in buckets)),
            _statement("Deny", denied, ("arn:aws:s3:::*", "arn:aws:s3:::*/*")),
        ],
    }


def _statement(effect: str, actions: Sequence[str], resources: Iterable[str]) -> dict[str, Any]:
    return {"Effect": effect, "Action": list(actions), "Resource": list(resources)}
