"""Creating objects: names still taken, namespaces still missing, runs that were killed, and readiness."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from asked_plugin import Aborted, Provider
from kubernetes_double import ApiDouble, Call
from made_objects import CONFIG_MAP, CONFIG_MAPS, config_map, live, refusal, urn

from govcloud_offline.kubernetes.objects import apply


def test_a_new_object_waits_for_the_old_one_of_its_name_to_go(api: ApiDouble, provider: Provider) -> None:
    leaving = refusal(409, "AlreadyExists", 'object is being deleted: configmaps "conf" already exists')
    api.prescribe("POST", CONFIG_MAPS, leaving, leaving, (201, live(config_map())))
    answer = provider.ask("Create", {"urn": urn("core/v1:ConfigMap"), "properties": config_map()})
    assert answer["id"] == "a/conf"


def test_upsert_applies_instead_of_creating(api: ApiDouble, provider: Provider) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, upsertExistingObjects="true")
    api.prescribe("PATCH", CONFIG_MAP, (200, live(config_map())))
    answer = provider.ask("Create", {"urn": urn("core/v1:ConfigMap"), "properties": config_map()})
    assert answer["id"] == "a/conf"
    assert api.made("POST") == []
    provider.servicer.cluster.close()


def test_a_kind_without_namespaces_loses_the_one_that_was_filled_in(api: ApiDouble, provider: Provider) -> None:
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "x", "namespace": "default"},
    }
    answer = provider.ask("Create", {"urn": urn("rbac.authorization.k8s.io/v1:ClusterRole"), "properties": role})
    (sent,) = api.made("POST")
    assert (answer["id"], sent.body["metadata"]) == ("x", {"name": "x"})


def test_a_kind_with_namespaces_is_made_in_the_default_one(api: ApiDouble, provider: Provider) -> None:
    provider.ask(
        "Create", {"urn": urn("core/v1:ConfigMap"), "properties": {**config_map(), "metadata": {"name": "conf"}}}
    )
    (sent,) = api.made("POST")
    assert sent.path == "/api/v1/namespaces/default/configmaps"


def test_a_run_that_was_killed_is_repeated_as_the_same_owner(api: ApiDouble, provider: Provider) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, upsertExistingObjects="true")
    api.prescribe("PATCH", CONFIG_MAP, (200, live(config_map())))
    request = {"urn": urn("core/v1:ConfigMap"), "properties": config_map()}
    first, second = provider.ask("Create", request), provider.ask("Create", request)
    assert first["properties"]["__fieldManager"] == second["properties"]["__fieldManager"]
    other = provider.ask("Create", {**request, "urn": urn("core/v1:ConfigMap") + "2"})
    assert other["properties"]["__fieldManager"] != first["properties"]["__fieldManager"]
    provider.servicer.cluster.close()


def test_what_is_applied_to_an_object_on_its_way_out_is_applied_again(api: ApiDouble, provider: Provider) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, upsertExistingObjects="true")
    leaving = live(config_map(), deletionTimestamp="2026-11-22T00:00:00Z")
    api.prescribe("PATCH", CONFIG_MAP, (200, leaving), (200, leaving), (201, live(config_map(), uid="u2")))
    answer = provider.ask("Create", {"urn": urn("core/v1:ConfigMap"), "properties": config_map()})
    assert answer["properties"]["metadata"]["uid"] == "u2"
    provider.servicer.cluster.close()


def test_a_preview_of_a_replacement_is_rehearsed_under_another_name(
    api: ApiDouble, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, upsertExistingObjects="true")
    immutable = refusal(422, "Invalid", "field is immutable")
    api.prescribe("PATCH", CONFIG_MAP, immutable)
    seen: list[str] = []
    usual = api.answer

    def answer(call: Call) -> tuple[int, Any]:
        if call.method == "PATCH" and call.path != CONFIG_MAP:
            seen.append(call.path)
            return 201, live(call.body)
        return usual(call)

    monkeypatch.setattr(api, "answer", answer)
    request = {"urn": urn("core/v1:ConfigMap"), "properties": config_map(), "preview": True}
    shown = provider.ask("Create", request)
    assert shown["properties"]["metadata"]["name"] == "conf"
    assert seen[0].startswith(f"{CONFIG_MAPS}/conf-")
    # Not in an update: there nothing is rehearsed.
    with pytest.raises(Aborted, match="immutable"):
        provider.ask("Create", {**request, "preview": False})
    provider.servicer.cluster.close()


def test_an_object_waits_for_the_namespace_that_the_program_makes(api: ApiDouble, provider: Provider) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}
    provider.ask("Check", {"urn": urn("core/v1:Namespace"), "news": namespace})
    missing = refusal(404, "NotFound", 'namespaces "a" not found', kind="namespaces", name="a")
    api.prescribe("POST", CONFIG_MAPS, missing, missing, missing, (201, live(config_map())))
    answer = provider.ask("Create", {"urn": urn("core/v1:ConfigMap"), "properties": config_map()})
    assert answer["id"] == "a/conf"


def test_a_preview_asks_once_whether_a_namespace_is_there(api: ApiDouble, provider: Provider) -> None:
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


def test_an_unknown_version_says_that_a_definition_is_missing(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "_UNEXPECTED", 0.05)
    widget = {"apiVersion": "no.example/v1", "kind": "Widget", "metadata": {"name": "w"}}
    with pytest.raises(Aborted, match="CustomResourceDefinition brings this kind"):
        provider.ask("Create", {"urn": urn("no.example/v1:Widget"), "properties": widget})


def test_an_object_that_does_not_get_ready_is_recorded_with_its_problems(api: ApiDouble, provider: Provider) -> None:
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "a", "annotations": {"pulumi.com/timeoutSeconds": "0"}},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}},
    }
    now = live(deployment, generation=1) | {"status": {"observedGeneration": 1, "availableReplicas": 1}}
    pod = {
        "metadata": {"name": "web-1", "namespace": "a", "ownerReferences": [{"uid": "rs", "controller": True}]},
        "status": {
            "containerStatuses": [
                {"name": "c", "state": {"waiting": {"reason": "ErrImageNeverPull", "message": "not present"}}}
            ]
        },
    }
    api.prescribe("POST", "/apis/apps/v1/namespaces/a/deployments", (201, now))
    of_the_deployment = {"metadata": {"uid": "rs", "ownerReferences": [{"uid": "u1", "controller": True}]}}
    api.prescribe("GET", "/apis/apps/v1/namespaces/a/replicasets", (200, {"items": [of_the_deployment]}))
    api.prescribe("GET", "/api/v1/namespaces/a/pods", (200, {"items": [pod]}))
    with pytest.raises(Aborted, match="was created but does not work yet: web was not ready in time") as caught:
        provider.ask("Create", {"urn": urn("apps/v1:Deployment"), "properties": deployment})
    detail = caught.value.detail
    assert detail is not None
    assert detail.id == "a/web"
    assert detail.properties["status"]["availableReplicas"] == 1
    assert any("ErrImageNeverPull" in reason for reason in detail.reasons)
    assert any("1 of the 2 Pods" in reason for reason in detail.reasons)


def test_skip_await_waits_for_nothing(api: ApiDouble, provider: Provider) -> None:
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "a", "annotations": {"pulumi.com/skipAwait": "true"}},
        "spec": {},
    }
    answer = provider.ask("Create", {"urn": urn("apps/v1:Deployment"), "properties": deployment})
    assert answer["id"] == "a/web"


def test_cancelling_ends_the_wait(api: ApiDouble, provider: Provider) -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "namespace": "a"}, "spec": {}}
    timer = threading.Timer(0.2, lambda: provider.servicer.Cancel(None, None))
    timer.start()
    with pytest.raises(Aborted, match="interrupted while waiting for j"):
        provider.ask("Create", {"urn": urn("batch/v1:Job"), "properties": job})
    timer.join()
