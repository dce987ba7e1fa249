"""Updating objects: whose fields they are, and how the change is sent."""

from __future__ import annotations

from typing import Any

import pytest
from asked_plugin import Aborted, Provider
from kubernetes_double import ApiDouble
from made_objects import CONFIG_MAP, config_map, live, refusal, state, urn


def update_request(old: dict[str, Any], new: dict[str, Any], now: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "olds": state(old, now), "news": new, **more}


def test_an_update_is_applied_under_the_recorded_manager(api: ApiDouble, provider: Provider) -> None:
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


def test_what_nobody_is_booked_for_is_applied_with_force(api: ApiDouble, provider: Provider) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    now = live(old)  # from before servers kept managedFields
    api.put(now)
    api.prescribe("PATCH", CONFIG_MAP, (200, live(new)))
    provider.ask("Update", update_request(old, new, now))
    (sent,) = api.made("PATCH")
    assert sent.query == {"fieldManager": "us", "force": "true"}


CREATED = {"manager": "pulumi-kubernetes", "operation": "Update", "fieldsV1": {"f:data": {".": {}, "f:k": {}}}}
TAKEN = {"manager": "us", "operation": "Apply", "fieldsV1": {"f:data": {".": {}, "f:k": {}}}}


def test_a_first_update_takes_over_what_creation_owned(api: ApiDouble, provider: Provider) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    now = live(old, managedFields=[CREATED])
    api.put(now)
    api.prescribe("PATCH", CONFIG_MAP, (200, live(old, managedFields=[TAKEN])), (200, live(new)))
    provider.ask("Update", update_request(old, new, now))
    taken, applied = api.made("PATCH")
    assert taken.body[0] == {"op": "replace", "path": "/metadata/managedFields", "value": [TAKEN]}
    assert taken.body[1]["value"] == "7"  # only if nobody wrote meanwhile
    assert taken.query == {"fieldManager": "pulumi-kubernetes"}
    assert applied.query == {"fieldManager": "us", "force": "false"}


OURSELVES = refusal(409, "Conflict", "c", causes=[{"message": 'conflict with "pulumi-kubernetes" using v1: .data.k'}])
FOREIGN = refusal(409, "Conflict", "c", causes=[{"message": 'conflict with "foreign" using v1: .data.k'}])


def test_what_the_server_books_back_is_set_by_a_patch_and_then_applied(api: ApiDouble, provider: Provider) -> None:
    """Of some values a server thinks that any write changes them: they stay with whoever asked for them to be moved."""
    old, new = config_map(data={"k": "1", "gone": "x"}), config_map(data={"k": "2"})
    booked = {**CREATED, "fieldsV1": {"f:data": {"f:k": {}, "f:gone": {}}}}
    now = live(old, managedFields=[booked])
    api.put(now)
    there = (200, live(old, managedFields=[booked, {**TAKEN, "fieldsV1": {}}]))
    api.prescribe("PATCH", CONFIG_MAP, there, OURSELVES, (200, live(new)), OURSELVES, (200, live(new, uid="u2")))
    answer = provider.ask("Update", update_request(old, new, now))
    _, tried, patched, applied, forced = api.made("PATCH")
    assert tried.query == {"fieldManager": "us", "force": "false", "dryRun": "All"}
    assert patched.content_type == "application/merge-patch+json"
    assert patched.query == {"fieldManager": "pulumi-kubernetes"}
    # What the program drops goes too, and only if nobody wrote meanwhile.
    assert patched.body == {"data": {"k": "2", "gone": None}, "metadata": {"resourceVersion": "7"}}
    assert applied.query == {"fieldManager": "us", "force": "false"}
    assert forced.query == {"fieldManager": "us", "force": "true"}
    assert forced.body["metadata"]["resourceVersion"] == "7"
    assert answer["properties"]["metadata"]["uid"] == "u2"


def test_what_others_own_is_not_patched_away(api: ApiDouble, provider: Provider) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    now = live(old, managedFields=[CREATED])
    api.put(now)
    api.prescribe("PATCH", CONFIG_MAP, (200, now), FOREIGN)
    with pytest.raises(Aborted, match="may not change what another manager owns"):
        provider.ask("Update", update_request(old, new, now))
    assert [call.content_type.split("/")[1].split("+")[0] for call in api.made("PATCH")] == [
        "json-patch",
        "apply-patch",
    ]


def test_a_conflict_names_the_others_alone(api: ApiDouble, provider: Provider) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    now = live(old, managedFields=[CREATED])
    api.put(now)
    causes = [
        {"message": f'conflict with "{manager}" using v1', "field": f".data.{key}"}
        for manager, key in (("pulumi-kubernetes", "a"), ("foreign", "b"))
    ]
    api.prescribe("PATCH", CONFIG_MAP, (200, now), refusal(409, "Conflict", "both of them", causes=causes))
    with pytest.raises(Aborted, match=r'owns: conflict with "foreign" using v1: \.data\.b\n') as caught:
        provider.ask("Update", update_request(old, new, now))
    assert '"pulumi-kubernetes"' not in str(caught.value)


def test_an_object_that_changes_meanwhile_is_read_again(api: ApiDouble, provider: Provider) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    now = live(old, managedFields=[CREATED])
    api.put(now)
    stale = refusal(409, "Conflict", "the object has been modified")
    taken = (200, live(old, managedFields=[TAKEN]))
    api.prescribe("PATCH", CONFIG_MAP, (200, now), OURSELVES, stale, taken, (200, live(new)))
    provider.ask("Update", update_request(old, new, now))
    assert len(api.made("PATCH")) == 5
    api.prescribe("PATCH", CONFIG_MAP, stale)
    api.put(live(old, managedFields=[TAKEN]))
    with pytest.raises(Aborted, match="the object has been modified"):  # not for ever
        provider.ask("Update", update_request(old, new, now))


def test_a_conflict_names_the_other_manager_and_records_what_is_there(api: ApiDouble, provider: Provider) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    now = live(config_map(data={"k": "theirs"}), managedFields=[{"manager": "x", "operation": "Update"}])
    api.put(now)
    text = 'Apply failed with 1 conflict: conflict with "x" using v1: .data.k'
    api.prescribe("PATCH", CONFIG_MAP, refusal(409, "Conflict", text))
    with pytest.raises(Aborted, match="may not change what another manager owns") as caught:
        provider.ask("Update", update_request(old, new, now))
    assert '"us", the field manager of this resource' in str(caught.value)
    assert "pulumi.com/patchForce" in str(caught.value) and "enablePatchForce" in str(caught.value)
    assert text in str(caught.value)
    detail = caught.value.detail
    assert detail is not None
    assert detail.id == "a/conf"
    assert detail.properties["data"]["k"] == "theirs"
    assert detail.properties["__inputs"]["data"]["k"] == "2"


def test_a_preview_shows_what_taking_over_will_make(api: ApiDouble, provider: Provider) -> None:
    old, new = config_map(data={"k": "1", "gone": "x"}), config_map(data={"k": "2"})
    booked = {**CREATED, "fieldsV1": {"f:data": {".": {}, "f:k": {}, "f:gone": {}}}}
    now = live(old, managedFields=[booked])
    api.put(now)
    invalid = refusal(422, "Invalid", "two of the same name")
    for judgement in (OURSELVES, invalid, (200, now)):
        api.calls.clear()
        api.prescribe("PATCH", CONFIG_MAP, judgement, (200, live(new)))
        answer = provider.ask("Update", update_request(old, new, now, preview=True))
        tried, together = api.made("PATCH")
        assert tried.query == {"fieldManager": "us", "force": "false", "dryRun": "All"}
        assert together.query == {"fieldManager": "pulumi-kubernetes", "dryRun": "All"}
        assert together.body == {"data": {"k": "2", "gone": None}}  # whatever the version: controllers write too
        assert answer["properties"]["data"] == {"k": "2"}
    api.prescribe("PATCH", CONFIG_MAP, FOREIGN)
    with pytest.raises(Aborted, match="may not change what another manager owns"):
        provider.ask("Update", update_request(old, new, now, preview=True))
    api.prescribe("PATCH", CONFIG_MAP, (200, now), invalid)
    with pytest.raises(Aborted, match="two of the same name"):
        provider.ask("Update", update_request(old, new, now, preview=True))


def test_a_later_preview_is_a_rehearsal_of_the_apply(api: ApiDouble, provider: Provider) -> None:
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    now = live(old, managedFields=[TAKEN])
    api.put(now)
    api.prescribe("PATCH", CONFIG_MAP, (200, live(new)))
    provider.ask("Update", update_request(old, new, now, preview=True))
    (sent,) = api.made("PATCH")
    assert sent.query == {"fieldManager": "us", "force": "false", "dryRun": "All"}
    assert sent.content_type == "application/apply-patch+yaml"


@pytest.mark.parametrize(
    ("annotations", "variables"),
    [({"pulumi.com/patchForce": "true"}, {}), ({}, {"enablePatchForce": "true"})],
)
def test_conflicts_can_be_forced(
    api: ApiDouble, provider: Provider, annotations: dict[str, str], variables: dict[str, str]
) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, **variables)
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    new["metadata"] = {**new["metadata"], "annotations": annotations}
    now = live(old, managedFields=[{"manager": "us", "operation": "Apply", "fieldsV1": {}}])
    api.put(now)
    api.prescribe("PATCH", CONFIG_MAP, (200, live(new)))
    provider.ask("Update", update_request(old, new, now))
    assert api.made("PATCH")[0].query["force"] == "true"
    provider.servicer.cluster.close()


def test_who_forces_asks_for_no_conflicts_before(api: ApiDouble, provider: Provider) -> None:
    provider.configure(provider.servicer.cluster.settings.kubeconfig, enablePatchForce="true")
    old, new = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    now = live(old, managedFields=[CREATED])
    api.put(now)
    api.prescribe("PATCH", CONFIG_MAP, (200, now), (200, live(new)))
    provider.ask("Update", update_request(old, new, now))
    _, patched, applied = api.made("PATCH")
    assert patched.query == {"fieldManager": "pulumi-kubernetes"}
    assert applied.query == {"fieldManager": "us", "force": "true"}
    provider.servicer.cluster.close()


def test_a_new_manager_releases_the_fields_of_the_old(api: ApiDouble, provider: Provider) -> None:
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


def test_client_side_mode_sends_the_difference(api: ApiDouble, provider: Provider) -> None:
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


def test_definitions_are_put_as_a_whole(api: ApiDouble, provider: Provider) -> None:
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
    api: ApiDouble, provider: Provider, status: str, replaced: bool
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
