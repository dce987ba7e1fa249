"""Diff: what changes, what is replaced, what is left alone."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govcloud_base.wire.values import UNKNOWN
from govcloud_offline.kubernetes.changes.diff import ChangeKind, compare, difference
from govcloud_offline.kubernetes.changes.prune import pruned
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.inputs.property_path import contains, format_path, parse_path
from govcloud_offline.kubernetes.objects.managed_fields import ignored, taken_over, with_ourselves

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=8,
)
STEPS = st.lists(st.text(min_size=1, max_size=6).filter(lambda t: "\\" not in t and t != "*") | st.integers(0, 99))


@QUICK
@given(JSON)
def test_nothing_changes_between_equals(value: Any) -> None:
    assert compare(value, copy.deepcopy(value)) == []


@QUICK
@given(JSON, JSON)
def test_something_changes_between_different_values(old: Any, new: Any) -> None:
    if old != new:
        assert compare(old, new)


@QUICK
@given(JSON, JSON)
def test_pruning_again_changes_nothing(live: Any, shape: Any) -> None:
    cut = pruned({"x": live, "y": 1}, {"x": shape})
    assert set(cut) == {"x"}
    assert pruned(cut, {"x": shape}) == cut


@QUICK
@given(STEPS.filter(lambda steps: bool(steps) and isinstance(steps[0], str)))
def test_paths_can_be_read_back(steps: list[str | int]) -> None:
    assert parse_path(format_path(tuple(steps))) == tuple(steps)


def test_paths_contain_what_is_below_them() -> None:
    assert contains(parse_path("spec.containers[*].image"), ("spec", "containers", 3, "image"))
    assert contains(parse_path('metadata.labels["a.b/c"]'), ("metadata", "labels", "a.b/c"))
    assert not contains(parse_path("spec.replicas"), ("spec",))
    with pytest.raises(ValueError, match="ignoreChanges names no property"):
        parse_path("spec[")


def diff(
    old: dict[str, Any], new: dict[str, Any], live: dict[str, Any] | None = None, patch: bool = False, **options: Any
) -> Any:
    return difference(
        old_inputs=Manifest.of(old),
        live=Manifest.of(live if live is not None else old),
        new_inputs=dataclasses.replace(Manifest.of(new), patch=patch),
        **options,
    )


def manifest(kind: str, api_version: str = "v1", name: str = "n", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "a"}, **fields}


def test_what_the_server_added_is_no_change() -> None:
    old = manifest("ResourceQuota", spec={"hard": {"pods": "1"}})
    live = copy.deepcopy(old)
    live["metadata"] |= {"uid": "u", "managedFields": [{}]}
    live["spec"]["scopes"] = ["x"]
    assert diff(old, old, live).changes == {}


def test_drift_in_what_the_program_says_is_a_change() -> None:
    old = manifest("ResourceQuota", spec={"hard": {"pods": "1"}})
    live = manifest("ResourceQuota", spec={"hard": {"pods": "9"}})
    assert diff(old, old, live).changes == {"spec.hard.pods": ChangeKind.UPDATE}


def test_an_empty_list_that_comes_back_as_null_is_no_change() -> None:
    old = manifest("Role", "rbac.authorization.k8s.io/v1", rules=[])
    assert diff(old, old, manifest("Role", "rbac.authorization.k8s.io/v1", rules=None)).changes == {}


def test_additions_and_removals() -> None:
    old = manifest("LimitRange", spec={"limits": [{"type": "Pod", "max": {"cpu": "1"}}]})
    new = manifest("LimitRange", spec={"limits": [{"type": "Pod"}, {"type": "Container"}]})
    assert diff(old, new).changes == {
        "spec.limits[0].max": ChangeKind.DELETE,
        "spec.limits[1]": ChangeKind.ADD,
    }


def test_a_value_known_only_later_is_a_change() -> None:
    old = manifest("ResourceQuota", spec={"hard": {"pods": "1"}})
    new = manifest("ResourceQuota", spec={"hard": {"pods": UNKNOWN, "services": UNKNOWN}})
    assert diff(old, new).changes == {"spec.hard.pods": ChangeKind.UPDATE, "spec.hard.services": ChangeKind.ADD}


def test_true_is_not_one() -> None:
    assert [c.kind for c in compare({"a": 1}, {"a": True})] == [ChangeKind.UPDATE]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (manifest("ConfigMap", data={"k": "1"}), manifest("ConfigMap", data={"k": "2"}), "data.k"),
        (manifest("Secret", data={"k": "aGk="}), manifest("Secret", data={}), "data.k"),
        (manifest("Secret", type="a"), manifest("Secret", type="b"), "type"),
        (
            manifest("Job", "batch/v1", spec={"template": {"spec": {"a": 1}}}),
            manifest("Job", "batch/v1", spec={"template": {"spec": {"a": 2}}}),
            "spec.template.spec.a",
        ),
        (
            manifest("StatefulSet", "apps/v1", spec={"serviceName": "a"}),
            manifest("StatefulSet", "apps/v1", spec={"serviceName": "b"}),
            "spec.serviceName",
        ),
        (
            manifest("Pod", spec={"containers": [{"name": "c", "image": "a"}]}),
            manifest("Pod", spec={"containers": [{"name": "c", "image": "b"}]}),
            "spec.containers[0].image",
        ),
        (
            manifest("PersistentVolumeClaim", spec={"accessModes": ["ReadWriteOnce"]}),
            manifest("PersistentVolumeClaim", spec={"accessModes": ["ReadWriteMany"]}),
            "spec.accessModes[0]",
        ),
        (
            manifest("Service", spec={"clusterIP": "None"}),
            manifest("Service", spec={"clusterIP": "10.0.0.1"}),
            "spec.clusterIP",
        ),
    ],
)
def test_immutable_fields_replace_the_object_and_its_old_self_goes_first(
    old: dict[str, Any], new: dict[str, Any], path: str
) -> None:
    found = diff(old, new)
    assert found.changes[path].replaces
    assert found.replaces == [path]
    assert found.delete_first


def test_a_field_that_is_set_as_a_whole_replaces_too() -> None:
    found = diff(manifest("Pod"), manifest("Pod", spec={"containers": [{"name": "c", "image": "b"}]}))
    assert found.changes == {"spec": ChangeKind.ADD_REPLACE}


def test_mutable_data_is_updated_unless_the_object_is_immutable() -> None:
    old, new = manifest("ConfigMap", data={"k": "1"}), manifest("ConfigMap", data={"k": "2"})
    assert diff(old, new, config_map_mutable=True).replaces == []
    frozen = {"immutable": True}
    assert diff(old | frozen, new | frozen, config_map_mutable=True).replaces == ["data.k"]
    secret = manifest("Secret", data={"k": "aGk="}), manifest("Secret", data={"k": "aG8="})
    assert diff(*secret, secret_mutable=True).replaces == []


def test_another_name_replaces_but_the_old_object_may_stay_until_then() -> None:
    found = diff(manifest("ConfigMap", name="a"), manifest("ConfigMap", name="b"))
    assert found.replaces == ["metadata.name"]
    assert not found.delete_first


def test_an_automatic_name_is_given_anew_so_nothing_goes_first() -> None:
    old = manifest("ConfigMap", data={"k": "1"})
    old["metadata"]["annotations"] = {"pulumi.com/autonamed": "true"}
    new = copy.deepcopy(old) | {"data": {"k": "2"}}
    assert diff(old, new).replaces == ["data.k"]
    assert not diff(old, new).delete_first


def test_a_patch_is_replaced_only_for_another_object() -> None:
    assert (
        diff(manifest("ConfigMap", data={"k": "1"}), manifest("ConfigMap", data={"k": "2"}), patch=True).replaces == []
    )


def test_ignored_changes_are_none() -> None:
    old = manifest("ResourceQuota", spec={"hard": {"pods": "1", "a.b": "1"}})
    new = manifest("ResourceQuota", spec={"hard": {"pods": "2", "a.b": "2"}})
    assert diff(old, new, ignore=["spec.hard.pods"]).changes == {'spec.hard["a.b"]': ChangeKind.UPDATE}
    assert diff(old, new, ignore=["spec"]).changes == {}


def test_the_default_namespace_need_not_be_written() -> None:
    old = manifest("ConfigMap")
    old["metadata"]["namespace"] = "default"
    new = {**old, "metadata": {"name": "n"}}
    assert diff(old, new).changes == {}


def entry(manager: str, operation: str, fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "fieldsV1": fields, **more}


def test_what_we_created_becomes_ours_to_apply() -> None:
    created = entry("pulumi-kubernetes", "Update", {"f:spec": {"f:a": {}}})
    kubectl = entry("kubectl-client-side-apply", "Update", {"f:spec": {"f:b": {}}})
    status = entry("pulumi-kubernetes", "Update", {"f:status": {}}, subresource="status")
    other = entry("foreign", "Update", {"f:c": {}})
    assert taken_over([created, other, status, kubectl], "us") == [
        other,
        status,
        entry("us", "Apply", {"f:spec": {"f:a": {}, "f:b": {}}}),
    ]
    assert taken_over([other, entry("us", "Apply", {})], "us") is None
    merged = taken_over([created, entry("us", "Apply", {"f:spec": {"f:z": {}}})], "us")
    assert merged == [entry("us", "Apply", {"f:spec": {"f:z": {}, "f:a": {}}})]


def test_force_is_for_conflicts_with_ourselves() -> None:
    ours, theirs = {"message": 'conflict with "pulumi-kubernetes" using v1'}, {"message": 'conflict with "foreign"'}
    assert with_ourselves([ours, ours])
    assert not with_ourselves([ours, theirs])
    assert not with_ourselves([])


def test_an_ignored_field_is_left_to_its_owner_or_kept() -> None:
    inputs = {"spec": {"replicas": 2, "paused": True, "new": 1}}
    live = {
        "metadata": {
            "managedFields": [
                entry("hpa", "Update", {"f:spec": {"f:replicas": {}}}),
                entry("us", "Apply", {"f:spec": {"f:paused": {}}}),
            ]
        },
        "spec": {"replicas": 5, "paused": False},
    }
    assert ignored(inputs, Manifest.of(live), "us", ["spec.replicas", "spec.paused", "spec.new"]) == {
        "spec": {"paused": False, "new": 1}
    }
    assert inputs["spec"]["replicas"] == 2
