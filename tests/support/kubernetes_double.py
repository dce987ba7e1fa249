"""An API server in memory: objects by path, and answers that a test prescribes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from made_objects import refusal

__all__ = ["SERVED", "ApiDouble", "Call", "kubeconfig"]

# group/version → kind → plural, namespaced
SERVED: dict[str, dict[str, tuple[str, bool]]] = {
    "v1": {
        "ConfigMap": ("configmaps", True),
        "LimitRange": ("limitranges", True),
        "Namespace": ("namespaces", False),
        "PersistentVolumeClaim": ("persistentvolumeclaims", True),
        "Pod": ("pods", True),
        "ResourceQuota": ("resourcequotas", True),
        "Secret": ("secrets", True),
        "Service": ("services", True),
        "ServiceAccount": ("serviceaccounts", True),
    },
    "admissionregistration.k8s.io/v1": {
        "ValidatingAdmissionPolicy": ("validatingadmissionpolicies", False),
        "ValidatingAdmissionPolicyBinding": ("validatingadmissionpolicybindings", False),
    },
    "apiextensions.k8s.io/v1": {"CustomResourceDefinition": ("customresourcedefinitions", False)},
    "apps/v1": {
        "DaemonSet": ("daemonsets", True),
        "Deployment": ("deployments", True),
        "StatefulSet": ("statefulsets", True),
    },
    "batch/v1": {"Job": ("jobs", True)},
    "discovery.k8s.io/v1": {"EndpointSlice": ("endpointslices", True)},
    "networking.k8s.io/v1": {"NetworkPolicy": ("networkpolicies", True)},
    "policy/v1": {"PodDisruptionBudget": ("poddisruptionbudgets", True)},
    "rbac.authorization.k8s.io/v1": {
        "ClusterRole": ("clusterroles", False),
        "Role": ("roles", True),
        "RoleBinding": ("rolebindings", True),
    },
    "scheduling.k8s.io/v1": {"PriorityClass": ("priorityclasses", False)},
}


@dataclass
class Call:
    """One request that the server got."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    content_type: str


@dataclass
class ApiDouble:
    """As much of an API server as a test needs: objects by path, and answers that a test prescribes."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[tuple[str, str], list[tuple[int, Any]]] = field(default_factory=dict)
    """By method and path; the last one is repeated."""
    served: dict[str, dict[str, tuple[str, bool]]] = field(
        default_factory=lambda: {version: dict(kinds) for version, kinds in SERVED.items()}
    )
    calls: list[Call] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """What it warns of in answers to POST."""
    url: str = ""

    def path(self, manifest: dict[str, Any], *, collection: bool = False) -> str:
        """Return where an object is kept."""
        version = manifest["apiVersion"]
        plural, namespaced = self.served[version][manifest["kind"]]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        scope = f"/namespaces/{manifest['metadata'].get('namespace', 'default')}" if namespaced else ""
        return f"{root}{scope}/{plural}" + ("" if collection else f"/{manifest['metadata']['name']}")

    def put(self, manifest: dict[str, Any]) -> None:
        """Keep an object."""
        self.objects[self.path(manifest)] = manifest

    def prescribe(self, method: str, path: str, *answers: tuple[int, Any]) -> None:
        """Let the server answer the next calls of `method` on `path` like this, the last one for ever."""
        self.answers[method, path] = list(answers)

    def made(self, *methods: str) -> list[Call]:
        """Return the calls by these methods."""
        return [call for call in self.calls if call.method in methods]

    def answer(self, call: Call) -> tuple[int, Any]:
        self.calls.append(call)
        prescribed = self.answers.get((call.method, call.path))
        if prescribed:
            return prescribed.pop(0) if len(prescribed) > 1 else prescribed[0]
        if call.path == "/version":
            return 200, {"gitVersion": "v1.36.3"}
        version = call.path.removeprefix("/apis/").removeprefix("/api/")
        if call.method == "GET" and version in self.served:
            return 200, {
                "resources": [
                    {"name": plural, "kind": kind, "namespaced": namespaced}
                    for kind, (plural, namespaced) in self.served[version].items()
                ]
            }
        if call.method == "GET" and call.path in self.objects:
            return 200, self.objects[call.path]
        if call.method == "DELETE" and call.path in self.objects:
            del self.objects[call.path]
            return 200, {}
        if call.method == "POST":
            made = {**call.body, "metadata": {**call.body["metadata"], "uid": "1", "resourceVersion": "1"}}
            if "dryRun" not in call.query:
                self.put(made)
            return 201, made
        name = call.path.rsplit("/", 1)[-1]
        return refusal(404, "NotFound", f'"{name}" not found', name=name)


def kubeconfig(url: str) -> str:
    """Return the content of a kubeconfig for a server without TLS."""
    return json.dumps(
        {
            "current-context": "x",
            "clusters": [{"name": "c", "cluster": {"server": url}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": {}}],
        }
    )
