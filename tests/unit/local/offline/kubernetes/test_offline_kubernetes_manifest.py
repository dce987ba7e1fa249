"""An object is read once: what it is called, what its annotations ask for, and what is not known of it yet."""

from __future__ import annotations

from typing import Any

import pytest
from asked_plugin import Provider
from made_objects import config_map, live, state, urn

from govcloud_base.discovery import Served
from govcloud_base.wire.values import UNKNOWN, Secret
from govcloud_offline.kubernetes.inputs.check import checked
from govcloud_offline.kubernetes.inputs.kinds import Kind
from govcloud_offline.kubernetes.inputs.manifest import Manifest, split_identifier

DEPLOYMENTS = Served("apps/v1", "Deployment", "deployments", True, frozenset())
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def deployment(**metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}


def noted(**options: Any) -> Manifest:
    return Manifest.of(deployment(annotations={f"pulumi.com/{key}": value for key, value in options.items()}))


def test_it_knows_its_kind_names_and_place() -> None:
    manifest = Manifest.of(deployment(name="d", namespace="a", uid="u"))
    assert manifest.kind == Kind("apps", "v1", "Deployment")
    assert (manifest.name, manifest.namespace, manifest.identifier, manifest.uid) == ("d", "a", "a/d", "u")
    assert manifest.path(DEPLOYMENTS) == "/apis/apps/v1/namespaces/a/deployments/d"
    assert Manifest.of(deployment(name="d")).path(DEPLOYMENTS) == "/apis/apps/v1/namespaces/default/deployments/d"
    assert Manifest.of(deployment(name="d")).identifier == "d"
    assert (split_identifier("a/d"), split_identifier("d")) == (("a", "d"), ("", "d"))


@pytest.mark.parametrize("body", [{}, {"metadata": UNKNOWN}, {"metadata": None, "spec": None, "status": UNKNOWN}])
def test_what_an_object_lacks_or_nobody_knows_yet_is_empty(body: dict[str, Any]) -> None:
    manifest = Manifest.of(body)
    assert (manifest.kind, manifest.name, manifest.namespace, manifest.uid) == (Kind("", "", ""), "", "", "")
    assert (manifest.spec, manifest.status, manifest.conditions, manifest.managed_fields) == ({}, {}, {}, [])
    assert not manifest.options.autonamed


def test_annotations_ask_in_their_own_words() -> None:
    asked = noted(skipAwait="true", patchForce="true", patchFieldManager="us", waitFor="condition=Up").options
    assert (asked.skip_await, asked.patch_force, asked.manager, asked.wait_for) == (True, True, "us", "condition=Up")
    assert not noted(skipAwait="True", replaceUnready=UNKNOWN).options.skip_await
    assert not noted(replaceUnready=UNKNOWN).options.replace_unready
    assert not Manifest.of(deployment(annotations={"skipAwait": "true"})).options.skip_await


@pytest.mark.parametrize(
    ("written", "said"), [("orphan", "Orphan"), ("Background", "Background"), ("foreground", "Foreground"), ("x", None)]
)
def test_what_becomes_of_what_it_owns(written: str, said: str | None) -> None:
    assert noted(deletionPropagationPolicy=written).options.propagation == (said or "Foreground")


def test_a_resource_of_some_fields_is_told_by_its_type() -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
    assert Manifest.of(body, urn("core/v1:ConfigMapPatch")).patch
    assert not Manifest.of(body, urn("core/v1:ConfigMap")).patch
    assert Manifest.of(body, urn("core/v1:ConfigMapPatch")).with_metadata("namespace", "a").patch


def test_a_change_is_another_object() -> None:
    body = deployment(name="d", namespace="a")
    manifest = Manifest.of(body)
    assert manifest.with_metadata("name", "e").name == "e"
    assert "namespace" not in manifest.with_metadata("namespace", "").body["metadata"]
    assert manifest.with_entry("labels", "k", "v").body["metadata"]["labels"] == {"k": "v"}
    assert manifest.body == body == deployment(name="d", namespace="a")


def test_what_is_not_known_yet_is_not_overwritten() -> None:
    unknown = Manifest.of({"metadata": UNKNOWN})
    assert unknown.with_metadata("name", "n") is unknown
    assert unknown.with_entry("labels", "k", "v") is unknown
    labels = Manifest.of({"metadata": {"labels": UNKNOWN}})
    assert labels.with_entry("labels", "k", "v") is labels
    assert unknown.pending("name") and not labels.pending("name") and labels.unknown


def test_a_name_that_is_secret_and_not_known_yet_is_no_missing_one() -> None:
    said = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": Secret(UNKNOWN)}}
    assert checked(urn("core/v1:ConfigMap"), {}, said)["metadata"] == {"name": Secret(UNKNOWN)}


def test_metadata_that_are_not_known_yet_end_no_preview(provider: Provider) -> None:
    request = {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "olds": state(config_map(), live(config_map()))}
    answer = provider.ask("Diff", {**request, "news": {**config_map(), "metadata": UNKNOWN_TEXT}})
    assert answer["changes"] == "DIFF_SOME"


def test_a_custom_kind_may_be_called_patch(provider: Provider) -> None:
    kind = {"apiVersion": "a.example/v1", "kind": "HotPatch"}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "hotpatches.a.example"},
        "spec": {"group": "a.example", "scope": "Cluster", "names": {"kind": "HotPatch", "plural": "hotpatches"}},
    }
    provider.ask(
        "Check", {"urn": urn("apiextensions.k8s.io/v1:CustomResourceDefinition"), "news": definition, "olds": {}}
    )
    said = {**kind, "metadata": {"name": "p"}, "spec": {"a": 1}}
    there = {**kind, "metadata": {"name": "p", "uid": "u"}, "spec": {"a": 1}}
    request = {"urn": urn("a.example/v1:HotPatch"), "id": "p", "olds": state(said, there)}
    changed = {**kind, "metadata": {"name": "p", "namespace": "a"}, "spec": {"a": 1}}
    assert provider.ask("Diff", {**request, "news": changed}).get("replaces", []) == []
