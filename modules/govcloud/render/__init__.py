"""From declarations to plain data: Kubernetes manifests, bucket specifications, reachability. No effects."""

from __future__ import annotations

from govcloud.render.manifest import Manifest, Rendering, key_of
from govcloud.render.storage import BucketSpec, SecretTarget, StorageIdentity
from govcloud.render.tenant import TenantManifests, tenant

__all__ = [
    "BucketSpec",
    "Manifest",
    "Rendering",
    "SecretTarget",
    "StorageIdentity",
    "TenantManifests",
    "key_of",
    "tenant",
]
