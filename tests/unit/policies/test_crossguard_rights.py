"""The pack's rules about rights: who may be bound to which role, and what a role may give."""

from __future__ import annotations

from typing import Any

import pytest
from policy_pack import judge, made

GROUP = "rbac.authorization.k8s.io/v1"
FOR_TENANTS = {"metadata": {"name": "govcloud-tenant-viewer"}}
READING_SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}


@pytest.mark.parametrize(
    ("subject", "violated"),
    [
        ({"kind": "Group", "name": "gov:g09:viewer"}, set()),
        ({"kind": "Group", "name": "gov:platform:auditor"}, set()),
        ({"kind": "ServiceAccount", "name": "x", "namespace": "g09-prod-db"}, set()),
        ({"kind": "ServiceAccount", "name": "x", "namespace": "g09-20-prod-db"}, {"TEN-01"}),
        ({"kind": "ServiceAccount", "name": "x", "namespace": "kube-system"}, {"TEN-01"}),
        ({"kind": "Group", "name": "gov:h41:viewer"}, {"TEN-01"}),
        ({"kind": "Group", "name": "system:authenticated"}, {"TEN-01"}),
        ({"kind": "User", "name": "nguyen-van-a"}, {"TEN-01"}),
    ],
)
def test_subjects_of_a_binding(subject: dict[str, str], violated: set[str]) -> None:
    role = {"kind": "Role", "name": "own-role"}
    assert judge(*made("RoleBinding", GROUP, roleRef=role, subjects=[subject])) == violated


@pytest.mark.parametrize("role", ["cluster-admin", "admin", "system:node"])
def test_an_administrators_role(role: str) -> None:
    reference = {"kind": "ClusterRole", "name": role}
    subjects = [{"kind": "Group", "name": "gov:g09:admin"}]
    assert judge(*made("RoleBinding", GROUP, roleRef=reference, subjects=subjects)) == {"TEN-04"}


@pytest.mark.parametrize(
    ("role", "group", "violated"),
    [
        ("govcloud-tenant-viewer", "gov:g09:viewer", set()),
        ("govcloud-tenant-viewer", "gov:g09:admin", {"TEN-04"}),
        ("govcloud-tenant-owner", "gov:g09:viewer", {"TEN-04"}),
        ("govcloud-auditor", "gov:g09:viewer", {"TEN-04"}),
    ],
)
def test_the_platforms_roles_go_to_the_group_that_they_are_for(role: str, group: str, violated: set[str]) -> None:
    reference, subjects = {"kind": "ClusterRole", "name": role}, [{"kind": "Group", "name": group}]
    assert judge(*made("RoleBinding", GROUP, roleRef=reference, subjects=subjects)) == violated


def test_a_role_for_tenants_is_given_in_namespaces_only() -> None:
    props = {
        "metadata": {"name": "x"},
        "roleRef": {"kind": "ClusterRole", "name": "govcloud-tenant-viewer"},
        "subjects": [{"kind": "Group", "name": "gov:platform:engineer"}],
    }
    assert judge(f"kubernetes:{GROUP}:ClusterRoleBinding", props) == {"TEN-04"}


def test_a_tenant_with_rights_in_every_namespace() -> None:
    subjects = [{"kind": "Group", "name": "gov:g09:viewer"}]
    props = {
        "metadata": {"name": "x"},
        "roleRef": {"kind": "ClusterRole", "name": "view"},
        "subjects": subjects,
    }
    assert judge(f"kubernetes:{GROUP}:ClusterRoleBinding", props) == {"TEN-04"}
    props["subjects"] = [{"kind": "Group", "name": "gov:platform:auditor"}]
    assert judge(f"kubernetes:{GROUP}:ClusterRoleBinding", props) == set()


@pytest.mark.parametrize(
    "rule",
    [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]},
        {"apiGroups": [""], "resources": ["*"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["*/status"], "verbs": ["get"]},
        {"apiGroups": ["*"], "resources": ["pods"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["roles"], "verbs": ["escalate"]},
        {"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]},
        {"apiGroups": [""], "resources": ["resourcequotas"], "verbs": ["update"]},
    ],
)
def test_roles_that_give_too_much(rule: dict[str, Any]) -> None:
    assert judge(*made("Role", GROUP, rules=[rule])) == {"TEN-04"}
    assert judge(f"kubernetes:{GROUP}:ClusterRole", {**FOR_TENANTS, "rules": [rule]}) == {"TEN-04"}


@pytest.mark.parametrize(
    ("rule", "alone"),
    [
        ({"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["get"]}, {"TEN-04"}),
        ({"apiGroups": [""], "resources": ["pods/portforward"], "verbs": ["create"]}, {"TEN-04"}),
        ({"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]}, {"TEN-04"}),
        ({"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["update"]}, {"TEN-04"}),
        ({"apiGroups": ["batch"], "resources": ["cronjobs"], "verbs": ["create"]}, {"TEN-04"}),
        # a restart, which is all that admission then lets pass
        ({"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["patch"]}, set()),
        ({"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "delete"]}, set()),
    ],
)
def test_a_way_into_pods_goes_with_the_right_to_read_secrets(rule: dict[str, Any], alone: set[str]) -> None:
    some = {**READING_SECRETS, "resourceNames": ["one"]}
    for props, token in ((FOR_TENANTS, f"kubernetes:{GROUP}:ClusterRole"), made("Role", GROUP)[::-1]):
        assert judge(token, {**props, "rules": [rule]}) == alone
        assert judge(token, {**props, "rules": [rule, some]}) == alone
        assert judge(token, {**props, "rules": [rule, READING_SECRETS]}) == set()


def test_a_role_for_tenants_that_takes_over_others() -> None:
    assert judge(f"kubernetes:{GROUP}:ClusterRole", {**FOR_TENANTS, "rules": []}) == set()
    rule = {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}
    assert judge(f"kubernetes:{GROUP}:ClusterRole", {**FOR_TENANTS, "aggregationRule": rule}) == {"TEN-04"}
