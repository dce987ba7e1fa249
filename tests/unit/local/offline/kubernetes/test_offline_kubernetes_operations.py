"""Create, read, update and delete where things do not go as planned."""

from __future__ import annotations

import base64
import json
import threading
from typing import Any

import pytest

from govcloud.local.offline.kubernetes import apply

NAME = "rec"
CONFIG_MAPS = "/api/v1/namespaces/a/configmaps"
CONFIG_MAP = f"{CONFIG_MAPS}/conf"


def urn(token: str) -> str:
    return f"urn:pulumi:dev::p::kubernetes:{token}::{NAME}"


def config_map(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "conf", "namespace": "a"}, **fields}


def live(manifest: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    fixed = {"uid": "u1", "resourceVersion": "7"}
    return {**manifest, "metadata": {**manifest["metadata"], **fixed, **metadata}}


def state(inputs: dict[str, Any], now: dict[str, Any], manager: str = "us") -> dict[str, Any]:
    return {**now, "__inputs": inputs, "__initialApiVersion": inputs["apiVersion"], "__fieldManager": manager}


def refusal(code: int, reason: str, message: str, **details: Any) -> tuple[int, dict[str, Any]]:
    return code, {"kind": "Status", "code": code, "reason": reason, "message": message, "details": details}


def update_request(old: dict[str, Any], new: dict[str, Any], now: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "olds": state(old, now), "news": new, **more}


def test_an_update_is_applied_under_the_recorded_manager(api: Any, provider: Any) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    now = live(old, managedFields=[{"manager": "us", "operation": "Apply", "fieldsV1": {}}])
    api.put(now)
    api.prescribe("PATCH", CONFIG_MAP, (200, live(new)))
    answer = provider.ask("Update", update_request(old, new, now))
    (sent,) = api.made("PATCH")
    assert sent.content_type == "application/apply-patch+yaml"
    assert sent.query == {"fieldManager": "us", "force": "false"}
    assert sent.body == new
    assert answer["properties"]["__fieldManager"] == "us"


def test_a_first_update_takes_over_what_creation_owned(api: Any, provider: Any) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    created = {"manager": "pulumi-kubernetes", "operation": "Update", "fieldsV1": {"f:data": {}}}
    now = live(old, managedFields=[created])
    api.put(now)
    api.prescribe("PATCH", CONFIG_MAP, (200, now), (200, live(new)))
    provider.ask("Update", update_request(old, new, now))
    taken, applied = api.made("PATCH")
    assert taken.body[0] == {
        "op": "replace",
        "path": "/metadata/managedFields",
        "value": [{"manager": "us", "operation": "Apply", "fieldsV1": {"f:data": {}}}],
    }
    assert taken.body[1]["value"] == "7"  # only if nobody wrote meanwhile
    assert applied.query["fieldManager"] == "us"


def test_a_conflict_names_the_other_manager_and_records_what_is_there(api: Any, provider: Any) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    now = live(config_map(data={"k": "theirs"}), managedFields=[{"manager": "x", "operation": "Update"}])
    api.put(now)
    text = 'Apply failed with 1 conflict: conflict with "x" using v1: .data.k'
    api.prescribe("PATCH", CONFIG_MAP, refusal(409, "Conflict", text))
    with pytest.raises(Exception, match="server-side apply field conflict detected") as caught:
        provider.ask("Update", update_request(old, new, now))
    assert 'field manager "us" had an apply conflict' in str(caught.value)
    assert text in str(caught.value)
    detail: Any = caught.value.detail
    assert detail.id == "a/conf"
    assert detail.properties["data"]["k"] == "theirs"
    assert detail.properties["__inputs"]["data"]["k"] == "2"


def test_a_preview_meets_what_creation_owns_and_passes(api: Any, provider: Any) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    now = live(old, managedFields=[{"manager": "pulumi-kubernetes", "operation": "Update", "fieldsV1": {}}])
    api.put(now)
    ours = refusal(409, "Conflict", "c", causes=[{"message": 'conflict with "pulumi-kubernetes" using v1'}])
    api.prescribe("PATCH", CONFIG_MAP, ours, (200, live(new)))
    provider.ask("Update", update_request(old, new, now, preview=True))
    assert [(call.query["force"], call.query["dryRun"]) for call in api.made("PATCH")] == [
        ("false", "All"),
        ("true", "All"),
    ]
    theirs = refusal(409, "Conflict", "c", causes=[{"message": 'conflict with "foreign"'}])
    api.prescribe("PATCH", CONFIG_MAP, theirs)
    with pytest.raises(Exception, match="server-side apply field conflict detected"):
        provider.ask("Update", update_request(old, new, now, preview=True))


def test_a_new_object_waits_for_the_old_one_of_its_name_to_go(api: Any, provider: Any) -> None:
    leaving = refusal(409, "AlreadyExists", 'object is being deleted: configmaps "conf" already exists')
    api.prescribe("POST", CONFIG_MAPS, leaving, leaving, (201, live(config_map())))
    answer = provider.ask("Create", {"urn": urn("core/v1:ConfigMap"), "properties": config_map()})
    assert answer["id"] == "a/conf"


@pytest.mark.parametrize(
    ("annotations", "variables"),
    [({"pulumi.com/patchForce": "true"}, {}), ({}, {"enablePatchForce": "true"})],
)
def test_conflicts_can_be_forced(api: Any, provider: Any, annotations: Any, variables: Any) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, **variables)
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    new["metadata"] = {**new["metadata"], "annotations": annotations}
    now = live(old, managedFields=[{"manager": "us", "operation": "Apply", "fieldsV1": {}}])
    api.put(now)
    api.prescribe("PATCH", CONFIG_MAP, (200, live(new)))
    provider.ask("Update", update_request(old, new, now))
    assert api.made("PATCH")[0].query["force"] == "true"
    provider.servicer.cluster.close()


def test_a_new_manager_releases_the_fields_of_the_old(api: Any, provider: Any) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "1"})
    new["metadata"] = {**new["metadata"], "annotations": {"pulumi.com/patchFieldManager": "chosen"}}
    now = live(old, managedFields=[{"manager": "us", "operation": "Apply", "fieldsV1": {}}])
    api.put(now)
    api.prescribe("PATCH", CONFIG_MAP, (200, live(new)))
    answer = provider.ask("Update", update_request(old, new, now))
    applied, released = api.made("PATCH")
    assert applied.query["fieldManager"] == "chosen"
    assert released.query["fieldManager"] == "us"
    assert set(released.body) == {"apiVersion", "kind", "metadata"}
    assert answer["properties"]["__fieldManager"] == "chosen"


def test_client_side_mode_sends_the_difference(api: Any, provider: Any) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, enableServerSideApply="false")
    old, new = config_map(data={"k": "1", "gone": "x"}), config_map(data={"k": "2"})
    now = live(config_map(data={"k": "1", "gone": "x", "theirs": "y"}))
    api.put(now)
    api.prescribe("PATCH", CONFIG_MAP, (200, live(new)))
    provider.ask("Update", update_request(old, new, now))
    (sent,) = api.made("PATCH")
    assert sent.content_type == "application/merge-patch+json"
    assert sent.body == {"data": {"k": "2", "gone": None}}
    provider.servicer.cluster.close()


def test_definitions_are_put_as_a_whole(api: Any, provider: Any) -> None:
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "ws.a.example"},
        "spec": {"group": "a.example"},
    }
    ready = {"status": {"conditions": [{"type": "Established", "status": "True"}]}}
    now = {**live(definition), **ready}
    api.put(now)
    api.prescribe("PUT", api.path(definition), (200, now))
    provider.ask(
        "Update",
        {
            "urn": urn("apiextensions.k8s.io/v1:CustomResourceDefinition"),
            "id": "ws.a.example",
            "olds": state(definition, now),
            "news": definition,
        },
    )
    assert api.made("PUT")[0].body["metadata"]["resourceVersion"] == "7"


def test_upsert_applies_instead_of_creating(api: Any, provider: Any) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, upsertExistingObjects="true")
    api.prescribe("PATCH", CONFIG_MAP, (200, live(config_map())))
    answer = provider.ask("Create", {"urn": urn("core/v1:ConfigMap"), "properties": config_map()})
    assert answer["id"] == "a/conf"
    assert api.made("POST") == []
    provider.servicer.cluster.close()


def test_a_run_that_was_killed_is_repeated_as_the_same_owner(api: Any, provider: Any) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, upsertExistingObjects="true")
    api.prescribe("PATCH", CONFIG_MAP, (200, live(config_map())))
    request = {"urn": urn("core/v1:ConfigMap"), "properties": config_map()}
    first, second = provider.ask("Create", request), provider.ask("Create", request)
    assert first["properties"]["__fieldManager"] == second["properties"]["__fieldManager"]
    other = provider.ask("Create", {**request, "urn": urn("core/v1:ConfigMap") + "2"})
    assert other["properties"]["__fieldManager"] != first["properties"]["__fieldManager"]
    provider.servicer.cluster.close()


def test_what_is_applied_to_an_object_on_its_way_out_is_applied_again(api: Any, provider: Any) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, upsertExistingObjects="true")
    leaving = live(config_map(), deletionTimestamp="2026-11-22T00:00:00Z")
    api.prescribe("PATCH", CONFIG_MAP, (200, leaving), (200, leaving), (201, live(config_map(), uid="u2")))
    answer = provider.ask("Create", {"urn": urn("core/v1:ConfigMap"), "properties": config_map()})
    assert answer["properties"]["metadata"]["uid"] == "u2"
    provider.servicer.cluster.close()


def test_a_preview_of_a_replacement_is_rehearsed_under_another_name(api: Any, provider: Any) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, upsertExistingObjects="true")
    immutable = refusal(422, "Invalid", "field is immutable")
    api.prescribe("PATCH", CONFIG_MAP, immutable)
    seen: list[str] = []
    usual = api.answer

    def answer(call: Any) -> Any:
        if call.method == "PATCH" and call.path != CONFIG_MAP:
            seen.append(call.path)
            return 201, live(call.body)
        return usual(call)

    api.answer = answer
    request = {"urn": urn("core/v1:ConfigMap"), "properties": config_map(), "preview": True}
    shown = provider.ask("Create", request)
    assert shown["properties"]["metadata"]["name"] == "conf"
    assert seen[0].startswith(f"{CONFIG_MAPS}/conf-")
    # Not in an update: there nothing is rehearsed.
    with pytest.raises(Exception, match="immutable"):
        provider.ask("Create", {**request, "preview": False})
    provider.servicer.cluster.close()


def test_an_object_waits_for_the_namespace_that_the_program_makes(api: Any, provider: Any) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}
    provider.ask("Check", {"urn": urn("core/v1:Namespace"), "news": namespace})
    missing = refusal(404, "NotFound", 'namespaces "a" not found', kind="namespaces", name="a")
    api.prescribe("POST", CONFIG_MAPS, missing, missing, missing, (201, live(config_map())))
    answer = provider.ask("Create", {"urn": urn("core/v1:ConfigMap"), "properties": config_map()})
    assert answer["id"] == "a/conf"


def test_a_preview_asks_once_whether_a_namespace_is_there(api: Any, provider: Any) -> None:
    missing = refusal(404, "NotFound", 'namespaces "a" not found', kind="namespaces", name="a")
    api.prescribe("POST", CONFIG_MAPS, missing)
    request = {"urn": urn("core/v1:ConfigMap"), "preview": True}
    for name in ("one", "two", "three"):
        made = {**config_map(), "metadata": {"name": name, "namespace": "a"}}
        assert provider.ask("Create", {**request, "properties": made})["properties"] == made
    assert [call.method for call in api.calls].count("POST") == 1
    elsewhere = {**config_map(), "metadata": {"name": "one", "namespace": "b"}}
    provider.ask("Create", {**request, "properties": elsewhere})
    assert [call.method for call in api.calls].count("POST") == 2


def test_an_unknown_version_says_that_a_definition_is_missing(provider: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "_UNEXPECTED", 0.05)
    widget = {"apiVersion": "no.example/v1", "kind": "Widget", "metadata": {"name": "w"}}
    with pytest.raises(Exception, match="Verify that any required CRDs have been created"):
        provider.ask("Create", {"urn": urn("no.example/v1:Widget"), "properties": widget})


def test_an_object_that_does_not_get_ready_is_recorded_with_its_problems(api: Any, provider: Any) -> None:
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "a", "annotations": {"pulumi.com/timeoutSeconds": "0"}},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}},
    }
    now = live(deployment, generation=1) | {"status": {"observedGeneration": 1, "availableReplicas": 1}}
    pod = {
        "metadata": {"name": "web-1", "namespace": "a"},
        "status": {
            "containerStatuses": [
                {"name": "c", "state": {"waiting": {"reason": "ErrImageNeverPull", "message": "not present"}}}
            ]
        },
    }
    api.prescribe("POST", "/apis/apps/v1/namespaces/a/deployments", (201, now))
    api.prescribe("GET", "/api/v1/namespaces/a/pods", (200, {"items": [pod]}))
    with pytest.raises(Exception, match="failed to fully initialize or become live") as caught:
        provider.ask("Create", {"urn": urn("apps/v1:Deployment"), "properties": deployment})
    detail: Any = caught.value.detail
    assert detail.id == "a/web"
    assert detail.properties["status"]["availableReplicas"] == 1
    assert any("ErrImageNeverPull" in reason for reason in detail.reasons)
    assert any("(1/2)" in reason for reason in detail.reasons)


def test_skip_await_waits_for_nothing(api: Any, provider: Any) -> None:
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "a", "annotations": {"pulumi.com/skipAwait": "true"}},
        "spec": {},
    }
    answer = provider.ask("Create", {"urn": urn("apps/v1:Deployment"), "properties": deployment})
    assert answer["id"] == "a/web"


def test_cancelling_ends_the_wait(api: Any, provider: Any) -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "namespace": "a"}, "spec": {}}
    timer = threading.Timer(0.2, lambda: provider.servicer.Cancel(None, None))
    timer.start()
    with pytest.raises(Exception, match="was cancelled"):
        provider.ask("Create", {"urn": urn("batch/v1:Job"), "properties": job})
    timer.join()


def test_import_takes_the_inputs_from_the_object(api: Any, provider: Any) -> None:
    found = live(config_map(data={"k": "v"}), generation=3, managedFields=[{}], creationTimestamp="t")
    api.put(found | {"status": {"x": 1}})
    answer = provider.ask("Read", {"urn": urn("core/v1:ConfigMap"), "id": "a/conf"})
    assert answer["inputs"] == config_map(data={"k": "v"})
    assert answer["properties"]["__inputs"] == answer["inputs"]
    assert answer["properties"]["status"] == {"x": 1}


def test_an_imported_secret_is_secret(api: Any, provider: Any) -> None:
    encoded = base64.b64encode(b"hunter2").decode()
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "a"}}
    api.put(live(secret) | {"data": {"k": encoded}})
    answer = provider.ask("Read", {"urn": urn("core/v1:Secret"), "id": "a/s"})
    for part in (answer["inputs"], answer["properties"], answer["properties"]["__inputs"]):
        assert part["data"]["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"
    assert json.dumps(answer).count(encoded) == 3


def test_what_is_gone_is_gone(provider: Any) -> None:
    request = {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "inputs": config_map()}
    assert provider.ask("Read", request | {"properties": state(config_map(), live(config_map()))}) == {}
    deletion = {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "properties": state(config_map(), live(config_map()))}
    assert provider.ask("Delete", deletion) == {}


def test_custom_resources_go_with_their_definition(provider: Any) -> None:
    widget = {"apiVersion": "no.example/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "a"}}
    request = {"urn": urn("no.example/v1:Widget"), "id": "a/w", "properties": state(widget, live(widget))}
    assert provider.ask("Read", request | {"inputs": widget}) == {}
    assert provider.ask("Delete", request) == {}


def test_deletion_waits_until_the_object_is_gone(api: Any, provider: Any) -> None:
    now = live(config_map())
    api.put(now)
    gone = refusal(404, "NotFound", "gone")
    api.prescribe("DELETE", CONFIG_MAP, (200, now))
    api.prescribe("GET", CONFIG_MAP, (200, now), (200, now), gone)
    provider.ask("Delete", {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "properties": state(config_map(), now)})
    assert len([call for call in api.made("GET") if call.path == CONFIG_MAP]) == 3


def test_an_object_that_will_not_go_says_who_holds_it(api: Any, provider: Any) -> None:
    inputs = config_map()
    inputs["metadata"] = {**inputs["metadata"], "annotations": {"pulumi.com/timeoutSeconds": "0"}}
    now = live(inputs, finalizers=["a.example/hold"])
    api.prescribe("DELETE", CONFIG_MAP, (200, now))
    api.prescribe("GET", CONFIG_MAP, (200, now))
    with pytest.raises(Exception, match="timed out waiting to be deleted") as caught:
        provider.ask("Delete", {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "properties": state(inputs, now)})
    assert any("a.example/hold" in reason for reason in caught.value.detail.reasons)


def test_deleting_a_patch_only_lets_go(api: Any, provider: Any) -> None:
    inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default", "labels": {"a": "b"}}}
    api.prescribe("PATCH", "/api/v1/namespaces/default", (200, live(inputs)))
    provider.ask(
        "Delete",
        {"urn": urn("core/v1:NamespacePatch"), "id": "default", "properties": state(inputs, live(inputs), "patch")},
    )
    assert api.made("DELETE") == []
    (sent,) = api.made("PATCH")
    assert sent.query["fieldManager"] == "patch"
    assert sent.body["metadata"] == {"name": "default"}


@pytest.mark.parametrize(
    ("method", "request_", "message"),
    [
        ("Create", {"properties": config_map()}, "configured Kubernetes cluster is unreachable"),
        ("Update", {"olds": state(config_map(), config_map()), "news": config_map()}, "cluster is unreachable"),
        ("Read", {"id": "a/conf"}, "failed to read resource state due to unreachable cluster"),
        ("Delete", {"id": "a/conf", "properties": state(config_map(), config_map())}, "DELETE_UNREACHABLE"),
    ],
)
def test_nothing_is_done_without_a_cluster(
    unconnected: Any, method: str, request_: dict[str, Any], message: str
) -> None:
    with pytest.raises(Exception, match=message):
        unconnected.ask(method, {"urn": urn("core/v1:ConfigMap"), **request_})


def test_a_preview_without_a_cluster_shows_the_inputs(unconnected: Any) -> None:
    request = {"urn": urn("core/v1:ConfigMap"), "preview": True}
    assert unconnected.ask("Create", {**request, "properties": config_map()}) == {"properties": config_map()}
    changed = {**request, "olds": state(config_map(), config_map()), "news": config_map(data={"k": "v"})}
    assert unconnected.ask("Update", changed) == {"properties": config_map(data={"k": "v"})}


def test_what_cannot_be_reached_can_be_forgotten(unconnected: Any) -> None:
    unconnected.configure("ABSENT", deleteUnreachable="true")
    request = {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "properties": state(config_map(), config_map())}
    assert unconnected.ask("Delete", request) == {}
    assert unconnected.ask("Read", request) == {}


def test_yaml_is_decoded(provider: Any) -> None:
    answer = provider.ask("Invoke", {"tok": "kubernetes:yaml:decode", "args": {"text": "a: 1\n---\nb: [x]\n"}})
    assert answer == {"return": {"result": [{"a": 1}, {"b": ["x"]}]}}
    with pytest.raises(Exception, match="no function"):
        provider.ask("Invoke", {"tok": "kubernetes:helm:template"})
