"""Check: names, namespaces, and one form for inputs that mean the same."""

from __future__ import annotations

import re
from typing import Any

import pytest

from govcloud_base.wire.values import UNKNOWN, Secret
from govcloud_offline.kubernetes.inputs.check import Autonaming, CheckError, checked
from govcloud_offline.kubernetes.inputs.kinds import Kind, TypeTokenError, kind_of, kind_of_type, type_of
from govcloud_offline.kubernetes.inputs.names import unique_name
from govcloud_offline.kubernetes.inputs.normal import normalised

CONFIG_MAP = "urn:pulumi:dev::p::kubernetes:core/v1:ConfigMap::conf"


def config_map(**metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"k": "v"}}


def test_a_nameless_object_gets_the_same_name_in_preview_and_update() -> None:
    first = checked(CONFIG_MAP, {}, config_map(), seed=b"seed")
    assert re.fullmatch(r"conf-[0-9a-f]{8}", first["metadata"]["name"])
    assert first["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
    assert checked(CONFIG_MAP, {}, config_map(), seed=b"seed") == first
    assert checked(CONFIG_MAP, {}, config_map(), seed=b"other") != first


def test_it_keeps_that_name_later() -> None:
    first = checked(CONFIG_MAP, {}, config_map(), seed=b"seed")
    assert checked(CONFIG_MAP, first, config_map(), seed=b"later") == first


def test_an_object_that_the_program_names_is_not_automatic_any_more() -> None:
    first = checked(CONFIG_MAP, {}, config_map(), seed=b"seed")
    named = checked(CONFIG_MAP, first, config_map(name=first["metadata"]["name"]))
    assert "annotations" not in named["metadata"]


def test_a_name_known_only_later_is_left_alone() -> None:
    assert checked(CONFIG_MAP, {}, config_map(name=UNKNOWN))["metadata"] == {"name": UNKNOWN}


def test_the_engine_may_propose_or_forbid_automatic_names() -> None:
    proposed = checked(CONFIG_MAP, {}, config_map(), autonaming=(Autonaming.ENFORCE, "conf-prod"))
    assert proposed["metadata"]["name"] == "conf-prod"
    with pytest.raises(CheckError, match=r"autonaming is disabled.*metadata\.name"):
        checked(CONFIG_MAP, {}, config_map(), autonaming=(Autonaming.DISABLE, ""))


def test_random_names_without_a_seed_differ() -> None:
    assert unique_name("a-") != unique_name("a-")


@pytest.mark.parametrize(
    ("urn", "inputs", "server_side", "message"),
    [
        (
            "urn:pulumi:dev::p::kubernetes:core/v1:ConfigMapList::l",
            {"apiVersion": "v1", "kind": "ConfigMapList", "items": []},
            True,
            "each of its items as a resource",
        ),
        (CONFIG_MAP, config_map(generateName="x-"), True, "generateName"),
        (
            "urn:pulumi:dev::p::kubernetes:core/v1:NamespacePatch::n",
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {}},
            True,
            "a Patch resource needs `.metadata.name`",
        ),
        (
            "urn:pulumi:dev::p::kubernetes:core/v1:NamespacePatch::n",
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}},
            False,
            "a Patch resource works by Server-Side Apply only.*enableServerSideApply",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(urn: str, inputs: dict[str, Any], server_side: bool, message: str) -> None:
    with pytest.raises(CheckError, match=message):
        checked(urn, {}, inputs, server_side=server_side)


def test_a_custom_kind_may_be_called_list() -> None:
    urn = "urn:pulumi:dev::p::kubernetes:a.example/v1:AllowList::l"
    manifest = {"apiVersion": "a.example/v1", "kind": "AllowList", "metadata": {"name": "l"}}
    assert checked(urn, {}, manifest) == manifest


def test_the_providers_namespace_is_for_namespaced_kinds_without_one() -> None:
    cluster_role = "urn:pulumi:dev::p::kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::r"
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "r"}}
    assert checked(CONFIG_MAP, {}, config_map(name="a"), default_namespace="ns")["metadata"]["namespace"] == "ns"
    assert (
        checked(CONFIG_MAP, {}, config_map(name="a", namespace="b"), default_namespace="ns")["metadata"]["namespace"]
        == "b"
    )
    assert "namespace" not in checked(cluster_role, {}, role, default_namespace="ns")["metadata"]


def test_client_side_objects_are_labelled() -> None:
    labelled = checked(CONFIG_MAP, {}, config_map(name="a"), server_side=False)
    assert labelled["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "pulumi"}
    imported = checked(CONFIG_MAP, config_map(name="a"), config_map(name="a"), server_side=False)
    assert "labels" not in imported["metadata"]


def test_a_secrets_text_becomes_encoded_data_and_stays_secret() -> None:
    urn = "urn:pulumi:dev::p::kubernetes:core/v1:Secret::s"
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s"},
        "data": {"b": " aGk=\n".strip()},
        "stringData": {"a": Secret("hi")},
    }
    assert checked(urn, {}, secret) == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s"},
        "data": Secret({"a": "aGk=", "b": "aGk="}),
    }


def test_what_go_leaves_out_is_left_out() -> None:
    manifest: dict[str, Any] = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d", "labels": {}, "annotations": {"empty": ""}, "uid": "x", "creationTimestamp": None},
        "spec": {
            "replicas": 0,
            "paused": False,
            "minReadySeconds": 0,
            "selector": {"matchLabels": {"a": ""}},
            "template": {
                "spec": {
                    "hostNetwork": False,
                    "automountServiceAccountToken": False,
                    "securityContext": {},
                    "volumes": [{"name": "tmp", "emptyDir": {"medium": "", "sizeLimit": "1024Mi"}}],
                    "containers": [
                        {
                            "name": "c",
                            "args": [],
                            "env": [{"name": "E", "value": ""}],
                            "resources": {"limits": {"cpu": "1000m"}, "requests": {}},
                        }
                    ],
                }
            },
        },
    }
    assert normalised(manifest) == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d", "annotations": {"empty": ""}},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": {"a": ""}},
            "template": {
                "spec": {
                    "automountServiceAccountToken": False,
                    "securityContext": {},
                    "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}],
                    "containers": [{"name": "c", "env": [{"name": "E"}], "resources": {"limits": {"cpu": "1"}}}],
                }
            },
        },
    }
    assert manifest["metadata"]["uid"] == "x"  # the argument is not touched


def test_a_default_deny_policy_keeps_its_meaning() -> None:
    spec: dict[str, Any] = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": []}
    policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "d"}, "spec": spec}
    assert normalised(policy)["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    spec["ingress"] = [{}]  # everything is allowed in: something else altogether
    assert normalised(policy)["spec"]["ingress"] == [{}]


def test_custom_resources_are_taken_literally() -> None:
    widget = {
        "apiVersion": "a.example/v1",
        "kind": "W",
        "metadata": {"name": "w"},
        "spec": {"limits": {"cpu": "1000m"}},
    }
    assert normalised(widget) == widget


def test_unknown_values_keep_the_whole_object_as_it_is() -> None:
    manifest = {**config_map(name=UNKNOWN), "immutable": None}
    assert normalised(manifest) == manifest


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("kubernetes:core/v1:Namespace", Kind("", "v1", "Namespace")),
        ("kubernetes:apps/v1:Deployment", Kind("apps", "v1", "Deployment")),
        ("kubernetes:a.b.example/v1alpha1:Widget", Kind("a.b.example", "v1alpha1", "Widget")),
    ],
)
def test_types_name_kinds(token: str, kind: Kind) -> None:
    assert kind_of_type(token) == kind
    assert kind_of({"apiVersion": kind.api_version, "kind": kind.name}) == kind
    assert type_of(f"urn:pulumi:s::p::govcloud:index:Tenant${token}::n") == token


@pytest.mark.parametrize("token", ["aws:s3/v1:Bucket", "kubernetes:core:Namespace", "kubernetes:a/b/c:D", "kubernetes"])
def test_other_types_name_none(token: str) -> None:
    with pytest.raises(TypeTokenError):
        kind_of_type(token)
