"""The Secrets in which keys were delivered: told of as drift tells, and freed of what somebody added."""

from __future__ import annotations

from collections.abc import Iterator

from govcloud.clouds.live_cluster import LiveCluster
from govcloud.comparison import Change
from govcloud.fleet.repair import operations
from govcloud.providers.storage import delivery
from govcloud.render import TenantManifests, key_of
from govcloud_base.errors import Text

__all__ = ["delivered", "take_back"]


def delivered(rendered: TenantManifests) -> list[dict[str, object]]:
    """Return the Secrets with keys of a tenant as manifests that say all of them but their content."""
    return [delivery.manifest(identity.secret) for identity in rendered.identities]


def take_back(cluster: LiveCluster, rendered: TenantManifests) -> Iterator[Text]:
    """Remove from the delivered Secrets what somebody added, which Pulumi leaves alone; yield a line for each.

    Raises CloudError when the cluster cannot be read or refuses.
    """
    targets = [identity.secret for identity in rendered.identities]
    known = {key_of(delivery.manifest(target)): delivery.delivered_keys(target) for target in targets}
    for live in cluster.objects(delivered(rendered)):
        name = key_of(live)
        added = sorted((live.get("data") or {}).keys() - known[name]) if name in known else []
        if added:
            cluster.patch(live, operations([Change(("data", key), None, delivery.WITHHELD) for key in added]))
            fields = ", ".join(f"data.{key}" for key in added)
            yield Text(
                f"{name} was added to by somebody: taken back ({fields})",
                f"{name} bị thêm vào: đưa về như khai báo ({fields})",
            )
