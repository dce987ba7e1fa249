"""What was found in a cloud, and whose it is by the labels and tags that it carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from govcloud.adoption.limits import Limits, LiveQuota, limits
from govcloud.model import names

__all__ = ["Bucket", "Keys", "Namespace", "Owner", "owner"]


@dataclass(frozen=True)
class Namespace:
    """A namespace as the API server shows it."""

    name: str
    labels: Mapping[str, str]
    quotas: tuple[LiveQuota, ...] = ()
    """Its resource quotas."""

    @property
    def limits(self) -> Limits:
        """What its quotas limit together."""
        return limits(self.name, self.quotas)


@dataclass(frozen=True)
class Bucket:
    """A bucket as the object store shows it."""

    name: str
    tags: Mapping[str, str]
    versioning: bool | None
    """None where the store did not say."""
    quota: int | None = None
    """Most bytes; None where none is set or the store did not say."""


@dataclass(frozen=True)
class Keys:
    """Names of the labels and tags that say whose something is; those of this project unless told otherwise."""

    tenant: str = names.label("tenant")
    agency: str = names.label("agency")
    environment: str = names.label("env")
    zone: str = names.label("zone")
    level: str = names.label("level")
    assigned: Mapping[str, Owner] = field(default_factory=dict)
    """Owners that a person named, by namespace or bucket: they count more than labels."""


@dataclass(frozen=True)
class Owner:
    """Whose a namespace or bucket is. What no label says is None."""

    tenant: str
    agency: str | None
    environment: str
    zone: str | None
    level: int | None


def owner(name: str, labels: Mapping[str, str], keys: Keys) -> Owner | None:
    """Return whose it is; None where nothing says so, for a name is no proof."""
    if name in keys.assigned:
        return keys.assigned[name]
    tenant, environment = labels.get(keys.tenant), labels.get(keys.environment)
    if not tenant or not environment:
        return None
    level = labels.get(keys.level, "")
    return Owner(
        tenant,
        labels.get(keys.agency),
        environment,
        labels.get(keys.zone),
        int(level) if level in set("12345") else None,
    )
