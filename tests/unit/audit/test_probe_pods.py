"""Probe pods: evidence comes only from those that this run made and nobody touched; the rest of the cloud is judged."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from probe_image import PROBE
from probed_cluster import Cluster

from govcloud.audit import probe_pod
from govcloud.audit.check import BlindError
from govcloud.audit.probe_pods import Probes, deployed, standing
from govcloud.audit.run import LABEL, Run
from govcloud.audit.verdict import Verdict

NAMESPACES, PORTS = ("a", "b"), (80,)
OPEN = [("a", "b", 80), ("b", "a", 80)]


def measured(cluster: Cluster, run: Run, meanwhile: Callable[[], object] = lambda: None) -> tuple[Probes, set[Any]]:
    with deployed(cluster, run, NAMESPACES, PORTS) as probes:
        meanwhile()
        return probes, set(probes.measure(OPEN))


def test_pods_are_made_and_removed(cluster: Cluster) -> None:
    run = Run(PROBE)
    with deployed(cluster, run, NAMESPACES, PORTS) as probes:
        assert cluster.named("a") == cluster.named("b") == {run.probe}
        assert {name: pod.address for name, pod in probes.pods.items()} == {"a": "10.0.0.a", "b": "10.0.0.b"}
    assert cluster.named("a") == cluster.named("b") == set()


def test_checks_share_the_pods_that_stand(cluster: Cluster) -> None:
    run = Run(PROBE)
    with standing(cluster, run, NAMESPACES, PORTS):
        for _ in range(3):
            with deployed(cluster, run, NAMESPACES, PORTS) as probes:
                assert probes.standing(NAMESPACES) == NAMESPACES
            assert cluster.named("a") == {run.probe}
    assert (cluster.created, cluster.named("a"), run.pods) == (2, set(), {})


def test_two_runs_have_nothing_in_common(cluster: Cluster) -> None:
    one, other = Run(PROBE), Run(PROBE)
    assert one.probe != other.probe
    assert one.probe.startswith("govcloud-probe-")


def test_no_label_of_a_tenants_making_makes_somebody_elses_workload_take_the_pod(cluster: Cluster) -> None:
    run = Run(PROBE)
    with deployed(cluster, run, NAMESPACES, PORTS):
        assert cluster.pods["a"][run.probe]["metadata"]["labels"] == {LABEL: run.mark}


def test_a_pod_that_a_tenant_made_is_never_used_whatever_it_is_called(cluster: Cluster) -> None:
    run = Run(PROBE)
    for name in ("govcloud-audit-probe", run.probe):
        cluster.pods.clear()
        planted = cluster.plant("a", name, spec={"containers": [{"name": "probe", "image": PROBE.reference}]})
        probes, results = measured(cluster, run)
        assert probes.standing(NAMESPACES) == ("b",)
        assert results == set()
        assert cluster.entered == 0
        # and it is not the audit's to remove
        assert cluster.pods["a"] == {name: planted}


def put(cluster: Cluster, run: Run, **changes: Any) -> None:
    pod = cluster.pods["a"][run.probe]
    for path, value in changes.items():
        *parents, last = path.split("__")
        place: Any = pod
        for parent in parents:
            place = place[int(parent)] if isinstance(place, list) else place[parent]
        place[last] = value


@pytest.mark.parametrize(
    "changes",
    [
        {"metadata__uid": "another"},
        {"metadata__deletionTimestamp": "2026-11-30T00:00:00Z"},
        {"spec__containers__0__image": "tenants.own/python:1"},
        {"spec__containers__0__command": ["python3", "/forged.py"]},
        {"spec__containers__0__env": [{"name": "PYTHONHOME", "value": "/tmp"}]},
        {"spec__containers__0__volumeMounts": [{"name": "x", "mountPath": "/usr/bin"}]},
        {"spec__containers": [{"name": "probe"}, {"name": "beside"}]},
        {"spec__ephemeralContainers": [{"name": "debug"}]},
        {"spec__initContainers": [{"name": "first"}]},
        {"spec__volumes": [{"name": "x", "emptyDir": {}}]},
        {"status__podIP": "10.0.0.9"},
        {"status__phase": "Failed"},
        {"status__containerStatuses__0__restartCount": 1},
        {"status__containerStatuses__0__imageID": "sha256:2"},
        {"status__containerStatuses": []},
    ],
    ids=str,
)
def test_a_pod_that_was_touched_while_it_measured_proves_nothing(cluster: Cluster, changes: dict[str, Any]) -> None:
    run = Run(PROBE)
    cluster.opened = lambda *_: True
    _, before = measured(cluster, run)
    assert before == set(OPEN)
    probes, results = measured(cluster, run, meanwhile=lambda: put(cluster, run, **changes))
    assert results == set()
    assert [f.verdict for f in probes.seen(NAMESPACES)] == [Verdict.ERROR, Verdict.PASS]


def test_a_pod_of_another_image_than_all_others_is_blind(cluster: Cluster) -> None:
    run = Run(PROBE)
    with standing(cluster, run, ("a", "b", "c"), PORTS):
        run.pods["b"] = dataclasses.replace(run.pods["b"], image="sha256:2")
        cluster.pods["b"][run.probe]["status"]["containerStatuses"][0]["imageID"] = "sha256:2"
        with deployed(cluster, run, ("a", "b", "c"), PORTS) as probes:
            assert probes.standing(("a", "b", "c")) == ("a", "c")


def test_a_namespace_that_its_tenant_filled_is_named_and_the_others_are_measured(cluster: Cluster) -> None:
    run = Run(PROBE)
    cluster.full, cluster.opened = {"b"}, lambda *_: True
    with standing(cluster, run, ("a", "b", "c"), PORTS):
        for _ in range(2):
            with deployed(cluster, run, ("a", "b", "c"), PORTS) as probes:
                assert probes.standing(("a", "b", "c")) == ("a", "c")
                assert "exceeded quota" in probes.blind["b"].en
                assert set(probes.measure([("a", "b", 80), ("a", "c", 80), ("c", "a", 80)])) == {
                    ("a", "c", 80),
                    ("c", "a", 80),
                }
    assert cluster.created == 2


def test_room_that_a_killed_run_still_takes_is_taken_back(cluster: Cluster) -> None:
    killed, run = Run(PROBE), Run(PROBE)
    assert probe_pod.create(cluster, killed, "a", PORTS)
    probes, _ = measured(cluster, run)
    assert probes.standing(NAMESPACES) == NAMESPACES
    assert cluster.named("a") == set()


def test_what_killed_runs_left_is_swept_and_nothing_else(cluster: Cluster) -> None:
    run = Run(PROBE)
    done = {"labels": {LABEL: "old"}, "name": "govcloud-probe-old", "namespace": "c", "uid": "c"}
    cluster.plant("c", "govcloud-probe-old", metadata=done, status={"phase": "Failed"})
    cluster.plant("d", "govcloud-probe-new", metadata={**done, "name": "govcloud-probe-new", "namespace": "d"})
    cluster.plant("e", "own", status={"phase": "Failed"})
    cluster.policies["c/govcloud-probe-old"] = {"metadata": done}
    measured(cluster, run)
    assert (cluster.named("c"), cluster.named("d"), cluster.named("e")) == (set(), {"govcloud-probe-new"}, {"own"})
    assert cluster.policies == {}


def test_nobody_who_may_run_probes_is_no_result() -> None:
    with pytest.raises(BlindError), deployed(None, Run(PROBE), NAMESPACES, PORTS):
        pass
