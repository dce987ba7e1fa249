"""The network policy agent: says yes or no to every new connection between pods, by the policies in force."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from govcloud_base.errors import Text
from govcloud_local.access import kubeconfig
from govcloud_local.daemons.component import NODE_INIT, Component, Home
from govcloud_local.daemons.process import Process
from govcloud_local.node import machine
from govcloud_local.node.network import JUDGED, QUEUE
from govcloud_local.settings import Settings
from govcloud_local.toolchain import Tool

__all__ = ["component", "listens", "manifests", "missing", "prepare", "runtime_connections"]

_NAME = "kube-network-policies"
_USER = "system:kube-network-policies"
_NRI = "/nri/nri.sock"


def prepare(settings: Settings) -> None:
    """Write the agent's credentials."""
    kubeconfig.write(settings, _NAME, user=_USER, groups=[])


def component(settings: Settings, tools: Mapping[str, Tool]) -> Component:
    """Return the agent. Without it nothing new passes between pods: the rules that ask it live in the node itself."""
    tool = tools[_NAME]
    return Component(
        name=_NAME,
        argv=(
            str(tool.path),
            f"--kubeconfig={settings.config / _NAME / 'kubeconfig'}",
            f"--node={settings.node_name}",
            f"--pods={','.join(settings.pod_cidrs)}",
            f"--queue={QUEUE}",
            f"--mark={JUDGED}",
        ),
        ready=lambda: _ready(settings),
        environment=machine.ENVIRONMENT,
        home=Home.NODE,
        # after the runtime, which it asks whose address a brand-new pod has
        after=("containerd", "kube-apiserver"),
        version=tool.version,
    )


def manifests() -> list[dict[str, object]]:
    """Return what lets the agent read pods, namespaces and policies, and nothing else."""
    rules = [
        {"apiGroups": [""], "resources": ["pods", "namespaces"], "verbs": ["list", "watch"]},
        {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": ["list", "watch"]},
    ]
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": _USER}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": _USER}
    return [
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": _USER},
            "rules": rules,
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": _USER},
            "roleRef": role,
            "subjects": [subject],
        },
    ]


def listens(table: str, queue: int) -> bool:
    """Tell from /proc/net/netfilter/nfnetlink_queue whether a process listens on this queue."""
    return any(line.split()[:1] == [str(queue)] for line in table.splitlines())


def runtime_connections(table: str) -> int:
    """Count, from /proc/net/unix, the runtime's connections with plugins that follow the life of pods."""
    lines = (line.split() for line in table.splitlines()[1:])
    return sum(1 for fields in lines if len(fields) == 8 and fields[5] == "03" and fields[7].endswith(_NRI))


def missing(net: Path) -> Text | None:
    """Tell from a folder /proc/PID/net of the node what the agent lacks to judge packets, or None."""
    queues = net / "netfilter" / "nfnetlink_queue"
    try:
        # where queues are a module, the first listener brings it, and the file with it
        if not queues.exists() or not listens(queues.read_text(), QUEUE):
            return Text("does not judge packets yet", "chưa xét các gói tin")
        if runtime_connections((net / "unix").read_text()) == 0:
            return Text("is not connected to the container runtime", "chưa nối với bộ chạy container")
    except OSError:
        return Text("the node is gone", "nút không còn")
    return None


def _ready(settings: Settings) -> Text | None:
    node = Process.load(settings.run / f"{NODE_INIT}.json")
    return missing(Path(f"/proc/{node.pid if node and node.alive() else 0}/net"))
