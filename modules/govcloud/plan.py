"""What one stack consists of, as plain data: the end of all pure work and the start of every effect.

Nothing here imports the country's models, so that a plan which was made before costs a Pulumi program no more than
reading it.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

__all__ = [
    "AUTHORITY",
    "SEALED",
    "Administration",
    "BucketGrant",
    "BucketSpec",
    "CloudTarget",
    "Manifest",
    "SecretTarget",
    "StackPlan",
    "StorageIdentity",
]

AUTHORITY = "ca.crt"
"""File of the delivered Secret with the certificate of the authority that signed the store's."""

SEALED = "AES256"
"""How stores encrypt with keys of their own."""

Manifest = dict[str, Any]
"""A Kubernetes object as plain data: apiVersion, kind, metadata and the rest."""


@dataclass(frozen=True, kw_only=True)
class Administration:
    """Where identities of an object store are asked for, and whose key asks; nothing where the provisioner's does."""

    endpoint: str | None = None
    """Address, where it is not the store's own."""
    endpoint_from: str | None = None
    """Name of the variable that says it."""
    access_key_from: str | None = None
    """Name of the variable with the administrator's access key."""
    secret_key_from: str | None = None
    """Name of the variable with its secret key."""


@dataclass(frozen=True, kw_only=True)
class CloudTarget:
    """What a stack has to know of the cloud on which it goes. Addresses and keys come from the environment."""

    name: str
    """Name of the Cloud."""
    context: str
    """Context of its cluster in the kubeconfig."""
    region: str
    """Region of its object store."""
    adapter: str
    """Dialect of its object store."""
    endpoint: str | None
    """URL of its object store; None where a variable of the environment says it."""
    endpoint_from: str | None
    """Name of that variable."""
    administration: Administration = Administration()
    """Who administers it."""


@dataclass(frozen=True, kw_only=True)
class BucketGrant:
    """The right of another tenant on a bucket."""

    name: str
    """Name of the grant on the store."""
    tenant: str
    """Who gets it."""
    grantee: str
    """Identity of the store that gets it."""
    access: str
    """`read` or `write`."""
    prefix: str
    """What the keys begin with; empty for all."""
    until: str | None
    """Last day, `2027-01-31`."""


@dataclass(frozen=True, kw_only=True)
class BucketSpec:
    """One bucket as the store should have it."""

    name: str
    """Name in the store."""
    environment: str
    """Environment to which it belongs."""
    label: str
    """Name in the declaration."""
    versioning: bool
    """Whether replaced and deleted objects are kept."""
    quota_bytes: int
    """Most bytes, all versions counted."""
    tags: dict[str, str]
    """Tags: owner, class, level."""
    encryption: str = SEALED
    """Encryption at rest with keys of the store (SSE-S3); empty where somebody attests that its disks are encrypted."""
    quota_objects: int | None = None
    """Most objects, all versions counted, where the store can refuse by their number."""
    object_lock: dict[str, Any] | None = None
    """For how many days nobody deletes or changes what was written: `{mode, days}`."""
    lifecycle: tuple[dict[str, Any], ...] = ()
    """What ends after how many days: `{id, noncurrentDays, abortUploadsDays}`."""
    grants: tuple[BucketGrant, ...] = ()
    """Rights of others on it."""
    closed: bool = False
    """Whether the store is told to refuse whatever would open the bucket to everybody, where it can be told."""
    public: bool = False
    """Whether anybody may read; never true here: open data is published by the open data portal."""


@dataclass(frozen=True, kw_only=True)
class SecretTarget:
    """Where the keys of an identity are delivered, and what is delivered with them."""

    namespace: str
    name: str
    labels: dict[str, str]
    settings: dict[str, str]
    """What a workload needs besides its keys, under the names that boto3 and aws read."""
    authority_from: str | None
    """Environment variable that names the file of the authority (PEM); None where every system trusts the store's."""


@dataclass(frozen=True, kw_only=True)
class StorageIdentity:
    """An identity of the object store."""

    name: str
    """Name in the store: `<tenant>-<environment>`."""
    environment: str
    """Environment to which it belongs."""
    buckets: tuple[str, ...]
    """Buckets that it may use."""
    policy: dict[str, Any]
    """IAM policy document."""
    secret: SecretTarget
    """Where its keys go."""
    rotation: str = ""
    """Day since which its keys shall have been issued, `2026-11-30`; empty where any will do."""


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """Everything that a stack registers, in an order in which it can be created."""

    id: str
    """Name of the declaration that the stack provisions: the part of its name behind the kind."""
    cloud: CloudTarget
    protected: bool
    """Whether namespaces and buckets must not be deleted: true until a tenant's lifecycle says that it is removed."""
    manifests: tuple[Manifest, ...]
    namespaces: tuple[str, ...] = ()
    """Namespaces that the stack makes."""
    buckets: tuple[BucketSpec, ...] = ()
    identities: tuple[StorageIdentity, ...] = ()

    def to_json(self) -> str:
        """Return the plan as text that `from_json` reads."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> StackPlan:
        """Read a plan from what `to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        value = json.loads(text)
        if not isinstance(value, dict):
            raise ValueError("a plan is a JSON object")
        cloud = value.pop("cloud")
        identities = [
            StorageIdentity(**{**i, "buckets": tuple(i["buckets"]), "secret": SecretTarget(**i["secret"])})
            for i in value.pop("identities")
        ]
        return cls(
            cloud=CloudTarget(**{**cloud, "administration": Administration(**cloud["administration"])}),
            manifests=tuple(value.pop("manifests")),
            namespaces=tuple(value.pop("namespaces")),
            buckets=tuple(
                BucketSpec(
                    **{
                        **b,
                        "lifecycle": tuple(b["lifecycle"]),
                        "grants": tuple(BucketGrant(**g) for g in b["grants"]),
                    }
                )
                for b in value.pop("buckets")
            ),
            identities=tuple(identities),
            **value,
        )
