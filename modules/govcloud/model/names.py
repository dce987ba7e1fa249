"""Names and labels derived from declarations: never random, never parsed back.

Ownership is decided by label values, set under admission control; the parts of a name are for people.
"""

from __future__ import annotations

__all__ = [
    "BACKUP",
    "GATEWAY_ZONE",
    "LABEL_PREFIX",
    "MANAGED_BY",
    "backup_bucket",
    "backup_identity",
    "bucket",
    "bucket_prefix",
    "country_prefix",
    "group",
    "label",
    "labels",
    "namespace",
]

LABEL_PREFIX = "govcloud.gov.vn/"
MANAGED_BY = "govcloud"
GATEWAY_ZONE = "tsl"
"""Zone of the gateway to the dedicated network, made by the Segment."""

BACKUP = "backup"
"""Short name of the bucket with an environment's backups, which lies on another cloud."""


def namespace(tenant: str, environment: str, zone: str) -> str:
    """Return the namespace of a zone: `h41-prod-srv`."""
    return f"{tenant}-{environment}-{zone}"


def bucket(country: str, tenant: str, environment: str, name: str) -> str:
    """Return a bucket's name in the store: `vn-h41-prod-records`."""
    return f"{country}-{tenant}-{environment}-{name}"


def backup_bucket(country: str, tenant: str, environment: str) -> str:
    """Return the name of the bucket with an environment's backups: `vn-h41-prod-backup`."""
    return bucket(country, tenant, environment, BACKUP)


def backup_identity(tenant: str, environment: str) -> str:
    """Return the name of the identity that writes an environment's backups, and does nothing else: `h41-prod-bak`."""
    return f"{tenant}-{environment}-bak"


def country_prefix(country: str) -> str:
    """Return what the names of all buckets of a country begin with: `vn-`."""
    return f"{country}-"


def bucket_prefix(country: str, tenant: str) -> str:
    """Return what the names of all buckets of a tenant begin with: `vn-h41-`."""
    return f"{country_prefix(country)}{tenant}-"


def group(tenant: str, role: str) -> str:
    """Return an identity group: `gov:h41:admin`."""
    return f"gov:{tenant}:{role}"


def label(key: str) -> str:
    """Return the full key of one of our labels: `zone` → `govcloud.gov.vn/zone`."""
    return LABEL_PREFIX + key


def labels(*, tenant: str, agency: str, tier: str, environment: str, zone: str, level: int) -> dict[str, str]:
    """Return the labels that a zone's namespace and everything in it carry."""
    values = {
        "tenant": tenant,
        "agency": agency,
        "tier": tier,
        "env": environment,
        "zone": zone,
        "level": str(level),
        "managed-by": MANAGED_BY,
    }
    return {label(key): value for key, value in values.items()}
