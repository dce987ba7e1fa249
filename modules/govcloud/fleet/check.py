"""Read a stack's part of the live cloud and compare it with its declaration."""

from __future__ import annotations

from govcloud.country import Country
from govcloud.fleet.drift import Difference, compare_all
from govcloud.fleet.live import LiveCluster
from govcloud.fleet.live_store import delivered, store_differences
from govcloud.fleet.stack import StackName
from govcloud.model import names
from govcloud.render import TenantManifests
from govcloud.render import stack as render_stack

__all__ = ["differences"]


def differences(country: Country, stack: StackName) -> list[Difference]:
    """Return where the live objects of `stack` are not what is declared; empty when all is as declared.

    Raises CloudError when the cloud cannot be read.
    """
    rendered = render_stack(country, str(stack))
    cloud = country.clouds[rendered.cloud]
    declared = list(rendered.manifests.values())
    if isinstance(rendered, TenantManifests):
        declared += delivered(rendered)
    live = LiveCluster(cloud.spec.cluster.context).objects(declared)
    found = compare_all(declared, live, {names.label("managed-by"): names.MANAGED_BY})
    if isinstance(rendered, TenantManifests):
        found += store_differences(country, rendered, live)
    return found
