"""Who may do what in a namespace: roles for the tenant's identity groups.

No role has a wildcard, and none may change what the platform set (quota, limits, network policies, roles, bindings, the
namespace itself) or reach around it (service account tokens, impersonation, endpoints, node or pod bindings). What
shows a zone's Secrets by way of a pod (a shell in it, its template) goes with the right to read them.

The roles are the same for every tenant, so the cluster has them once, and they give nothing by themselves: only the
bindings in a tenant's namespaces do, each to one group of that tenant and in that namespace alone (ADR 0031).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from govcloud.country.controls import Catalogue
from govcloud.model import names
from govcloud.render.manifest import Manifest
from govcloud.render.zone import Zone

__all__ = ["bindings", "role_name", "roles", "rules"]

_GROUP = "rbac.authorization.k8s.io"

_READ = ("get", "list", "watch")
_WRITE = ("create", "update", "patch", "delete")

_WORKLOADS = {
    "": ("pods", "services", "configmaps", "persistentvolumeclaims"),
    "apps": ("deployments", "statefulsets", "daemonsets", "replicasets"),
    "batch": ("jobs", "cronjobs"),
    "autoscaling": ("horizontalpodautoscalers",),
    "policy": ("poddisruptionbudgets",),
}
_SEEN_ONLY = {
    "": ("events", "pods/log", "pods/status", "resourcequotas", "limitranges", "serviceaccounts"),
    "apps": ("deployments/scale", "statefulsets/scale", "controllerrevisions"),
    "discovery.k8s.io": ("endpointslices",),
    "events.k8s.io": ("events",),
    "networking.k8s.io": ("networkpolicies",),
    _GROUP: ("roles", "rolebindings"),
}


def _rule(group: str, resources: Sequence[str], verbs: Sequence[str]) -> Manifest:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}


def _viewer() -> list[Manifest]:
    return [_rule(g, r, _READ) for table in (_WORKLOADS, _SEEN_ONLY) for g, r in table.items()]


def _operator() -> list[Manifest]:
    """Return what keeping running systems running needs: restart, scale, read logs.

    No way into a pod: it shows the Secrets that the pod reads, which are not the operator's to read (ADR 0035). A
    restart is a patch of the template; admission refuses any other patch by somebody who may not read Secrets.
    """
    return [
        *_viewer(),
        _rule("", ("pods",), ("delete",)),
        _rule("apps", ("deployments", "statefulsets", "daemonsets"), ("patch",)),
        _rule("apps", ("deployments/scale", "statefulsets/scale"), ("update", "patch")),
    ]


def _admin() -> list[Manifest]:
    """Return what deploying systems needs, secrets included."""
    return [
        *_viewer(),
        *(_rule(group, resources, _WRITE) for group, resources in _WORKLOADS.items()),
        _rule("", ("secrets",), (*_READ, *_WRITE)),
        # kubectl opens these streams by GET (WebSocket) or POST; the API server checks the verb that fits.
        _rule("", ("pods/exec", "pods/portforward"), ("get", "create")),
        _rule("apps", ("deployments/scale", "statefulsets/scale"), ("update", "patch")),
    ]


_RULES = {"admin": _admin, "operator": _operator, "viewer": _viewer}


def role_name(catalogue: Catalogue, role: str) -> str:
    """Return the name of the cluster role for a tenant's `role`, and of the bindings to it."""
    return f"{catalogue['TEN-04'].string('tenant_role_prefix')}{role}"


def rules() -> Iterable[Manifest]:
    """Yield what the roles for tenants allow, whatever a law calls them."""
    for made in _RULES.values():
        yield from made()


def roles(catalogue: Catalogue) -> Iterable[Manifest]:
    """Yield the cluster roles to which tenants' groups are bound, namespace by namespace."""
    for role, made in _RULES.items():
        yield {
            "apiVersion": f"{_GROUP}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": role_name(catalogue, role), "labels": {names.label("managed-by"): names.MANAGED_BY}},
            "rules": made(),
        }


def bindings(catalogue: Catalogue, zone: Zone, granted: Iterable[str]) -> Iterable[Manifest]:
    """Yield for each of the tenant's roles in `granted` the binding that gives it to its group, in `zone` alone."""
    for role in granted:
        yield {
            "apiVersion": f"{_GROUP}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": role_name(catalogue, role), "namespace": zone.namespace, "labels": zone.labels},
            "roleRef": {"apiGroup": _GROUP, "kind": "ClusterRole", "name": role_name(catalogue, role)},
            "subjects": [{"apiGroup": _GROUP, "kind": "Group", "name": names.group(zone.tenant, role)}],
        }
