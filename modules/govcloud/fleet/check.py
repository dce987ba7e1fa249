"""Read a stack's part of the live cloud, compare it with its declaration, and take back what somebody changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from govcloud.clouds.connection import Connection
from govcloud.country import Country
from govcloud.fleet import delivery
from govcloud.fleet.drift import Difference, compare_all
from govcloud.fleet.repair import take_back
from govcloud.fleet.store_drift import store_differences, strange_buckets
from govcloud.fleet.undeclared import undeclared
from govcloud.model import names
from govcloud.render import Rendering, TenantManifests
from govcloud.render import stack as render_stack
from govcloud.stack import StackKind, StackName
from govcloud_base.errors import Text

__all__ = ["declared_objects", "differences", "repaired"]


def differences(country: Country, stack: StackName, connection: Connection) -> list[Difference]:
    """Return where the live objects of `stack` are not what is declared; empty when all is as declared.

    `connection` is that of the stack's cloud. Raises CloudError when the cloud cannot be read.
    """
    rendered = render_stack(country, str(stack))
    declared = declared_objects(rendered)
    live = connection.cluster.objects(declared)
    found = compare_all(declared, live, {names.label("managed-by"): names.MANAGED_BY})
    told = {row.subject for row in found}
    found += (row for row in undeclared(country, stack, rendered, connection.cluster) if row.subject not in told)
    if isinstance(rendered, TenantManifests):
        found += store_differences(country, rendered, live, connection)
    elif stack.kind is StackKind.CLUSTER:
        found += strange_buckets(country, connection)
    return found


def repaired(country: Country, stack: StackName, connection: Connection) -> Iterator[Text]:
    """Take back what a run of Pulumi left of others' changes in the cluster; yield a line for each object.

    `connection` is that of the stack's cloud. Raises CloudError when the cloud cannot be read.
    """
    rendered = render_stack(country, str(stack))
    yield from take_back(connection.cluster, declared_objects(rendered))
    if isinstance(rendered, TenantManifests):
        yield from delivery.take_back(connection.cluster, rendered)


def declared_objects(rendered: Rendering) -> list[Mapping[str, Any]]:
    """Return all objects of a cluster that a stack registers; of Secrets all but their content."""
    keys = delivery.delivered(rendered) if isinstance(rendered, TenantManifests) else []
    return [*rendered.manifests.values(), *keys]
