"""A cluster in memory whose API server, network and container runtime behave as probe pods need it."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable, Sequence
from typing import Any

from probe_image import PROBE

from govcloud.clouds.request import Answer, Request

__all__ = ["Cluster"]

Object = dict[str, Any]


class Cluster:
    """An API server with room for one pod in each namespace; pods run at once, and connect as `open` says."""

    def __init__(self) -> None:
        self.pods: dict[str, dict[str, Object]] = {}
        self.policies: dict[str, Object] = {}
        self.full: set[str] = set()
        """Namespaces that their tenant filled itself."""
        self.ruled_out: set[str] = set()
        """Namespaces that take no further network policy."""
        self.opened: Callable[[str, str, int], bool] = lambda _source, _target, _port: False
        self.nodes: list[Object] = [{"status": {"conditions": [{"type": "Ready", "status": "True"}]}}]
        self.created = 0
        self.entered = 0
        self._uids = (f"uid-{number}" for number in itertools.count())

    def plant(self, namespace: str, name: str, **changes: Any) -> Object:
        """Put a pod there that somebody else made."""
        pod = {
            "metadata": {"name": name, "namespace": namespace, "uid": next(self._uids), "labels": {}},
            "spec": {"containers": [{"name": "probe", "image": "tenants.own/python:1"}]},
            "status": self._running(namespace),
            **changes,
        }
        self.pods.setdefault(namespace, {})[name] = pod
        return pod

    def named(self, namespace: str) -> set[str]:
        """Return the names of the pods in a namespace."""
        return set(self.pods.get(namespace, {}))

    def _running(self, namespace: str) -> Object:
        status = {"ready": True, "restartCount": 0, "image": PROBE.reference, "imageID": "sha256:1"}
        return {"phase": "Running", "podIP": f"10.0.0.{namespace}", "containerStatuses": [status]}

    def send(self, request: Request) -> Answer:
        parts = request.path.split("/")
        if "namespaces" not in parts:
            return self._listed(parts[-1], lambda _namespace: True)
        namespace, plural, *rest = parts[parts.index("namespaces") + 1 :]
        if plural == "networkpolicies":
            return self._policy(request, namespace, rest)
        pods = self.pods.setdefault(namespace, {})
        match request.method:
            case "POST":
                if namespace in self.full or pods:
                    return Answer(403, json.dumps({"message": "exceeded quota: zone"}))
                body = copy.deepcopy(request.body)
                body["metadata"]["uid"] = next(self._uids)
                body["spec"]["dnsPolicy"] = "ClusterFirst"  # a default that the server adds
                pods[body["metadata"]["name"]] = {**body, "status": self._running(namespace)}
                self.created += 1
                return Answer(201, json.dumps(pods[body["metadata"]["name"]]))
            case "DELETE":
                wanted = (request.body or {}).get("preconditions", {}).get("uid")
                if rest[0] not in pods:
                    return Answer(404, "not found")
                if wanted and pods[rest[0]]["metadata"]["uid"] != wanted:
                    return Answer(409, "the uid differs")
                del pods[rest[0]]
                return Answer(200, "{}")
            case _ if rest:
                found = pods.get(rest[0])
                return Answer(200, json.dumps(found)) if found else Answer(404, "not found")
            case _:
                return self._listed("pods", lambda other: other == namespace)

    def _listed(self, plural: str, here: Callable[[str], bool]) -> Answer:
        if plural == "networkpolicies":
            return Answer(200, json.dumps({"items": list(self.policies.values())}))
        if plural == "nodes":
            return Answer(200, json.dumps({"items": self.nodes}))
        found = [pod for namespace, pods in self.pods.items() if here(namespace) for pod in pods.values()]
        marked = [pod for pod in found if "govcloud.gov.vn/audit" in pod["metadata"].get("labels", {})]
        return Answer(200, json.dumps({"items": marked}))

    def _policy(self, request: Request, namespace: str, rest: Sequence[str]) -> Answer:
        if request.method == "POST":
            if namespace in self.ruled_out:
                return Answer(403, json.dumps({"message": "exceeded quota: zone"}))
            body = copy.deepcopy(request.body)
            body["metadata"]["uid"] = next(self._uids)
            self.policies[f"{namespace}/{body['metadata']['name']}"] = body
        else:
            self.policies.pop(f"{namespace}/{rest[0]}", None)
        return Answer(200, "{}")

    def execute(self, namespace: str, pod: str, command: Sequence[str], seconds: float) -> Answer:
        self.entered += 1
        banners = {}
        for address, port in json.loads(command[-1]):
            target = address.removeprefix("10.0.0.")
            mark = pod.rpartition("-")[2]
            answers = target == namespace or self.opened(namespace, target, port) or self._ruled(namespace, target)
            banners[f"{address}:{port}"] = f"{target} {mark} {port}" if answers else None
        return Answer(200, json.dumps(banners) + "\n")

    def _ruled(self, source: str, target: str) -> bool:
        homes = {policy["metadata"]["namespace"] for policy in self.policies.values()}
        return {source, target} <= homes
