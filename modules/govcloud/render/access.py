"""Who may do what in a namespace: roles for the tenant's identity groups.

No role has a wildcard, and none may change what the platform set (quota, limits, network policies, roles, bindings, the
namespace itself) or reach around it (service account tokens, impersonation, endpoints, node or pod bindings).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from govcloud.model import names
from govcloud.render.manifest import Manifest
from govcloud.render.zone import Zone

__all__ = ["roles"]

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
    "rbac.authorization.k8s.io": ("roles", "rolebindings"),
}


def _rule(group: str, resources: Sequence[str], verbs: Sequence[str]) -> Manifest:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}


def _viewer() -> list[Manifest]:
    return [_rule(g, r, _READ) for table in (_WORKLOADS, _SEEN_ONLY) for g, r in table.items()]


def _operator() -> list[Manifest]:
    """Return what keeping running systems running needs: restart, scale, look inside."""
    return [
        *_viewer(),
        _rule("", ("pods",), ("delete",)),
        # kubectl opens these streams by GET (WebSocket) or POST; the API server checks the verb that fits.
        _rule("", ("pods/exec", "pods/portforward"), ("get", "create")),
        _rule("apps", ("deployments", "statefulsets", "daemonsets"), ("patch",)),
        _rule("apps", ("deployments/scale", "statefulsets/scale"), ("update", "patch")),
    ]


def _admin() -> list[Manifest]:
    """Return what deploying systems needs, secrets included."""
    return [
        *_viewer(),
        *(_rule(group, resources, _WRITE) for group, resources in _WORKLOADS.items()),
        _rule("", ("secrets",), (*_READ, *_WRITE)),
        _rule("", ("pods/exec", "pods/portforward"), ("get", "create")),
        _rule("apps", ("deployments/scale", "statefulsets/scale"), ("update", "patch")),
    ]


_RULES = {"admin": _admin, "operator": _operator, "viewer": _viewer}


def roles(zone: Zone, granted: Iterable[str]) -> Iterable[Manifest]:
    """Yield a Role and its RoleBinding in `zone` for each of the tenant's roles in `granted`."""
    for role in granted:
        name = f"tenant-{role}"
        metadata = {"name": name, "namespace": zone.namespace, "labels": zone.labels}
        yield {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": metadata,
            "rules": _RULES[role](),
        }
        yield {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
            "subjects": [
                {
                    "apiGroup": "rbac.authorization.k8s.io",
                    "kind": "Group",
                    "name": names.group(zone.tenant, role),
                }
            ],
        }
