"""Between real pods: what policy allows passes, the rest is dropped, and without the agent nothing new passes."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from breakable_cloud import BreakableCloud
from port_bases import NODE_POLICY as BASE
from probe_image import PROBE, probe_of

from govcloud_local.daemons.process import Process

pytestmark = pytest.mark.node

_CONNECT = """\
import os, socket, sys
os.environ["RES_OPTIONS"] = "timeout:2 attempts:2"  # a resolver waits 20 s for a name service that is cut off
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3])).close()
    print("open")
except socket.gaierror:
    print("no name")
except TimeoutError:
    print("dropped")
except OSError as error:
    print(error.strerror)
"""
# From its first instruction on, tries without pause; says how often it got through and how often it tried.
_EAGER = """\
import socket, sys, time
opened = tried = 0
end = time.monotonic() + 6
while time.monotonic() < end:
    tried += 1
    try:
        socket.create_connection((sys.argv[1], int(sys.argv[2])), 0.25).close()
        opened += 1
    except OSError:
        pass
    time.sleep(0.02)
print(opened, tried)
"""
# Opens a connection, waits for a word on its standard input, then asks over that same connection.
_LATE = """\
import socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
print("connected", flush=True)
sys.stdin.readline()
connection.settimeout(3)
try:
    connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    print("answered" if connection.recv(100) else "closed")
except TimeoutError:
    print("dropped")
"""


class Playground:
    """Two namespaces, a client in one and a server behind a Service in the other."""

    def __init__(self, cloud: BreakableCloud, folder: Path) -> None:
        self.cloud = cloud
        self.folder = folder

    def apply(self, *manifests: dict[str, Any]) -> None:
        """Apply manifests."""
        file = self.folder / "manifests.json"
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
        file.write_text(text.replace(PROBE.reference, probe_of(self.cloud.environment)))
        self.cloud.kubectl("apply", "--filename", str(file))

    def server_address(self) -> str:
        """Return the server's own address."""
        return self.cloud.kubectl("get", "pod", "server", "--namespace=there", "--output=jsonpath={.status.podIP}")

    def reach(self, host: str, port: int, patience: float = 2.0) -> str:
        """Return what the client finds at an address: "open", "dropped", "no name" or the system's words."""
        command = ["python3", "-S", "-c", _CONNECT, host, str(port), str(patience)]
        return self.cloud.kubectl("exec", "client", "--namespace=here", "--", *command).strip()

    def reach_soon(self, host: str, port: int, wanted: str = "open", patience: float = 2.0) -> str:
        """Return the same, given the time that a part needs to catch up with a repair or a new policy."""
        end = time.monotonic() + 20
        while (found := self.reach(host, port, patience)) != wanted and time.monotonic() < end:
            time.sleep(0.3)
        return found

    def restarts(self) -> dict[str, int]:
        """Return how often each pod's container was started again."""
        pods = json.loads(self.cloud.kubectl("get", "pods", "--all-namespaces", "--output=json"))["items"]
        return {p["metadata"]["name"]: p["status"]["containerStatuses"][0]["restartCount"] for p in pods}


def _pod(name: str, namespace: str, *command: str) -> dict[str, Any]:
    container: dict[str, Any] = {
        "name": "main",
        "image": PROBE.reference,
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
    }
    if command:
        container["command"] = list(command)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 0,
            "restartPolicy": "Always" if not command else "Never",
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container],
        },
    }


def _namespace(name: str) -> dict[str, Any]:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def _deny(namespace: str, *kinds: str) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "deny", "namespace": namespace},
        "spec": {"podSelector": {}, "policyTypes": list(kinds)},
    }


@pytest.fixture(scope="module")
def running(breakable: BreakableCloud, tmp_path_factory: pytest.TempPathFactory) -> Playground:
    """Bring a full cloud up with the pods in it."""
    breakable.up(BASE, "full")
    ground = Playground(breakable, tmp_path_factory.mktemp("manifests"))
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "server", "namespace": "there"},
        "spec": {"selector": {"app": "server"}, "ports": [{"port": 80, "targetPort": 8080}]},
    }
    ground.apply(_namespace("here"), _namespace("there"), service, _pod("client", "here"), _pod("server", "there"))
    for namespace in ("here", "there"):
        breakable.kubectl("wait", "pod", "--all", f"--namespace={namespace}", "--for=condition=Ready", "--timeout=60s")
    return ground


@pytest.fixture
def ground(running: Playground) -> Iterator[Playground]:
    """Give the pods without any policy, and remove what a test made."""
    yield running
    running.cloud.kubectl("delete", "networkpolicy", "--all", "--all-namespaces")


def _kill(cloud: BreakableCloud, name: str) -> None:
    victim = Process.load(cloud.state / "run" / f"{name}.json")
    assert victim is not None
    victim.signal(signal.SIGKILL)
    while victim.alive():
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("namespace", "direction"), [("there", "Ingress"), ("here", "Egress")], ids=["at the server", "at the client"]
)
def test_a_denied_flow_is_dropped_and_comes_back(ground: Playground, namespace: str, direction: str) -> None:
    address = ground.server_address()
    assert ground.reach_soon(address, 8080) == "open"
    ground.apply(_deny(namespace, direction))
    assert ground.reach_soon(address, 8080, "dropped") == "dropped"
    ground.cloud.kubectl("delete", "networkpolicy", "deny", f"--namespace={namespace}")
    assert ground.reach_soon(address, 8080) == "open"


def test_a_service_is_no_way_around_policy(ground: Playground) -> None:
    address = ground.cloud.kubectl(
        "get", "service", "server", "--namespace=there", "--output=jsonpath={.spec.clusterIP}"
    )
    assert ground.reach_soon("server.there.svc.cluster.local", 80) == "open"
    ground.apply(_deny("there", "Ingress"))
    assert ground.reach_soon("server.there.svc.cluster.local", 80, "dropped") == "dropped"
    assert ground.reach(address, 80) == "dropped"


def test_names_need_an_allowed_way_to_the_name_service(ground: Playground) -> None:
    ground.apply(_deny("here", "Egress"))
    assert ground.reach_soon("server.there.svc.cluster.local", 80, "no name") == "no name"


def test_pods_reach_of_the_node_only_the_api_and_that_by_policy(ground: Playground) -> None:
    assert ground.reach_soon("kubernetes.default.svc.cluster.local", 443) == "open"
    assert ground.reach("10.250.0.1", BASE + 2) == "open"
    for host, port in (("10.250.0.1", 10250), ("10.251.0.1", 10250), ("10.250.0.1", BASE), ("10.250.0.1", 22)):
        assert ground.reach(host, port, patience=1) == "dropped", (host, port)
    ground.apply(_deny("here", "Egress"))
    assert ground.reach_soon("10.250.0.1", BASE + 2, "dropped") == "dropped"


def test_there_is_no_way_out(ground: Playground) -> None:
    assert ground.reach("192.0.2.1", 443) == "Network is unreachable"


def test_a_new_pod_says_nothing_before_its_policies_are_known(ground: Playground) -> None:
    address = ground.server_address()
    ground.apply(_namespace("closed"), _deny("closed", "Egress"))
    command = ("python3", "-S", "-c", _EAGER, address, "8080")
    ground.apply(*(_pod(f"eager-{n}", namespace, *command) for n in range(4) for namespace in ("here", "closed")))
    for namespace, through in (("here", True), ("closed", False)):
        for number in range(4):
            pod = f"eager-{number}"
            ground.cloud.kubectl(
                "wait",
                "pod",
                pod,
                f"--namespace={namespace}",
                "--for=jsonpath={.status.phase}=Succeeded",
                "--timeout=90s",
            )
            opened, tried = map(int, ground.cloud.kubectl("logs", pod, f"--namespace={namespace}").split())
            assert tried > 3
            assert (opened > 0) == through, f"{pod} in {namespace}: {opened} of {tried}"
            ground.cloud.kubectl("delete", "pod", pod, f"--namespace={namespace}")


@pytest.fixture
def stranger(ground: Playground) -> Iterator[list[str]]:
    """Plug something into the pod network that is no pod: what a pod is until its API server and node tell of it.

    Gives the command prefix that runs a program there.
    """
    node = Process.load(ground.cloud.state / "run" / "node-init.json")
    assert node is not None
    there = ["nsenter", f"--target={node.pid}", "--net", "--"]
    with subprocess.Popen([*there, "unshare", "--net", "sleep", "infinity"]) as holder:
        inside = ["nsenter", f"--target={holder.pid}", "--net", "--"]
        try:
            while Path(f"/proc/{holder.pid}/comm").read_text() != "sleep\n":
                time.sleep(0.01)
            for command in (
                [*there, "ip", "link", "add", "vethstranger", "type", "veth", "peer", "eth0", "netns", str(holder.pid)],
                [*there, "ip", "address", "add", "10.251.0.1/32", "dev", "vethstranger"],
                [*there, "ip", "link", "set", "vethstranger", "up"],
                [*there, "ip", "route", "add", "10.251.99.9/32", "dev", "vethstranger"],
                [*inside, "ip", "address", "add", "10.251.99.9/32", "dev", "eth0"],
                [*inside, "ip", "link", "set", "eth0", "up"],
                [*inside, "ip", "route", "add", "10.251.0.1/32", "dev", "eth0"],
                [*inside, "ip", "route", "add", "default", "via", "10.251.0.1"],
            ):
                subprocess.run(command, check=True)
            yield inside
        finally:
            holder.kill()


def test_an_address_without_a_known_pod_is_refused(ground: Playground, stranger: list[str]) -> None:
    assert ground.reach_soon(ground.server_address(), 8080) == "open"
    listen = "import socket; s = socket.create_server(('', 8080)); print('on', flush=True); s.accept()"
    with subprocess.Popen([*stranger, "python3", "-c", listen], stdout=subprocess.PIPE, text=True) as listener:
        assert listener.stdout is not None
        assert listener.stdout.readline() == "on\n"
        assert ground.reach("10.251.99.9", 8080) == "dropped"
        node = Process.load(ground.cloud.state / "run" / "node-init.json")
        assert node is not None
        # the node itself gets through, so the cable is good
        by_node = ["nsenter", f"--target={node.pid}", "--net", "python3", "-c", _CONNECT, "10.251.99.9", "8080", "5"]
        assert subprocess.run(by_node, capture_output=True, text=True, check=True).stdout == "open\n"
    out = [*stranger, "python3", "-c", _CONNECT, ground.server_address(), "8080", "2"]
    assert subprocess.run(out, capture_output=True, text=True, check=True).stdout == "dropped\n"


def test_a_pod_cannot_speak_in_anothers_name(ground: Playground, stranger: list[str]) -> None:
    address = ground.cloud.kubectl("get", "pod", "client", "--namespace=here", "--output=jsonpath={.status.podIP}")
    assert ground.reach_soon(ground.server_address(), 8080) == "open"
    subprocess.run([*stranger, "ip", "address", "add", f"{address}/32", "dev", "eth0"], check=True)
    say = (
        "import socket, sys; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind((sys.argv[1], 0)); "
        "s.sendto(b'x', (sys.argv[2], 9))"
    )
    node = Process.load(ground.cloud.state / "run" / "node-init.json")
    assert node is not None
    rule = ["nsenter", f"--target={node.pid}", "--net", "nft", "insert", "rule", "inet", "govcloud", "forward"]
    subprocess.run([*rule, "iifname", "vethstranger", "counter"], check=True)
    subprocess.run([*stranger, "python3", "-c", say, address, ground.server_address()], check=True)
    subprocess.run([*stranger, "python3", "-c", say, "10.251.99.9", ground.server_address()], check=True)
    show = ["nsenter", f"--target={node.pid}", "--net", "nft", "-j", "list", "chain", "inet", "govcloud", "forward"]
    listed = json.loads(subprocess.run(show, capture_output=True, text=True, check=True).stdout)["nftables"]
    counters = [e["counter"]["packets"] for r in listed if "rule" in r for e in r["rule"]["expr"] if "counter" in e]
    # its own name came through to the rules, the other's did not
    assert counters == [1]


@pytest.mark.parametrize("denied", [False, True], ids=["benign twin", "denied later"])
def test_a_later_policy_ends_an_open_connection(ground: Playground, denied: bool) -> None:
    address = ground.server_address()
    assert ground.reach_soon(address, 8080) == "open"
    command = ["kubectl", "exec", "--stdin", "client", "--namespace=here", "--"]
    with subprocess.Popen(
        [*command, "python3", "-S", "-c", _LATE, address, "8080"],
        env=ground.cloud.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as late:
        assert late.stdout is not None
        assert late.stdout.readline() == "connected\n"
        if denied:
            ground.apply(_deny("there", "Ingress"))
            # a new connection shows that the agent knows; what is open follows at its next look
            assert ground.reach_soon(address, 8080, "dropped") == "dropped"
        time.sleep(3.0)
        said, _ = late.communicate("go\n", timeout=60)
    assert said == ("dropped\n" if denied else "answered\n")


def test_without_the_agent_nothing_new_passes(ground: Playground) -> None:
    address = ground.server_address()
    assert ground.reach_soon(address, 8080) == "open"
    _kill(ground.cloud, "kube-network-policies")
    assert ground.reach(address, 8080) == "dropped"
    ground.cloud.up(BASE, "full")
    assert ground.reach_soon(address, 8080) == "open"


def test_pods_outlive_their_runtime_and_their_kubelet(ground: Playground) -> None:
    before = ground.restarts()
    _kill(ground.cloud, "containerd")
    _kill(ground.cloud, "kubelet")
    ground.cloud.up(BASE, "full")
    assert ground.reach_soon(ground.server_address(), 8080) == "open"
    assert ground.restarts() == before


def test_bringing_it_up_again_touches_no_pod(ground: Playground) -> None:
    before = ground.restarts()
    ground.cloud.up(BASE, "full")
    assert ground.restarts() == before
