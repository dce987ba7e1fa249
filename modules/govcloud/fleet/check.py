"""Read a stack's part of the live cloud, compare it with its declaration, and take back what somebody changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, nullcontext
from typing import Any

from govcloud.country import Country
from govcloud.fleet import delivery
from govcloud.fleet.drift import Difference, compare_all
from govcloud.fleet.live import LiveCluster
from govcloud.fleet.live_store import Stores, store_differences, strange_buckets
from govcloud.fleet.repair import take_back
from govcloud.fleet.undeclared import undeclared
from govcloud.model import names
from govcloud.render import Rendering, TenantManifests
from govcloud.render import stack as render_stack
from govcloud.stack import StackKind, StackName
from govcloud_base.errors import Text

__all__ = ["declared_objects", "differences", "repaired"]


def differences(country: Country, stack: StackName, stores: Stores | None = None) -> list[Difference]:
    """Return where the live objects of `stack` are not what is declared; empty when all is as declared.

    `stores` are shared by those who compare many stacks while nobody changes the cloud. Raises CloudError when
    the cloud cannot be read.
    """
    rendered = render_stack(country, str(stack))
    cloud = country.clouds[rendered.cloud]
    cluster = LiveCluster(cloud.spec.cluster.context)
    declared = declared_objects(rendered)
    live = cluster.objects(declared)
    found = compare_all(declared, live, {names.label("managed-by"): names.MANAGED_BY})
    told = {row.subject for row in found}
    found += (row for row in undeclared(country, stack, rendered, cluster) if row.subject not in told)
    with nullcontext(stores) if stores else closing(Stores()) as known:
        if isinstance(rendered, TenantManifests):
            found += store_differences(country, rendered, live, known)
        elif stack.kind is StackKind.CLUSTER:
            found += strange_buckets(country, cloud, known)
    return found


def repaired(country: Country, stack: StackName) -> Iterator[Text]:
    """Take back what a run of Pulumi left of others' changes in the cluster; yield a line for each object.

    Raises CloudError when the cloud cannot be read.
    """
    rendered = render_stack(country, str(stack))
    cluster = LiveCluster(country.clouds[rendered.cloud].spec.cluster.context)
    yield from take_back(cluster, declared_objects(rendered))
    if isinstance(rendered, TenantManifests):
        yield from delivery.take_back(cluster, rendered)


def declared_objects(rendered: Rendering) -> list[Mapping[str, Any]]:
    """Return all objects of a cluster that a stack registers; of Secrets all but their content."""
    keys = delivery.delivered(rendered) if isinstance(rendered, TenantManifests) else []
    return [*rendered.manifests.values(), *keys]
