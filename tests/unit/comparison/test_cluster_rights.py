"""Rights across the cluster: Kubernetes' own, the law's and the site's software pass; everybody else is named."""

from __future__ import annotations

from typing import Any

import pytest

from govcloud.comparison.cluster_rights import holders, undeclared_rights, widened

TENANTS = {"h41-prod-srv"}


def given(role: str, *subjects: dict[str, str]) -> list[str]:
    binding: dict[str, Any] = {
        "metadata": {"name": "b"},
        "roleRef": {"kind": "ClusterRole", "name": role},
        "subjects": list(subjects),
    }
    return list(undeclared_rights(binding, TENANTS, holders(None)))


@pytest.mark.parametrize(
    ("role", "subject"),
    [
        ("cluster-admin", {"kind": "User", "name": "an"}),
        ("view", {"kind": "Group", "name": "gov:h41:viewer"}),
        ("cluster-admin", {"kind": "Group", "name": "system:authenticated"}),
        ("cluster-admin", {"kind": "User", "name": "system:anonymous"}),
        ("cluster-admin", {"kind": "Group", "name": "system:nodes"}),
        ("cluster-admin", {"kind": "Group", "name": "system:serviceaccounts"}),
        ("view", {"kind": "Group", "name": "system:serviceaccounts:h41-prod-srv"}),
        ("view", {"kind": "User", "name": "system:serviceaccount:h41-prod-srv:default"}),
        ("view", {"kind": "ServiceAccount", "name": "default", "namespace": "h41-prod-srv"}),
        ("cluster-admin", {"kind": "ServiceAccount", "name": "default", "namespace": "default"}),
        ("cluster-admin", {"kind": "ServiceAccount", "name": "default"}),
        ("view", {"kind": "Group", "name": "gov:platform:engineers"}),
    ],
)
def test_a_right_that_nobody_declared(role: str, subject: dict[str, str]) -> None:
    (reason,) = given(role, subject)
    assert reason.startswith(f"{role} → {subject['kind']} ")
    assert reason.endswith(subject["name"])


@pytest.mark.parametrize(
    ("role", "subject"),
    [
        ("cluster-admin", {"kind": "Group", "name": "system:masters"}),
        ("system:node-proxier", {"kind": "User", "name": "system:kube-proxy"}),
        ("system:discovery", {"kind": "Group", "name": "system:authenticated"}),
        ("system:public-info-viewer", {"kind": "Group", "name": "system:unauthenticated"}),
        ("system:kube-dns", {"kind": "ServiceAccount", "name": "kube-dns", "namespace": "kube-system"}),
        ("calico-node", {"kind": "ServiceAccount", "name": "calico-node", "namespace": "calico-system"}),
        ("cluster-admin", {"kind": "Group", "name": "gov:platform:engineer"}),
        ("system:kubelet-api-admin", {"kind": "User", "name": "kube-apiserver-kubelet-client"}),
    ],
)
def test_rights_that_are_accounted_for(role: str, subject: dict[str, str]) -> None:
    assert given(role, subject) == []


def test_each_of_several_is_judged() -> None:
    own, other = {"kind": "Group", "name": "system:masters"}, {"kind": "User", "name": "an"}
    assert given("cluster-admin", own, other) == ["cluster-admin → User an"]
    assert given("cluster-admin") == []


@pytest.mark.parametrize(
    ("name", "rule", "shown"),
    [
        ("system:discovery", {"nonResourceURLs": ["/api"], "verbs": ["get"]}, []),
        (
            "system:basic-user",
            {"apiGroups": ["authorization.k8s.io"], "resources": ["selfsubjectaccessreviews"], "verbs": ["create"]},
            [],
        ),
        (
            "system:cluster-trust-bundle-discovery",
            {"apiGroups": ["certificates.k8s.io"], "resources": ["clustertrustbundles"], "verbs": ["list"]},
            [],
        ),
        ("system:discovery", {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}, ["secrets"]),
        ("system:discovery", {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, ["*"]),
        ("system:node", {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}, []),
    ],
)
def test_a_role_that_everybody_holds_shows_nothing(name: str, rule: dict[str, Any], shown: list[str]) -> None:
    assert list(widened({"metadata": {"name": name}, "rules": [rule]})) == shown
