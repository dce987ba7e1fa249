"""What lies beside a stack's objects and is nobody's declaration, as drift tells of it (:mod:`govcloud.comparison`)."""

from __future__ import annotations

from collections.abc import Iterator

from govcloud.clouds.live_cluster import LiveCluster
from govcloud.comparison import undeclared as beside
from govcloud.comparison.cluster_rights import holders
from govcloud.country import Country
from govcloud.fleet.drift import Difference, DifferenceKind
from govcloud.render import Rendering, territory
from govcloud.stack import StackKind, StackName

__all__ = ["undeclared"]


def undeclared(country: Country, stack: StackName, rendered: Rendering, cluster: LiveCluster) -> list[Difference]:
    """Return what lies beside the stack's objects and is nobody's declaration; each is for a person to decide.

    Raises CloudError where the cloud cannot be read.
    """
    found = sorted(_found(country, stack, rendered, cluster))
    return [Difference(each.subject, DifferenceKind.UNDECLARED, live=each.reason, person=True) for each in found]


def _found(country: Country, stack: StackName, rendered: Rendering, cluster: LiveCluster) -> Iterator[beside.Stray]:
    declared, spaces, catalogue = rendered.manifests, rendered.namespaces, country.law.catalogue
    if stack.kind is StackKind.CLUSTER:
        yield from beside.rights(cluster, declared, holders(country.law.folder))
        yield from beside.claims(cluster, declared)
        yield from beside.nobodys(cluster, country.within({stack.id}).tenants)
        return
    if stack.kind is StackKind.TENANT:
        yield from beside.namespaces(cluster, stack.id, territory(country, country.tenants[stack.id]))
    else:
        yield from beside.work(cluster, declared, spaces)
    yield from beside.services(cluster, declared, spaces, catalogue)
    yield from beside.accounts(cluster, declared, spaces)
    yield from beside.tokens(cluster, spaces, catalogue)
