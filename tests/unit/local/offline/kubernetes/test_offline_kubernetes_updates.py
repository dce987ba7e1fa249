"""Updating objects: whose fields they are, and how the change is sent."""

from __future__ import annotations

from typing import Any

import pytest
from made_objects import CONFIG_MAP, config_map, live, refusal, state, urn


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
    with pytest.raises(Exception, match="may not change what another manager owns") as caught:
        provider.ask("Update", update_request(old, new, now))
    assert '"us", the field manager of this resource' in str(caught.value)
    assert "pulumi.com/patchForce" in str(caught.value) and "enablePatchForce" in str(caught.value)
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
    with pytest.raises(Exception, match="may not change what another manager owns"):
        provider.ask("Update", update_request(old, new, now, preview=True))


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


@pytest.mark.parametrize(("status", "replaced"), [("True", False), ("False", True)])
def test_a_job_that_did_not_succeed_is_replaced_where_it_says_so(
    api: Any, provider: Any, status: str, replaced: bool
) -> None:
    def job(**annotations: str) -> dict[str, Any]:
        values = {"name": "once", "namespace": "a", "annotations": annotations}
        return {"apiVersion": "batch/v1", "kind": "Job", "metadata": values, "spec": {"suspend": False}}

    asking = job(**{"pulumi.com/replaceUnready": "true"})
    now = {**live(asking), "status": {"startTime": "x", "conditions": [{"type": "Complete", "status": status}]}}
    api.put(now)
    request = {"urn": urn("batch/v1:Job"), "id": "a/once", "olds": state(asking, now), "news": asking}
    answer = provider.ask("Diff", request)
    assert answer.get("replaces", []) == ['.metadata.annotations["pulumi.com/replaceUnready"]'] * replaced
    assert (answer["changes"], answer.get("deleteBeforeReplace", False)) == (
        ("DIFF_SOME", True) if replaced else ("DIFF_NONE", False)
    )
    silent = job()
    unasked = provider.ask("Diff", {**request, "olds": state(silent, live(silent)), "news": silent})
    assert unasked["changes"] == "DIFF_NONE"
