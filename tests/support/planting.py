"""Planting violations in a cloud of the tests' own, taking them out again, and blinding those who look."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from govcloud.audit.check import Check
from govcloud.audit.result import CheckResult
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import APPLY, MERGE_PATCH, Answer, Api, Request

__all__ = [
    "Dead",
    "Denied",
    "binding",
    "changed",
    "eventually",
    "network_policy",
    "planted",
    "removed",
    "restored",
]

_RBAC = "rbac.authorization.k8s.io"


class Dead:
    """An API server that is not there."""

    def send(self, request: Request) -> Answer:
        return Answer(0, "no answer: connection refused")

    def execute(self, namespace: str, pod: str, command: Sequence[str], seconds: float) -> Answer:
        return Answer(0, "no answer: connection refused")


@dataclass(frozen=True)
class Denied:
    """An identity from which one verb has been taken: requests of these methods are refused as authorisation does."""

    api: Api
    methods: tuple[str, ...]

    def send(self, request: Request) -> Answer:
        if request.method in self.methods:
            return Answer(403, '{"message": "forbidden: User \\"auditor\\" may not look"}')
        return self.api.send(request)

    def execute(self, namespace: str, pod: str, command: Sequence[str], seconds: float) -> Answer:
        return Answer(403, '{"message": "forbidden: User \\"auditor\\" may not exec"}')


@contextmanager
def planted(platform: Api, path: str, body: Mapping[str, Any]) -> Iterator[None]:
    """Create an object at the collection `path` as the platform, and delete it afterwards."""
    _must(platform.send(Request("POST", path, dict(body))))
    try:
        yield
    finally:
        _must(platform.send(Request("DELETE", f"{path}/{body['metadata']['name']}")))


@contextmanager
def restored(platform: Api, path: str) -> Iterator[None]:
    """Apply the object at `path` again afterwards, by the manager that owned it, whatever became of it."""
    found = _must(platform.send(Request("GET", path))).json()
    names = ("name", "namespace", "labels", "annotations")
    kept = {key: value for key, value in found["metadata"].items() if key in names}
    body = {key: value for key, value in found.items() if key != "status"} | {"metadata": kept}
    manager = found["metadata"]["managedFields"][0]["manager"]
    try:
        yield
    finally:
        _must(platform.send(Request("PATCH", path, body, APPLY, {"fieldManager": manager, "force": "true"})))


@contextmanager
def removed(platform: Api, path: str) -> Iterator[None]:
    """Delete the object at `path`, and bring it back afterwards."""
    with restored(platform, path):
        _must(platform.send(Request("DELETE", path)))
        yield


@contextmanager
def changed(platform: Api, path: str, patch: Mapping[str, Any], back: Mapping[str, Any]) -> Iterator[None]:
    """Merge `patch` into the object at `path`, and `back` afterwards."""
    _must(platform.send(Request("PATCH", path, dict(patch), MERGE_PATCH)))
    try:
        yield
    finally:
        _must(platform.send(Request("PATCH", path, dict(back), MERGE_PATCH)))


def binding(namespace: str, role: str, group: str, kind: str = "ClusterRole") -> dict[str, Any]:
    """Return a RoleBinding that gives a group a cluster role in a namespace."""
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "planted", "namespace": namespace},
        "roleRef": {"apiGroup": _RBAC, "kind": kind, "name": role},
        "subjects": [{"apiGroup": _RBAC, "kind": "Group", "name": group}],
    }


def network_policy(namespace: str, **spec: Any) -> dict[str, Any]:
    """Return a NetworkPolicy for every pod of a namespace."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "planted", "namespace": namespace},
        "spec": {"podSelector": {}, **spec},
    }


def eventually(check: Check, run: Callable[[], CheckResult], verdict: Verdict, seconds: float = 40.0) -> CheckResult:
    """Run a check until it says `verdict`: the API server needs a moment to notice that a policy came or went."""
    deadline = time.monotonic() + seconds
    while True:
        result = run()
        if result.verdict is verdict or time.monotonic() > deadline:
            assert result.verdict is verdict, f"{check.id} should say {verdict}:\n{result}"
            return result
        time.sleep(0.5)


def _must(answer: Answer) -> Answer:
    assert answer.ok, str(answer)
    return answer
