"""The full profile after `kill -9` of any one part of its node, and what is reachable from where."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import footprint
import pytest
from breakable_cloud import BreakableCloud
from port_bases import NODE_REPAIR as BASE

from govcloud_local.daemons.component import NODE_INIT
from govcloud_local.daemons.process import Process

pytestmark = pytest.mark.node
_RELAYS = ("relay-api", "relay-registry", "relay-store")
_INSIDE = {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "containerd", "registry", *_RELAYS}


@pytest.fixture(scope="module")
def cloud(breakable: BreakableCloud) -> BreakableCloud:
    """Bring a full cloud up with something in it."""
    breakable.up(BASE, "full")
    breakable.kubectl("create", "configmap", "kept", "--from-literal=answer=42")
    return breakable


def _kill(cloud: BreakableCloud, name: str) -> None:
    victim = Process.load(cloud.state / "run" / f"{name}.json")
    assert victim is not None
    victim.signal(signal.SIGKILL)
    while victim.alive():
        time.sleep(0.01)


def _node(cloud: BreakableCloud) -> int:
    process = Process.load(cloud.state / "run" / f"{NODE_INIT}.json")
    assert process is not None
    return process.pid


@pytest.mark.parametrize(
    "name",
    [*_RELAYS, "registry", "kubelet", "containerd", "kube-proxy", "kube-network-policies", "kube-scheduler", "etcd"],
)
def test_kill_status_up(cloud: BreakableCloud, name: str) -> None:
    _, before = cloud.status()
    _kill(cloud, name)
    code, broken = cloud.status()
    assert code == 4
    assert broken[name]["state"] == "down"
    cloud.up(BASE, "full")
    code, after = cloud.status()
    assert code == 0
    assert after[name]["pid"] not in (None, before[name]["pid"])
    assert after[NODE_INIT]["pid"] == before[NODE_INIT]["pid"]
    assert cloud.kubectl("get", "configmap", "kept", "--output=jsonpath={.data.answer}") == "42"


def test_a_lost_node_is_built_again_with_all_that_lived_in_it(cloud: BreakableCloud) -> None:
    _, before = cloud.status()
    with footprint.namespaces(_node(cloud)) as namespaces:
        inside = [Process.of(pid) for pid in footprint.members(namespaces)]
    assert len(inside) >= len(_INSIDE)
    _kill(cloud, NODE_INIT)
    code, broken = cloud.status()
    assert code == 4
    assert broken[NODE_INIT]["state"] == "down"
    assert broken["seaweedfs"]["state"] == "ready"
    cloud.up(BASE, "full")
    code, after = cloud.status()
    assert code == 0
    assert after["seaweedfs"]["pid"] == before["seaweedfs"]["pid"]
    assert all(after[name]["pid"] != before[name]["pid"] for name in _INSIDE)
    assert [process for process in inside if process and process.alive()] == []
    assert cloud.kubectl("get", "configmap", "kept", "--output=jsonpath={.data.answer}") == "42"


def test_after_a_repair_new_pods_run_and_names_are_answered(cloud: BreakableCloud) -> None:
    nodes = json.loads(cloud.kubectl("get", "nodes", "--output=json"))["items"]
    assert len(nodes) == 1
    conditions = {c["type"]: c["status"] for c in nodes[0]["status"]["conditions"]}
    assert conditions["Ready"] == "True"
    deployments = json.loads(cloud.kubectl("get", "deployments", "--namespace=kube-system", "--output=json"))["items"]
    for deployment in deployments:
        assert deployment["status"].get("availableReplicas") == deployment["spec"]["replicas"]


def test_pods_find_the_api_at_the_nodes_address(cloud: BreakableCloud) -> None:
    slices = cloud.kubectl("get", "endpointslices", "--selector=kubernetes.io/service-name=kubernetes", "--output=json")
    (found,) = json.loads(slices)["items"]
    assert [a for e in found["endpoints"] for a in e["addresses"]] == ["10.250.0.1"]
    assert [p["port"] for p in found["ports"]] == [BASE + 2]


def test_only_two_relays_and_the_store_listen_on_the_machine(cloud: BreakableCloud) -> None:
    _, rows = cloud.status()
    handles: dict[str, str] = {}
    for name, row in rows.items():
        for handle in Path(f"/proc/{row['pid']}/fd").iterdir():
            handles[str(handle.readlink())] = name
    ours = {
        (handles[f"socket:[{f.inode}]"], f.address) for f in footprint.listeners() if f"socket:[{f.inode}]" in handles
    }
    assert ours == {(name, "0100007F") for name in ("relay-api", "relay-registry", "seaweedfs")}


def test_the_store_is_in_the_namespace_at_an_address_of_its_own(cloud: BreakableCloud) -> None:
    fields = [line.split() for line in Path(f"/proc/{_node(cloud)}/net/tcp").read_text().splitlines()[1:]]
    port = f"{8333:04X}"
    assert [f[1] for f in fields if f[3] == "0A" and f[1].endswith(f":{port}")] == [f"0200FA0A:{port}"]


@pytest.mark.parametrize("relay", _RELAYS)
def test_a_relay_has_given_up_root(cloud: BreakableCloud, relay: str) -> None:
    _, rows = cloud.status()
    lines = Path(f"/proc/{rows[relay]['pid']}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    assert set(fields["Uid"].split()) == {"65534"}
    assert int(fields["CapEff"], 16) == 0


def test_logs_of_pods_come_through_the_api(cloud: BreakableCloud) -> None:
    said = cloud.kubectl("logs", "--namespace=kube-system", "--selector=k8s-app=kube-dns")
    assert "CoreDNS" in said
