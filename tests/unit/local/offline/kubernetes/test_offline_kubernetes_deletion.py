"""Deleting objects: until they are gone, or with the reason why they stay."""

from __future__ import annotations

from typing import Any

import pytest
from asked_plugin import Aborted, Provider
from kubernetes_double import ApiDouble
from made_objects import CONFIG_MAP, config_map, live, refusal, state, urn


def test_deletion_waits_until_the_object_is_gone(api: ApiDouble, provider: Provider) -> None:
    now = live(config_map())
    api.put(now)
    gone = refusal(404, "NotFound", "gone")
    api.prescribe("DELETE", CONFIG_MAP, (200, now))
    api.prescribe("GET", CONFIG_MAP, (200, now), (200, now), gone)
    provider.ask("Delete", {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "properties": state(config_map(), now)})
    assert len([call for call in api.made("GET") if call.path == CONFIG_MAP]) == 3


def test_what_the_object_owns_stays_where_its_annotation_says_so(api: ApiDouble, provider: Provider) -> None:
    inputs = config_map()
    inputs["metadata"] = {**inputs["metadata"], "annotations": {"pulumi.com/deletionPropagationPolicy": "orphan"}}
    api.put(live(inputs))
    provider.ask("Delete", deletion(inputs, live(inputs)))
    (sent,) = api.made("DELETE")
    assert sent.body["propagationPolicy"] == "Orphan"


def test_an_object_that_will_not_go_says_who_holds_it(api: ApiDouble, provider: Provider) -> None:
    inputs = config_map()
    inputs["metadata"] = {**inputs["metadata"], "annotations": {"pulumi.com/timeoutSeconds": "0"}}
    now = live(inputs, finalizers=["a.example/hold"])
    api.prescribe("DELETE", CONFIG_MAP, (200, now))
    api.prescribe("GET", CONFIG_MAP, (200, now))
    with pytest.raises(Aborted, match="ConfigMap a/conf is still there 0 s after its deletion") as caught:
        provider.ask("Delete", {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "properties": state(inputs, now)})
    assert "finalizer a.example/hold" in str(caught.value)
    detail = caught.value.detail
    assert detail is not None
    assert detail.reasons == [str(caught.value)]


def test_deleting_a_patch_only_lets_go(api: ApiDouble, provider: Provider) -> None:
    inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default", "labels": {"a": "b"}}}
    api.put(live(inputs))
    api.prescribe("PATCH", "/api/v1/namespaces/default", (200, live(inputs)))
    provider.ask(
        "Delete",
        {"urn": urn("core/v1:NamespacePatch"), "id": "default", "properties": state(inputs, live(inputs), "patch")},
    )
    assert api.made("DELETE") == []
    (sent,) = api.made("PATCH")
    assert sent.query["fieldManager"] == "patch"
    assert sent.body["metadata"] == {"name": "default", "uid": "u1"}


def deletion(inputs: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    kind = f"{inputs['apiVersion'] if '/' in inputs['apiVersion'] else 'core/v1'}:{inputs['kind']}"
    place = f"{inputs['metadata'].get('namespace', '')}/{inputs['metadata']['name']}".lstrip("/")
    return {"urn": urn(kind), "id": place, "properties": state(inputs, now)}


def held(api: ApiDouble, provider: Provider, kind: str, *, api_version: str = "v1", name: str = "x", **now: Any) -> str:
    """Let an object stay when it is deleted, and return what is said about that."""
    named = {"name": name, "annotations": {"pulumi.com/timeoutSeconds": "0"}}
    if api.served[api_version][kind][1]:
        named["namespace"] = "a"
    inputs = {"apiVersion": api_version, "kind": kind, "metadata": named}
    there = live(inputs, deletionTimestamp="2026-01-01T00:00:00Z", **now.pop("metadata", {})) | now
    api.prescribe("DELETE", api.path(inputs), (200, there))
    api.prescribe("GET", api.path(inputs), (200, there))
    with pytest.raises(Aborted, match=f"{kind} .*x is still there 0 s after its deletion") as caught:
        provider.ask("Delete", deletion(inputs, there))
    return str(caught.value)


def test_a_namespace_names_its_conditions_and_what_is_left_in_it(api: ApiDouble, provider: Provider) -> None:
    left = (
        "Some resources are remaining: configmaps. has 1 resource instances, widgets.a.example has 1 resource instances"
    )
    conditions = [
        {"type": "NamespaceContentRemaining", "status": "True", "message": left},
        {"type": "NamespaceDeletionContentFailure", "status": "False", "message": "all content was deleted"},
    ]
    holding = {"metadata": {"name": "c", "finalizers": ["example.test/hold"]}}
    api.prescribe("GET", "/api/v1/namespaces/x/configmaps", (200, {"items": [holding]}))
    api.prescribe("GET", "/apis/a.example", (200, {"preferredVersion": {"groupVersion": "a.example/v2"}}))
    leaving = {"metadata": {"name": "w", "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    api.prescribe("GET", "/apis/a.example/v2/namespaces/x/widgets", (200, {"items": [leaving]}))
    text = held(api, provider, "Namespace", spec={"finalizers": ["kubernetes"]}, status={"conditions": conditions})
    assert f"[NamespaceContentRemaining] {left}" in text
    assert "configmaps/c is left, held by the finalizer example.test/hold" in text
    assert "widgets/w is left, on its way out since 2026-01-01T00:00:00Z" in text
    assert "all content was deleted" not in text and "finalizer kubernetes" not in text


def test_a_claim_names_the_pods_that_mount_it(api: ApiDouble, provider: Provider) -> None:
    mounting = {"metadata": {"name": "p"}, "spec": {"volumes": [{"persistentVolumeClaim": {"claimName": "x"}}]}}
    api.prescribe("GET", "/api/v1/namespaces/a/pods", (200, {"items": [mounting, {"metadata": {"name": "other"}}]}))
    text = held(api, provider, "PersistentVolumeClaim", metadata={"finalizers": ["kubernetes.io/pvc-protection"]})
    assert "finalizer kubernetes.io/pvc-protection: a Pod still uses it" in text
    assert "it is mounted by pods/p is left" in text
    assert "other" not in text


def test_a_workload_names_its_own_pods(api: ApiDouble, provider: Provider) -> None:
    pods = [
        {
            "metadata": {
                "name": name,
                "finalizers": ["f.example/x"],
                "ownerReferences": [{"uid": uid, "controller": True}],
            }
        }
        for name, uid in (("ours", "u1"), ("theirs", "u2"))
    ]
    api.prescribe("GET", "/api/v1/namespaces/a/pods", (200, {"items": pods}))
    text = held(api, provider, "Job", api_version="batch/v1", metadata={"finalizers": ["foregroundDeletion"]})
    assert "finalizer foregroundDeletion: what it owns must go before it" in text
    assert "pods/ours is left, held by the finalizer f.example/x" in text
    assert "theirs" not in text


def test_a_definition_says_that_its_objects_are_left(api: ApiDouble, provider: Provider) -> None:
    conditions = [{"type": "Terminating", "status": "True", "message": "could not delete ws.a.example"}]
    conditions.append({"type": "Established", "status": "True", "message": "fine"})
    text = held(
        api,
        provider,
        "CustomResourceDefinition",
        api_version="apiextensions.k8s.io/v1",
        status={"conditions": conditions},
    )
    assert "[Terminating] could not delete ws.a.example" in text
    assert "fine" not in text


def test_an_object_that_somebody_made_anew_is_told(api: ApiDouble, provider: Provider) -> None:
    inputs = config_map()
    inputs["metadata"] = {**inputs["metadata"], "annotations": {"pulumi.com/timeoutSeconds": "0"}}
    now = live(inputs)
    api.prescribe("DELETE", CONFIG_MAP, (200, now))
    api.prescribe("GET", CONFIG_MAP, (200, now))
    with pytest.raises(Aborted, match="has not marked it as deleted"):
        provider.ask("Delete", deletion(inputs, now))


IMAGE = "spec.template.spec.containers[0].image"


def required(field: str = IMAGE) -> tuple[int, Any]:
    cause = {"reason": "FieldValueRequired", "message": "Required value", "field": field}
    return refusal(422, "Invalid", f'Deployment "other" is invalid: {field}: Required value', causes=[cause])


def test_a_patch_that_owns_a_required_field_names_the_ways_out(api: ApiDouble, provider: Provider) -> None:
    inputs = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "other", "namespace": "a"}}
    api.put(live(inputs))
    api.prescribe("PATCH", api.path(inputs), required())
    request = {"urn": urn("apps/v1:DeploymentPatch"), "id": "a/other", "properties": state(inputs, live(inputs), "us")}
    with pytest.raises(Aborted, match="was not deleted") as caught:
        provider.ask("Delete", request)
    text = str(caught.value)
    assert f"{IMAGE}: Required value" in text  # the server's own words
    for word in (f"cannot be without {IMAGE}", "retainOnDelete", "another manager first", "--server-side"):
        assert word in text
    # Any other refusal is told without that advice.
    api.prescribe("PATCH", api.path(inputs), refusal(422, "Invalid", "field is immutable"))
    with pytest.raises(Aborted, match="field is immutable") as caught:
        provider.ask("Delete", request)
    assert "retainOnDelete" not in str(caught.value)


def test_an_update_that_drops_a_required_field_of_a_patch_says_so_too(api: ApiDouble, provider: Provider) -> None:
    inputs = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "other", "namespace": "a"}}
    now = live(inputs, managedFields=[{"manager": "us", "operation": "Apply"}])
    api.put(now)
    api.prescribe("PATCH", api.path(inputs), required())
    request = {"id": "a/other", "olds": state(inputs, now), "news": inputs}
    with pytest.raises(Aborted, match=r"(?s)image.*another manager first") as caught:
        provider.ask("Update", {"urn": urn("apps/v1:DeploymentPatch"), **request})
    assert "Keep the value" in str(caught.value)
    # Who owns the whole object needs no such advice.
    with pytest.raises(Aborted, match="Required value") as caught:
        provider.ask("Update", {"urn": urn("apps/v1:Deployment"), **request})
    assert "another manager" not in str(caught.value)


def test_letting_go_of_an_object_that_is_gone_does_not_make_it_anew(api: ApiDouble, provider: Provider) -> None:
    inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "gone", "labels": {"a": "b"}}}
    request = {"urn": urn("core/v1:NamespacePatch"), "id": "gone", "properties": state(inputs, live(inputs), "patch")}
    assert provider.ask("Delete", request) == {}
    assert api.made("PATCH") == []
