"""A cluster: what every tenant relies on before the first comes, and what the auditor may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model import names
from govcloud.render import access, admission
from govcloud.render.manifest import Manifest, Rendering, keyed
from govcloud.render.nginx import PLATFORM_PRIORITY

__all__ = ["AUDITOR_GROUP", "ClusterManifests", "cluster"]

AUDITOR_GROUP = "gov:platform:auditor"
"""Identity group of auditors: sees what is needed to judge, changes nothing, reads no secret and no log of a tenant."""

_LABELS = {names.label("managed-by"): names.MANAGED_BY}
_SEEN = {
    "": (
        "namespaces",
        "nodes",
        "pods",
        "services",
        "configmaps",
        "serviceaccounts",
        "resourcequotas",
        "limitranges",
        "persistentvolumes",
        "persistentvolumeclaims",
        "replicationcontrollers",
        "events",
    ),
    "apps": ("deployments", "statefulsets", "daemonsets", "replicasets"),
    "batch": ("jobs", "cronjobs"),
    "autoscaling": ("horizontalpodautoscalers",),
    "policy": ("poddisruptionbudgets",),
    "networking.k8s.io": ("networkpolicies", "ingresses", "ingressclasses"),
    "discovery.k8s.io": ("endpointslices",),
    "rbac.authorization.k8s.io": ("roles", "rolebindings", "clusterroles", "clusterrolebindings"),
    "admissionregistration.k8s.io": (
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
        "validatingwebhookconfigurations",
        "mutatingwebhookconfigurations",
    ),
    "scheduling.k8s.io": ("priorityclasses",),
    "storage.k8s.io": ("storageclasses",),
    "apiextensions.k8s.io": ("customresourcedefinitions",),
}


@dataclass(frozen=True, kw_only=True)
class ClusterManifests(Rendering):
    """What the stack `cluster.<cloud>` consists of."""


def cluster(country: Country, cloud: str) -> ClusterManifests:
    """Render the cluster of the cloud called `cloud`. Raises KeyError for an unknown one, GovCloudError where the
    admission rules cannot be read.
    """
    if cloud not in country.clouds:
        raise KeyError(cloud)
    law, images = country.law, country.clouds[cloud].spec.images
    policies = admission.policies(law.folder, images.admitted if images else ())
    manifests = (*_priorities(), *_auditor(), *access.roles(law.catalogue), *policies)
    return ClusterManifests(cloud=cloud, manifests=keyed(manifests))


def _priorities() -> Iterable[Manifest]:
    kinds = (
        (PLATFORM_PRIORITY, 1_000_000, False, "Gateways and shared platforms"),
        ("govcloud-tenant", 1_000, True, "Workloads of tenants"),
    )
    for name, value, default, description in kinds:
        yield {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": name, "labels": _LABELS},
            "value": value,
            # The API server keeps no false here: written out, it would look like drift for ever.
            **({"globalDefault": True} if default else {}),
            "preemptionPolicy": "PreemptLowerPriority",
            "description": description,
        }


def _auditor() -> Iterable[Manifest]:
    metadata = {"name": "govcloud-auditor", "labels": _LABELS}
    verbs = ["get", "list", "watch"]
    rules: list[Manifest] = [
        {"apiGroups": [group], "resources": list(resources), "verbs": verbs} for group, resources in _SEEN.items()
    ]
    rules.append({"nonResourceURLs": ["/livez", "/readyz", "/version"], "verbs": ["get"]})
    yield {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": metadata,
        "rules": rules,
    }
    yield {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": metadata,
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": "govcloud-auditor",
        },
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": AUDITOR_GROUP}],
    }
