"""The audit log holds who did what and never a secret; Secrets are sealed at rest."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from govcloud_local.access.api_policy import audit_policy, encryption_configuration


def _level(verb: str, group: str, resource: str, user: str = "an", groups: tuple[str, ...] = ()) -> str:
    """Return the level of the first rule that matches, as the API server decides it."""
    rules: Any = audit_policy()["rules"]
    for rule in rules:
        if "nonResourceURLs" in rule:
            continue
        if "users" in rule and user not in rule["users"]:
            continue
        if "userGroups" in rule and not set(groups) & set(rule["userGroups"]):
            continue
        if "verbs" in rule and verb not in rule["verbs"]:
            continue
        wanted = rule.get("resources")
        if wanted and not any(r["group"] == group and resource in r["resources"] for r in wanted):
            continue
        return str(rule["level"])
    return "None"


@pytest.mark.parametrize("verb", ["get", "list", "watch", "create", "update", "patch", "delete"])
@pytest.mark.parametrize(
    "what",
    [("", "secrets"), ("", "configmaps"), ("", "serviceaccounts/token"), ("authentication.k8s.io", "tokenreviews")],
)
def test_the_body_of_a_secret_is_never_kept_but_its_use_is(verb: str, what: tuple[str, str]) -> None:
    for user, groups in (("an", ()), ("system:kube-controller-manager", ()), ("node", ("system:nodes",))):
        assert _level(verb, *what, user=user, groups=groups) == "Metadata"


@pytest.mark.parametrize("verb", ["create", "update", "patch", "delete"])
def test_a_change_is_kept_with_request_and_answer(verb: str) -> None:
    assert _level(verb, "", "namespaces") == "RequestResponse"
    assert _level(verb, "networking.k8s.io", "networkpolicies") == "RequestResponse"
    assert _level(verb, "apps", "deployments", user="system:kube-controller-manager") == "RequestResponse"


@pytest.mark.parametrize("verb", ["get", "list", "watch"])
def test_reads_by_people_are_kept_and_the_clusters_own_are_not(verb: str) -> None:
    assert _level(verb, "", "pods") == "Metadata"
    assert _level(verb, "", "pods", user="system:kube-scheduler") == "None"


def test_secrets_are_sealed_and_nothing_is_read_in_clear() -> None:
    key = bytes(range(32))
    document: Any = encryption_configuration(key)
    (rule,) = document["resources"]
    assert "secrets" in rule["resources"]
    assert [list(provider) for provider in rule["providers"]] == [["secretbox"]]
    assert base64.b64decode(rule["providers"][0]["secretbox"]["keys"][0]["secret"]) == key


def test_a_key_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        encryption_configuration(b"short")
