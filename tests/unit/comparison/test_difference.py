"""An addition is a difference, at every depth; the server's own additions and other spellings of an amount are none."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from govcloud.fleet.drift import compare

POLICY: dict[str, Any] = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "zone", "namespace": "n", "labels": {"govcloud.gov.vn/zone": "srv"}},
    "spec": {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {
                "from": [{"podSelector": {"matchLabels": {"app": "a"}}}],
                "ports": [{"protocol": "TCP", "port": 5432}],
            }
        ],
    },
}
ADMISSION: dict[str, Any] = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "ValidatingAdmissionPolicy",
    "metadata": {"name": "pods"},
    "spec": {
        "failurePolicy": "Fail",
        "matchConstraints": {
            "resourceRules": [
                {"apiGroups": [""], "apiVersions": ["*"], "operations": ["CREATE"], "resources": ["pods"]}
            ]
        },
        "validations": [{"expression": "false"}],
    },
}
BINDING: dict[str, Any] = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "ValidatingAdmissionPolicyBinding",
    "metadata": {"name": "pods"},
    "spec": {"policyName": "pods", "validationActions": ["Deny"], "matchResources": {"matchPolicy": "Equivalent"}},
}
QUOTA: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "zone", "namespace": "n", "labels": {"size": "1000m"}},
    "spec": {"hard": {"pods": "10", "requests.cpu": "1000m"}},
}
LIMITS: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "LimitRange",
    "metadata": {"name": "zone", "namespace": "n"},
    "spec": {"limits": [{"type": "Container", "max": {"memory": "1Gi"}}]},
}
ROLE: dict[str, Any] = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "viewer"},
    "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
}
GRANT: dict[str, Any] = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "viewer", "namespace": "n"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "viewer"},
    "subjects": [{"kind": "Group", "name": "gov:h41:viewer"}],
}
ACCOUNT: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ServiceAccount",
    "metadata": {"name": "default", "namespace": "n"},
    "automountServiceAccountToken": False,
}
SPACE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "n", "labels": {"govcloud.gov.vn/tenant": "h41"}},
}
SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "s", "namespace": "n"},
    "spec": {"selector": {"app": "a"}, "ports": [{"port": 80}]},
}
DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "gateway", "namespace": "n"},
    "spec": {
        "replicas": 2,
        "template": {
            "spec": {
                "containers": [
                    {"name": "c", "image": "i", "resources": {"limits": {"cpu": "100m", "memory": "1024Mi"}}},
                ],
                "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "16Mi"}}],
            }
        },
    },
}


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _with(manifest: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    live = copy.deepcopy(manifest)
    _at(live, path[:-1])[path[-1]] = value
    return live


@pytest.mark.parametrize(
    ("manifest", "path", "value", "field"),
    [
        (POLICY, ("spec", "ingress", 0, "ports", 0, "endPort"), 65535, "spec.ingress[0].ports[0].endPort"),
        # A selector that selects everything is not the same as none: these pods of every namespace may come in now.
        (
            POLICY,
            ("spec", "ingress", 0, "from", 0, "namespaceSelector"),
            {},
            "spec.ingress[0].from[0].namespaceSelector",
        ),
        (POLICY, ("spec", "egress"), [{}], "spec.egress"),
        (POLICY, ("metadata", "finalizers"), ["held.example/by-me"], "metadata.finalizers"),
        (POLICY, ("metadata", "deletionTimestamp"), "2026-11-30T00:00:00Z", "metadata.deletionTimestamp"),
        (POLICY, ("metadata", "ownerReferences"), [{"name": "x", "uid": "u"}], "metadata.ownerReferences"),
        (
            ADMISSION,
            ("spec", "matchConstraints", "excludeResourceRules"),
            [{"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"]}],
            "spec.matchConstraints.excludeResourceRules",
        ),
        (
            ADMISSION,
            ("spec", "matchConstraints", "namespaceSelector"),
            {"matchLabels": {"no": "such"}},
            "spec.matchConstraints.namespaceSelector",
        ),
        (
            ADMISSION,
            ("spec", "matchConstraints", "resourceRules", 0, "resourceNames"),
            ["one"],
            "spec.matchConstraints.resourceRules[0].resourceNames",
        ),
        (
            ADMISSION,
            ("spec", "matchConstraints", "resourceRules", 0, "scope"),
            "Cluster",
            "spec.matchConstraints.resourceRules[0].scope",
        ),
        (ADMISSION, ("spec", "matchConditions"), [{"name": "never", "expression": "false"}], "spec.matchConditions"),
        (ADMISSION, ("spec", "paramKind"), {"apiVersion": "v1", "kind": "ConfigMap"}, "spec.paramKind"),
        (ADMISSION, ("spec", "failurePolicy"), "Ignore", "spec.failurePolicy"),
        (
            BINDING,
            ("spec", "matchResources", "objectSelector"),
            {"matchLabels": {"no": "such"}},
            "spec.matchResources.objectSelector",
        ),
        (BINDING, ("spec", "validationActions"), ["Warn"], "spec.validationActions[0]"),
        (QUOTA, ("spec", "scopes"), ["BestEffort"], "spec.scopes"),
        (QUOTA, ("spec", "scopeSelector"), {"matchExpressions": [{}]}, "spec.scopeSelector"),
        (LIMITS, ("spec", "limits", 0, "max", "cpu"), "1", "spec.limits[0].max.cpu"),
        (ROLE, ("aggregationRule",), {"clusterRoleSelectors": [{}]}, "aggregationRule"),
        (ROLE, ("rules", 0, "resourceNames"), ["x"], "rules[0].resourceNames"),
        (GRANT, ("subjects",), [*GRANT["subjects"], {"kind": "User", "name": "an"}], "subjects"),
        (ACCOUNT, ("secrets",), [{"name": "token"}], "secrets"),
        (SPACE, ("metadata", "labels", "govcloud.gov.vn/zone"), "db", "metadata.labels.govcloud.gov.vn/zone"),
        (
            SPACE,
            ("metadata", "annotations"),
            {"scheduler.alpha.kubernetes.io/node-selector": "a=b"},
            "metadata.annotations",
        ),
        (SPACE, ("spec",), {"finalizers": ["kubernetes", "held.example/by-me"]}, "spec"),
        (SERVICE, ("spec", "externalIPs"), ["203.0.113.7"], "spec.externalIPs"),
        (SERVICE, ("spec", "type"), "NodePort", "spec.type"),
        (SERVICE, ("spec", "publishNotReadyAddresses"), True, "spec.publishNotReadyAddresses"),
        (DEPLOYMENT, ("spec", "paused"), True, "spec.paused"),
        (DEPLOYMENT, ("spec", "template", "spec", "hostNetwork"), True, "spec.template.spec.hostNetwork"),
        (
            DEPLOYMENT,
            ("spec", "template", "spec", "initContainers"),
            [{"name": "in", "image": "i"}],
            "spec.template.spec.initContainers",
        ),
        (
            DEPLOYMENT,
            ("spec", "template", "spec", "containers", 0, "envFrom"),
            [{"secretRef": {"name": "keys"}}],
            "spec.template.spec.containers[0].envFrom",
        ),
        # Texts that read like amounts are texts, and numbers are no truth values.
        (QUOTA, ("metadata", "labels", "size"), "1", "metadata.labels.size"),
        (DEPLOYMENT, ("spec", "template", "spec", "containers", 0, "image"), "1", None),
        (ACCOUNT, ("automountServiceAccountToken",), 0, "automountServiceAccountToken"),
    ],
)
def test_what_somebody_added_or_changed_is_named(
    manifest: dict[str, Any], path: tuple[str | int, ...], value: Any, field: str | None
) -> None:
    (difference,) = compare(manifest, _with(manifest, path, value))
    assert field is None or difference.field == field


def test_an_amount_is_the_same_however_it_is_written_and_only_where_amounts_stand() -> None:
    assert list(compare(QUOTA, _with(QUOTA, ("spec", "hard", "requests.cpu"), "1"))) == []
    assert list(compare(LIMITS, _with(LIMITS, ("spec", "limits", 0, "max", "memory"), "1024Mi"))) == []
    pod = ("spec", "template", "spec")
    live = _with(DEPLOYMENT, (*pod, "containers", 0, "resources", "limits", "memory"), "1Gi")
    assert list(compare(DEPLOYMENT, _with(live, (*pod, "volumes", 0, "emptyDir", "sizeLimit"), "16777216"))) == []
    assert len(list(compare(QUOTA, _with(QUOTA, ("spec", "hard", "pods"), "ten")))) == 1


def _served(manifest: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    live = copy.deepcopy(manifest)
    live["metadata"] |= {
        "uid": "u",
        "resourceVersion": "7",
        "generation": 1,
        "creationTimestamp": "2026-11-30T00:00:00Z",
        "managedFields": [{"manager": "pulumi-kubernetes-1"}],
    }
    live["status"] = {"anything": {}}
    change(live)
    return live


def _namespace(live: dict[str, Any]) -> None:
    live["metadata"]["labels"]["kubernetes.io/metadata.name"] = "n"
    live["spec"] = {"finalizers": ["kubernetes"]}


def _admission(live: dict[str, Any]) -> None:
    constraints = live["spec"]["matchConstraints"]
    constraints |= {"matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}}
    constraints["resourceRules"][0]["scope"] = "*"


def _service(live: dict[str, Any]) -> None:
    live["spec"] |= {
        "type": "ClusterIP",
        "clusterIP": "10.96.0.7",
        "clusterIPs": ["10.96.0.7"],
        "internalTrafficPolicy": "Cluster",
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "sessionAffinity": "None",
    }
    live["spec"]["ports"][0] |= {"protocol": "TCP"}


def _deployment(live: dict[str, Any]) -> None:
    live["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "3"}
    live["spec"] |= {"progressDeadlineSeconds": 600, "revisionHistoryLimit": 10}
    live["spec"]["template"]["metadata"] = None
    pod = live["spec"]["template"]["spec"]
    pod |= {"dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "securityContext": {}}
    pod["containers"][0] |= {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}


def _binding(live: dict[str, Any]) -> None:
    live["subjects"][0]["apiGroup"] = "rbac.authorization.k8s.io"


def _applied(live: dict[str, Any]) -> None:
    live["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}


@pytest.mark.parametrize(
    ("manifest", "change"),
    [
        (SPACE, _namespace),
        (ADMISSION, _admission),
        (SERVICE, _service),
        (DEPLOYMENT, _deployment),
        (GRANT, _binding),
        (QUOTA, _applied),
    ],
)
def test_what_the_server_adds_is_no_difference(
    manifest: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    assert list(compare(manifest, _served(manifest, change))) == []


def test_values_of_secrets_are_never_shown() -> None:
    secret: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "keys", "namespace": "n", "annotations": {"note": "old"}},
        "stringData": {"secretKey": "swordfish"},
    }
    live = {**secret, "type": "Opaque", "stringData": None, "data": {"secretKey": "b3RoZXI="}}
    assert list(compare(secret, live)) == []
    live["metadata"] = {**secret["metadata"], "annotations": {"note": "swordfish", "more": "swordfish"}}
    assert "swordfish" not in " ".join(str(difference) for difference in compare(secret, live))
    assert len(list(compare(secret, live))) == 2
