"""Paths of an API server follow from what its discovery answers."""

from __future__ import annotations

import pytest

from govcloud_base.discovery import builtin, plural, root, served

ANSWER = {
    "resources": [
        {"name": "roles", "kind": "Role", "namespaced": True, "verbs": ["get", "list"]},
        {"name": "clusterroles", "kind": "ClusterRole", "namespaced": False},
        {"name": "roles/status", "kind": "Role", "namespaced": False, "verbs": ["patch"]},
    ]
}
RBAC = "rbac.authorization.k8s.io/v1"


def test_the_core_and_groups_have_roots_of_their_own() -> None:
    assert (root("v1"), root(RBAC)) == ("/api/v1", f"/apis/{RBAC}")


def test_objects_lie_in_their_namespace_and_kinds_without_one_across_the_cluster() -> None:
    kinds = served(RBAC, ANSWER)
    assert kinds["Role"].collection("a") == f"/apis/{RBAC}/namespaces/a/roles"
    assert kinds["Role"].collection() == f"/apis/{RBAC}/roles"
    assert kinds["Role"].path("reader", "a") == f"/apis/{RBAC}/namespaces/a/roles/reader"
    assert kinds["ClusterRole"].path("reader", "a") == f"/apis/{RBAC}/clusterroles/reader"


def test_names_stay_one_step_of_the_path() -> None:
    assert served(RBAC, ANSWER)["ClusterRole"].path("a/../b") == f"/apis/{RBAC}/clusterroles/a%2F..%2Fb"


def test_subresources_are_no_kinds() -> None:
    assert served(RBAC, ANSWER)["Role"].namespaced
    assert served(RBAC, ANSWER)["Role"].verbs == {"get", "list"}


def test_groups_are_told_apart() -> None:
    assert served(RBAC, ANSWER)["Role"].group == "rbac.authorization.k8s.io"
    pods = {"resources": [{"name": "pods", "kind": "Pod", "namespaced": True, "verbs": []}]}
    assert served("v1", pods)["Pod"].group == ""


def test_an_answer_that_lists_nothing_serves_nothing() -> None:
    assert served("v1", {}) == served("v1", {"resources": None}) == {}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Pod", "pods"),
        ("NetworkPolicy", "networkpolicies"),
        ("Ingress", "ingresses"),
        ("ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings"),
    ],
)
def test_kubernetes_own_kinds_have_the_plural_of_its_convention(kind: str, name: str) -> None:
    assert plural(kind) == name


def test_kubernetes_own_kinds_are_where_every_server_has_them() -> None:
    assert builtin("v1", "Pod").path("p", "a") == "/api/v1/namespaces/a/pods/p"
    assert builtin("storage.k8s.io/v1", "StorageClass", namespaced=False).collection() == (
        "/apis/storage.k8s.io/v1/storageclasses"
    )
