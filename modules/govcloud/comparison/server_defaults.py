"""What the API server itself adds to an object, by kind and field: the only additions that are nobody's doing.

The declared field wins: an entry counts only where the declaration says nothing. Whatever is not named here was added
by somebody, and an addition opens as much as a change does: a port range, a rule that is excluded, a selector. An entry
names the value, so that another value of the same field is a change; ANY stands for values that only the server can
know. A kind needs no entry until something of it is declared; tests on a live cluster show that nothing is missing here
for any object that is.

Source: the defaulting functions of Kubernetes (pkg/apis/*/v1/defaults.go) and what API servers returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["ANY", "filled_in"]

ANY: Final = object()

_EVERY: Mapping[str, Any] = {
    "status": ANY,
    "metadata.creationTimestamp": ANY,
    # Set with deletionTimestamp, which says that somebody deletes the object.
    "metadata.deletionGracePeriodSeconds": ANY,
    "metadata.generation": ANY,
    "metadata.managedFields": ANY,
    "metadata.resourceVersion": ANY,
    "metadata.selfLink": ANY,
    "metadata.uid": ANY,
    # A note of kubectl's for itself; what it was used to change shows in the fields.
    "metadata.annotations.kubectl.kubernetes.io/last-applied-configuration": ANY,
}


def _pod(path: str) -> Mapping[str, Any]:
    """Return what is added to a pod's spec at `path`."""
    container = f"{path}.containers[]"
    probes = {
        f"{container}.{probe}.{field}": value
        for probe in ("livenessProbe", "readinessProbe", "startupProbe")
        for field, value in {
            "failureThreshold": 3,
            "httpGet.scheme": "HTTP",
            "periodSeconds": 10,
            "successThreshold": 1,
            "timeoutSeconds": 1,
        }.items()
    }
    return {
        f"{path}.dnsPolicy": "ClusterFirst",
        f"{path}.restartPolicy": "Always",
        f"{path}.schedulerName": "default-scheduler",
        f"{path}.securityContext": {},
        f"{path}.terminationGracePeriodSeconds": 30,
        f"{container}.ports[].protocol": "TCP",
        f"{container}.resources": {},
        f"{container}.terminationMessagePath": "/dev/termination-log",
        f"{container}.terminationMessagePolicy": "File",
        f"{path}.volumes[].configMap.defaultMode": 0o644,
        f"{path}.volumes[].emptyDir": {},
        f"{path}.volumes[].secret.defaultMode": 0o644,
        **probes,
    }


def _matching(path: str) -> Mapping[str, Any]:
    """Return what is added to the resources that an admission policy or binding matches."""
    return {
        f"{path}.matchPolicy": "Equivalent",
        f"{path}.namespaceSelector": {},
        f"{path}.objectSelector": {},
        f"{path}.resourceRules[].scope": "*",
    }


_RBAC_GROUP = "rbac.authorization.k8s.io"
_BINDING: Mapping[str, Any] = {"roleRef.apiGroup": _RBAC_GROUP, "subjects[].apiGroup": _RBAC_GROUP}

_OF_KIND: Mapping[str, Mapping[str, Any]] = {
    "ClusterRoleBinding": _BINDING,
    "Deployment": {
        "metadata.annotations.deployment.kubernetes.io/revision": ANY,
        "spec.progressDeadlineSeconds": 600,
        "spec.replicas": 1,
        "spec.revisionHistoryLimit": 10,
        "spec.strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
        **_pod("spec.template.spec"),
    },
    "Namespace": {
        # The server sees to it that this is the namespace's name.
        "metadata.labels.kubernetes.io/metadata.name": ANY,
        "spec": {"finalizers": ["kubernetes"]},
    },
    "NetworkPolicy": {"spec.egress[].ports[].protocol": "TCP", "spec.ingress[].ports[].protocol": "TCP"},
    "PriorityClass": {"preemptionPolicy": "PreemptLowerPriority"},
    "RoleBinding": _BINDING,
    "Secret": {"type": "Opaque"},
    "Service": {
        # Given out by the server, and not to be changed by anybody.
        "spec.clusterIP": ANY,
        "spec.clusterIPs": ANY,
        "spec.internalTrafficPolicy": "Cluster",
        "spec.ipFamilies": ANY,
        "spec.ipFamilyPolicy": "SingleStack",
        "spec.ports[].protocol": "TCP",
        "spec.sessionAffinity": "None",
        "spec.type": "ClusterIP",
    },
    "ValidatingAdmissionPolicy": {"spec.failurePolicy": "Fail", **_matching("spec.matchConstraints")},
    "ValidatingAdmissionPolicyBinding": _matching("spec.matchResources"),
}


def filled_in(kind: str, path: str, value: Any) -> bool:
    """Tell whether the API server itself sets a field that is left out to `value`.

    `path` leads to it in an object of `kind`, with dots between fields and `[]` for the items of a list:
    `spec.ports[].protocol`.
    """
    for table in (_EVERY, _OF_KIND.get(kind, {})):
        if path in table:
            return table[path] is ANY or table[path] == value
    return False
