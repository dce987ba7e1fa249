"""What nobody declared and yet opens something, or bears the platform's mark: one look, behind drift and audit.

A stack's own objects are compared one by one (:mod:`govcloud.comparison.difference`). Here is looked at what lies
beside them: rights across the cluster, namespaces that carry the platform's labels, services that lead around the
network policies, identities that no tenant can make, and what runs where the platform alone works. All of it may be
somebody's work, so a person decides what becomes of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from govcloud.comparison.borrowed import borrowed
from govcloud.comparison.cluster_rights import undeclared_rights, widened
from govcloud.comparison.services import ways_around
from govcloud.country.controls import Catalogue
from govcloud.model import names

__all__ = ["Listing", "Stray", "accounts", "claims", "namespaces", "nobodys", "rights", "services", "tokens", "work"]

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
_MAKERS = {
    "Job": ("CronJob",),
    "Pod": ("DaemonSet", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"),
    "ReplicaSet": ("Deployment",),
}
"""Which kinds make something of a kind."""


class Listing(Protocol):
    """A cluster as somebody sees it: :class:`govcloud.clouds.live_cluster.LiveCluster`."""

    def listing(
        self, version: str, kind: str, namespace: str | None = None, labels: str = "", fields: str = ""
    ) -> list[dict[str, Any]]:
        """Return every live object of a kind that labels and fields select; raises CloudError where it cannot look."""


@dataclass(frozen=True, slots=True, order=True)
class Stray:
    """Something that no plan names."""

    subject: str
    """`namespace/Kind/name`, `cluster/Kind/name`."""
    reason: str = ""
    """Which of its fields matter."""


def rights(cluster: Listing, declared: Collection[str], lawful: Collection[str]) -> Iterator[Stray]:
    """Yield bindings that give rights across the cluster, and roles of everybody's that give more than they should.

    `declared` are the subjects of what is declared, here and below; `lawful` whom the law lets hold such rights.
    """
    tenants = {item["metadata"]["name"] for item in cluster.listing("v1", "Namespace", labels=_OURS)}
    for binding in cluster.listing(_RBAC, "ClusterRoleBinding"):
        subject = f"cluster/ClusterRoleBinding/{binding['metadata']['name']}"
        given = list(undeclared_rights(binding, tenants, lawful)) if subject not in declared else []
        if given:
            yield Stray(subject, ", ".join(given))
    for role in cluster.listing(_RBAC, "ClusterRole"):
        if shown := list(widened(role)):
            yield Stray(f"cluster/ClusterRole/{role['metadata']['name']}", f"{', '.join(shown)} → system:authenticated")


def claims(cluster: Listing, declared: Collection[str]) -> Iterator[Stray]:
    """Yield objects of the cluster that say that they are the platform's."""
    for kind, version in _CLAIMING.items():
        for item in cluster.listing(version, kind, labels=_OURS):
            subject = f"cluster/{kind}/{item['metadata']['name']}"
            if subject not in declared:
                yield Stray(subject)


def nobodys(cluster: Listing, tenants: Collection[str]) -> Iterator[Stray]:
    """Yield namespaces with the platform's labels that are of none of `tenants`, which find those of theirs."""
    label = names.label("tenant")
    for name, labels in borrowed(cluster.listing("v1", "Namespace"), ()).items():
        if labels.get(label) not in tenants:
            yield Stray(f"cluster/Namespace/{name}", _text(labels))


def namespaces(cluster: Listing, tenant: str, territory: Collection[str]) -> Iterator[Stray]:
    """Yield namespaces that carry a tenant's label and are none of its `territory`."""
    live = cluster.listing("v1", "Namespace", labels=f"{names.label('tenant')}={tenant}")
    for name, labels in borrowed(live, territory).items():
        yield Stray(f"cluster/Namespace/{name}", _text(labels))


def services(
    cluster: Listing, declared: Collection[str], spaces: Collection[str], catalogue: Catalogue
) -> Iterator[Stray]:
    """Yield services that lead around the network policies; a declared one is compared as a whole."""
    for namespace in spaces:
        for service in cluster.listing("v1", "Service", namespace):
            subject = f"{namespace}/Service/{service['metadata']['name']}"
            for reason in ways_around(service, catalogue) if subject not in declared else ():
                yield Stray(subject, reason)


def accounts(cluster: Listing, declared: Collection[str], spaces: Collection[str]) -> Iterator[Stray]:
    """Yield service accounts: no role lets a tenant make one, so each was made past the platform."""
    for namespace in spaces:
        for account in cluster.listing("v1", "ServiceAccount", namespace):
            subject = f"{namespace}/ServiceAccount/{account['metadata']['name']}"
            if subject not in declared:
                yield Stray(subject)


def tokens(cluster: Listing, spaces: Collection[str], catalogue: Catalogue) -> Iterator[Stray]:
    """Yield Secrets of the types that no tenant may make: lasting tokens of accounts."""
    for namespace in spaces:
        for kind in catalogue["TEN-04"].strings("secret_types_refused"):
            for secret in cluster.listing("v1", "Secret", namespace, fields=f"type={kind}"):
                yield Stray(f"{namespace}/Secret/{secret['metadata']['name']}", f"type={kind}")


def work(cluster: Listing, declared: Collection[str], spaces: Collection[str]) -> Iterator[Stray]:
    """Yield what runs beside the declared workloads of the platform: flows are open to all pods there, whoever started
    them. What was made for another of them is told of with that one.
    """
    for namespace in spaces:
        there = [(kind, item) for kind, version in _WORK.items() for item in cluster.listing(version, kind, namespace)]
        makers = {(kind, item["metadata"]["name"], item["metadata"].get("uid")): item for kind, item in there}
        for kind, item in there:
            subject = f"{namespace}/{kind}/{item['metadata']['name']}"
            if subject not in declared and not _made(kind, item, makers):
                yield Stray(subject)


def _made(kind: str, item: Mapping[str, Any], makers: Mapping[tuple[str, str, Any], Mapping[str, Any]]) -> bool:
    """Return whether something was made for one of `makers`, each told of by itself if nobody declared it.

    Whoever makes an object writes its owner. So that must be one that makes such things, and choose this one.
    """
    for owner in item["metadata"].get("ownerReferences") or ():
        maker = makers.get((str(owner.get("kind")), str(owner.get("name")), owner.get("uid")))
        if maker is not None and owner.get("controller") and owner["kind"] in _MAKERS.get(kind, ()):
            selector = (maker.get("spec") or {}).get("selector") or {}
            wanted = selector if owner["kind"] == "ReplicationController" else selector.get("matchLabels") or {}
            return wanted.items() <= (item["metadata"].get("labels") or {}).items()
    return False


def _text(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))
