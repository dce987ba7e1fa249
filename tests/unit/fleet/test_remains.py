"""What would hold a namespace for ever is named, given a moment, and removed; everything else is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from made_objects import CONTROLS

from govcloud.clouds.request import Request
from govcloud.fleet.remains import release
from govcloud_base.errors import Text

LAWFUL = CONTROLS["TEN-04"].strings("finalizers_allowed")


class Server:
    """An API server with config maps, pods and a kind of an operator; deletes what nothing holds."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.tidy: set[str] = set()
        """Finalizers whose owner takes them off as soon as the object is deleted."""

    def put(self, namespace: str, plural: str, name: str, *finalizers: str) -> str:
        root = "/apis/operator.vn/v1" if plural == "widgets" else "/api/v1"
        path = f"{root}/namespaces/{namespace}/{plural}/{name}"
        metadata = {"name": name, "uid": path, "resourceVersion": "1", "finalizers": list(finalizers)}
        self.objects[path] = {"metadata": metadata}
        return path

    def call(self, request: Request) -> Any:
        method, path, body = request.method, request.path, request.body
        self.asked.append((method, path))
        verbs = ["list", "delete", "patch"]
        if path == "/apis":
            return {"groups": [{"preferredVersion": {"groupVersion": "operator.vn/v1"}}]}
        if path == "/api/v1":
            pods = {"kind": "Pod", "name": "pods", "namespaced": True, "verbs": verbs}
            maps = {"kind": "ConfigMap", "name": "configmaps", "namespaced": True, "verbs": verbs}
            logs = {"kind": "Pod", "name": "pods/log", "namespaced": True, "verbs": ["get"]}
            nodes = {"kind": "Node", "name": "nodes", "namespaced": False, "verbs": verbs}
            bindings = {"kind": "Binding", "name": "bindings", "namespaced": True, "verbs": ["create"]}
            return {"resources": [pods, maps, logs, nodes, bindings]}
        if path == "/apis/operator.vn/v1":
            return {"resources": [{"kind": "Widget", "name": "widgets", "namespaced": True, "verbs": verbs}]}
        if method == "GET" and path not in self.objects:
            items = [o for p, o in self.objects.items() if p.rpartition("/")[0] == path]
            return {"items": items} if path.count("/") > 3 and items else None
        found = self.objects[path]["metadata"]
        if method == "DELETE":
            assert body["preconditions"] == {"uid": found["uid"]}
            found["finalizers"] = [name for name in found["finalizers"] if name not in self.tidy]
            found["deletionTimestamp"] = "now"
        elif method == "PATCH":
            assert body["metadata"]["resourceVersion"] == found["resourceVersion"]
            found["finalizers"] = body["metadata"]["finalizers"] or []
        if found.get("deletionTimestamp") and not found["finalizers"]:
            return self.objects.pop(path)
        return self.objects[path]


@pytest.fixture
def server() -> Server:
    return Server()


def released(server: Server, *namespaces: str) -> list[str]:
    said: list[Text] = []
    release(server, namespaces, said.append, LAWFUL, patience=0.02)
    assert [text.vi for text in said] == [
        text.en.replace(": held", ": đang bị giữ").replace(": removed", ": đã gỡ") for text in said
    ]
    return [text.en for text in said]


def test_what_holds_is_named_and_removed_whatever_its_kind(server: Server) -> None:
    server.put("a", "configmaps", "one", "example.vn/stay")
    server.put("a", "widgets", "two", "operator.vn/clean", "example.kubernetes.io/stay")
    assert released(server, "a") == [
        "a/ConfigMap/one (example.vn/stay): held",
        "a/Widget/two (operator.vn/clean, example.kubernetes.io/stay): held",
        "a/ConfigMap/one (example.vn/stay): removed",
        "a/Widget/two (operator.vn/clean, example.kubernetes.io/stay): removed",
    ]
    assert server.objects == {}


def test_whoever_set_a_finalizer_may_still_take_it_off(server: Server) -> None:
    server.tidy = {"operator.vn/clean"}
    server.put("a", "widgets", "two", "operator.vn/clean")
    assert released(server, "a") == ["a/Widget/two (operator.vn/clean): held"]
    assert server.objects == {}
    assert "PATCH" not in {method for method, _ in server.asked}


def test_what_kubernetes_takes_off_itself_and_other_namespaces_are_left_alone(server: Server) -> None:
    kept = [
        server.put("a", "pods", "p", "batch.kubernetes.io/job-tracking"),
        server.put("a", "configmaps", "own"),
        server.put("a", "pods", "q", "foregroundDeletion"),
        server.put("b", "configmaps", "one", "example.vn/stay"),
    ]
    assert released(server, "a") == []
    assert sorted(server.objects) == sorted(kept)
    assert {method for method, _ in server.asked} == {"GET"}


def test_only_the_foreign_finalizer_is_taken_off(server: Server) -> None:
    path = server.put("a", "pods", "p", "batch.kubernetes.io/job-tracking", "example.vn/stay")
    released(server, "a")
    assert server.objects[path]["metadata"]["finalizers"] == ["batch.kubernetes.io/job-tracking"]
