"""From declarations to plain data: Kubernetes manifests, bucket specifications, reachability. No effects."""

from __future__ import annotations

from govcloud.plan import BucketSpec, SecretTarget, StackPlan, StorageIdentity
from govcloud.render.cluster import ClusterManifests, cluster
from govcloud.render.manifest import Manifest, Rendering, key_of
from govcloud.render.platform import PlatformManifests, platform
from govcloud.render.reachability import Flow, Reachability, reachability
from govcloud.render.segment import SegmentManifests, segment
from govcloud.render.stack import absent, plan, stack
from govcloud.render.tenant import TenantManifests, tenant
from govcloud.render.territory import territory

__all__ = [
    "BucketSpec",
    "ClusterManifests",
    "Flow",
    "Manifest",
    "PlatformManifests",
    "Reachability",
    "Rendering",
    "SecretTarget",
    "SegmentManifests",
    "StackPlan",
    "StorageIdentity",
    "TenantManifests",
    "absent",
    "cluster",
    "key_of",
    "plan",
    "platform",
    "reachability",
    "segment",
    "stack",
    "tenant",
    "territory",
]
