"""Probe pods: made where there are none, shared by those who find them, and removed by whoever made them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from govcloud.audit.probe_pods import NAME, deployed, standing
from govcloud.audit.request import Answer, Request

NAMESPACES, PORTS = ("a", "b"), (80,)


class Cluster:
    """An API server with a quota of one pod in each namespace; pods run at once."""

    def __init__(self, refuses: str = "") -> None:
        self.refuses = refuses
        self.pods: set[str] = set()
        self.created = 0

    def send(self, request: Request) -> Answer:
        namespace = request.path.split("/")[4]
        if namespace == self.refuses:
            return Answer(403, "forbidden")
        if request.method == "POST":
            if namespace in self.pods:
                return Answer(403, "exceeded quota")
            self.pods.add(namespace)
            self.created += 1
            return Answer(201, "{}")
        if request.method == "DELETE":
            self.pods.remove(namespace)
            return Answer(200, "{}")
        assert request.path.endswith(f"/{NAME}")
        if namespace not in self.pods:
            return Answer(404, "not found")
        status = {"phase": "Running", "podIP": f"10.0.0.{namespace}", "containerStatuses": [{"ready": True}]}
        return Answer(200, json.dumps({"metadata": {}, "status": status}))

    def execute(self, namespace: str, pod: str, command: Sequence[str], seconds: float) -> Answer:
        raise NotImplementedError


def test_pods_are_made_and_removed() -> None:
    cluster = Cluster()
    with deployed(cluster, NAMESPACES, PORTS) as probes:
        assert cluster.pods == {"a", "b"}
        assert probes.addresses == {"a": "10.0.0.a", "b": "10.0.0.b"}
    assert cluster.pods == set()


def test_checks_share_the_pods_that_stand() -> None:
    cluster = Cluster()
    with standing(cluster, NAMESPACES, PORTS):
        for _ in range(3):
            with deployed(cluster, NAMESPACES, PORTS):
                pass
            assert cluster.pods == {"a", "b"}
    assert (cluster.created, cluster.pods) == (2, set())


def test_where_pods_cannot_stand_none_is_left_and_the_checks_go_on() -> None:
    cluster = Cluster(refuses="b")
    with standing(cluster, NAMESPACES, PORTS):
        assert cluster.pods == set()
