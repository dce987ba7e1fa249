"""What somebody changed is undone field by field, undeclared walls go, and nothing else is touched."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, cast

import pytest

from govcloud.clouds.live_cluster import LiveCluster
from govcloud.comparison import Change
from govcloud.fleet.repair import operations, take_back
from govcloud_base.errors import CloudError, Problem, Text

QUOTA: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "zone", "namespace": "n", "labels": {"a/b": "c"}},
    "spec": {"hard": {"pods": "10", "requests.cpu": "1"}},
}


def test_each_operation_undoes_one_change() -> None:
    found = [
        Change(("spec", "ingress", 0, "ports", 1, "endPort"), None, 65535),
        Change(("metadata", "labels", "a/b~c"), "x", "y"),
        Change(("spec", "hard", "pods"), "10", None),
    ]
    assert operations(found) == [
        {"op": "remove", "path": "/spec/ingress/0/ports/1/endPort"},
        {"op": "replace", "path": "/metadata/labels/a~1b~0c", "value": "x"},
        {"op": "add", "path": "/spec/hard/pods", "value": "10"},
    ]


class Cluster:
    """A cluster with these objects in the stack's namespaces, which takes note of what is done."""

    def __init__(self, *items: dict[str, Any], refuses: bool = False) -> None:
        self.items, self.refuses, self.done = items, refuses, list[str]()

    def objects(self, _declared: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
        return self.items

    def delete(self, live: Mapping[str, Any]) -> None:
        self._act(f"delete {live['kind']}/{live['metadata']['name']}")

    def patch(self, live: Mapping[str, Any], steps: Iterable[Mapping[str, Any]]) -> None:
        self._act(f"patch {live['kind']}/{live['metadata']['name']} {[step['path'] for step in steps]}")

    def _act(self, what: str) -> None:
        if self.refuses:
            raise CloudError(Problem("GC-DRIFT-002", Text("no", "không"), Text("wait", "chờ"), value="held"))
        self.done.append(what)


def _live(change: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    live = copy.deepcopy(QUOTA)
    live["metadata"] |= {"uid": "u", "resourceVersion": "7", **metadata}
    live["spec"]["hard"] |= change or {}
    return live


def _other(kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "n", "uid": "u"}}


def _said(cluster: Cluster) -> list[str]:
    return [text.en for text in take_back(cast(LiveCluster, cluster), [QUOTA])]


def test_what_is_as_declared_is_left_alone() -> None:
    cluster = Cluster(_live({"requests.cpu": "1000m"}))
    assert _said(cluster) == []
    assert cluster.done == []


def test_an_addition_is_taken_back_with_a_word() -> None:
    cluster = Cluster(_live({"pods": "99"}, finalizers=["held.example/by-me"]))
    (said,) = _said(cluster)
    assert said == "n/ResourceQuota/zone was changed by somebody: taken back (metadata.finalizers, spec.hard.pods)"
    assert cluster.done == ["patch ResourceQuota/zone ['/metadata/finalizers', '/spec/hard/pods']"]


@pytest.mark.parametrize("kind", ["LimitRange", "NetworkPolicy", "ResourceQuota", "Role", "RoleBinding"])
def test_an_undeclared_wall_is_removed_with_a_word(kind: str) -> None:
    cluster = Cluster(_live(), _other(kind, "more"))
    assert _said(cluster) == [f"n/{kind}/more was declared by nobody: deleted"]
    assert cluster.done == [f"delete {kind}/more"]


@pytest.mark.parametrize("kind", ["ConfigMap", "PersistentVolumeClaim", "Secret", "Service", "Deployment"])
def test_what_may_hold_something_is_never_deleted(kind: str) -> None:
    cluster = Cluster(_live(), _other(kind, "more"))
    assert _said(cluster) == []
    assert cluster.done == []


def test_a_refusal_is_said_and_stops_nothing_else() -> None:
    cluster = Cluster(_live({"pods": "99"}), _other("Role", "more"), refuses=True)
    assert _said(cluster) == [
        "n/ResourceQuota/zone: no (held)",
        "n/Role/more: no (held)",
    ]


def test_an_object_that_is_being_deleted_is_not_patched_for_it() -> None:
    cluster = Cluster(_live(deletionTimestamp="2026-11-30T00:00:00Z"))
    assert _said(cluster) == []
