"""What nobody declared and yet opens something: found where no declared object leads.

A stack's own objects are compared one by one (:mod:`govcloud.fleet.drift`). Here is looked at what lies beside them:
rights across the cluster, namespaces that carry the platform's labels, services that lead around the network policies,
identities that no tenant can make, and what runs where the platform alone works. All of it may be somebody's work, so a
person decides what becomes of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from govcloud.clouds.live_cluster import LiveCluster
from govcloud.comparison.borrowed import borrowed
from govcloud.comparison.cluster_rights import holders, undeclared_rights, widened
from govcloud.comparison.services import ways_around
from govcloud.country import Country
from govcloud.fleet.drift import Difference, DifferenceKind
from govcloud.model import names
from govcloud.render import Rendering, territory
from govcloud.stack import StackKind, StackName

__all__ = ["undeclared"]

_RBAC = "rbac.authorization.k8s.io/v1"
_OURS = f"{names.label('managed-by')}={names.MANAGED_BY}"
_CLAIMING = {
    "ClusterRole": _RBAC,
    "PriorityClass": "scheduling.k8s.io/v1",
    "ValidatingAdmissionPolicy": "admissionregistration.k8s.io/v1",
    "ValidatingAdmissionPolicyBinding": "admissionregistration.k8s.io/v1",
}
"""Kinds of the cluster's stack: one that carries the platform's label claims to be declared."""

_WORK = {
    "CronJob": "batch/v1",
    "DaemonSet": "apps/v1",
    "Deployment": "apps/v1",
    "Job": "batch/v1",
    "Pod": "v1",
    "ReplicaSet": "apps/v1",
    "ReplicationController": "v1",
    "StatefulSet": "apps/v1",
}
"""Kinds by which something runs."""


def undeclared(country: Country, stack: StackName, rendered: Rendering, cluster: LiveCluster) -> list[Difference]:
    """Return what lies beside the stack's objects and is nobody's declaration; each is for a person to decide.

    Raises CloudError where the cloud cannot be read.
    """
    match stack.kind:
        case StackKind.CLUSTER:
            found = [
                *_rights(country, rendered, cluster),
                *_claims(rendered, cluster),
                *_strangers(country, stack.id, cluster),
            ]
        case StackKind.TENANT:
            found = [*_namespaces(country, stack.id, cluster), *_services(country, rendered, cluster)]
            found += _identities(country, rendered, cluster)
        case _:
            found = [*_services(country, rendered, cluster), *_identities(country, rendered, cluster)]
            found += _work(rendered, cluster)
    return sorted(found)


def _found(subject: str, reason: str = "") -> Difference:
    return Difference(subject, DifferenceKind.UNDECLARED, live=reason, person=True)


def _rights(country: Country, rendered: Rendering, cluster: LiveCluster) -> Iterator[Difference]:
    lawful = holders(country.law.folder)
    tenants = {item["metadata"]["name"] for item in cluster.listing("v1", "Namespace", labels=_OURS)}
    for binding in cluster.listing(_RBAC, "ClusterRoleBinding"):
        subject = f"cluster/ClusterRoleBinding/{binding['metadata']['name']}"
        given = list(undeclared_rights(binding, tenants, lawful)) if subject not in rendered.manifests else []
        if given:
            yield _found(subject, ", ".join(given))
    for role in cluster.listing(_RBAC, "ClusterRole"):
        if shown := list(widened(role)):
            yield _found(
                f"cluster/ClusterRole/{role['metadata']['name']}", f"{', '.join(shown)} → system:authenticated"
            )


def _claims(rendered: Rendering, cluster: LiveCluster) -> Iterator[Difference]:
    for kind, version in _CLAIMING.items():
        for item in cluster.listing(version, kind, labels=_OURS):
            subject = f"cluster/{kind}/{item['metadata']['name']}"
            if subject not in rendered.manifests:
                yield _found(subject)


def _strangers(country: Country, cloud: str, cluster: LiveCluster) -> Iterator[Difference]:
    """Yield namespaces with the platform's labels that are of no tenant of this cloud; its tenants find the others."""
    label = names.label("tenant")
    here = country.within({cloud}).tenants
    for name, labels in borrowed(cluster.listing("v1", "Namespace"), ()).items():
        if labels.get(label) not in here:
            yield _found(f"cluster/Namespace/{name}", _text(labels))


def _namespaces(country: Country, tenant: str, cluster: LiveCluster) -> Iterator[Difference]:
    live = cluster.listing("v1", "Namespace", labels=f"{names.label('tenant')}={tenant}")
    for name, labels in borrowed(live, territory(country, country.tenants[tenant])).items():
        yield _found(f"cluster/Namespace/{name}", _text(labels))


def _services(country: Country, rendered: Rendering, cluster: LiveCluster) -> Iterator[Difference]:
    for namespace in rendered.namespaces:
        for service in cluster.listing("v1", "Service", namespace):
            subject = f"{namespace}/Service/{service['metadata']['name']}"
            # A declared service is compared as a whole.
            for reason in ways_around(service, country.law.catalogue) if subject not in rendered.manifests else ():
                yield _found(subject, reason)


def _identities(country: Country, rendered: Rendering, cluster: LiveCluster) -> Iterator[Difference]:
    """Yield accounts and lasting tokens: no role lets a tenant make one, so each was made past the platform."""
    for namespace in rendered.namespaces:
        for account in cluster.listing("v1", "ServiceAccount", namespace):
            subject = f"{namespace}/ServiceAccount/{account['metadata']['name']}"
            if subject not in rendered.manifests:
                yield _found(subject)
        for kind in country.law.catalogue["TEN-04"].strings("secret_types_refused"):
            for secret in cluster.listing("v1", "Secret", namespace, fields=f"type={kind}"):
                yield _found(f"{namespace}/Secret/{secret['metadata']['name']}", f"type={kind}")


def _work(rendered: Rendering, cluster: LiveCluster) -> Iterator[Difference]:
    """Yield what runs beside the declared workloads: flows are open to all pods there, whoever started them.

    What was made for another of them is told of with that one.
    """
    for namespace in rendered.namespaces:
        there = [(kind, item) for kind, version in _WORK.items() for item in cluster.listing(version, kind, namespace)]
        makers = {item["metadata"].get("uid") for _, item in there}
        for kind, item in there:
            subject = f"{namespace}/{kind}/{item['metadata']['name']}"
            owners = item["metadata"].get("ownerReferences") or ()
            made = any(owner.get("controller") and owner["uid"] in makers for owner in owners)
            if subject not in rendered.manifests and not made:
                yield _found(subject)


def _text(labels: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))
