"""The node as a machine: what its process 1 builds, and how to tell that it stands."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from govcloud_base.errors import Text
from govcloud_local import private_file
from govcloud_local.daemons.component import NODE_INIT, Component, Home
from govcloud_local.daemons.process import Namespace, Process
from govcloud_local.node import cgroups, init, network
from govcloud_local.settings import Settings

__all__ = ["ENVIRONMENT", "command", "component", "inside", "prepare"]

ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
"""What every daemon of the node gets: the kubelet and kube-proxy call mount, nft, conntrack and iptables by name."""

_READY = "/run/govcloud/ready"
_COVERED = ("/run", "/var/lib", "/var/log")
_PRETENDED = {
    # what the kubelet would set for the whole machine, at the values that it wants to see
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}


def command(program: Path, *arguments: str) -> tuple[str, ...]:
    """Return a command line that runs `program` with the usual file mode mask.

    Daemons of the cloud start with a mask that hides what they write from others. In the node that would be the pods:
    they run as other users, on file systems that these daemons make.
    """
    return ("/bin/sh", "-c", 'umask 022 && exec "$0" "$@"', str(program), *arguments)


def inside(settings: Settings, path: str) -> Path:
    """Return how the machine sees `path` of the node; a path that does not exist while there is no node."""
    node = Process.load(settings.run / f"{NODE_INIT}.json")
    return Path(f"/proc/{node.pid if node and node.alive() else 0}/root{path}")


def prepare(settings: Settings, tools: Iterable[Path], *, queue_expression: bool) -> None:
    """Write the plan for process 1. `tools` are the programs that must stay visible inside."""
    kept = [settings.state, Path(sys.prefix), Path(sys.base_prefix), Path(init.__file__).parent, *tools]
    commands = [
        (["ip", "-batch", "-"], network.addresses(settings)),
        (["nft", "-f", "-"], network.rules(settings, queue_expression=queue_expression)),
    ]
    if not queue_expression:
        commands.append((["iptables-restore", "-w", "5"], network.iptables_queue()))
        if settings.second:
            commands.append((["ip6tables-restore", "-w", "5"], network.iptables_queue()))
    binds = {
        "/var/lib/containerd": private_file.folder(settings.data / "containerd"),
        "/var/lib/kubelet": private_file.folder(settings.data / "kubelet"),
        "/var/log/pods": private_file.folder(settings.logs / "pods"),
    }
    plan = {
        "hostname": settings.node_name,
        "covered": _COVERED,
        "kept": sorted({str(path.resolve()) for path in kept}),
        "binds": {target: str(source) for target, source in binds.items()},
        "pretended": _PRETENDED,
        "sysctls": network.sysctls(settings),
        "cgroups": [str(root) for root in cgroups.roots(settings)],
        "controllers": cgroups.CONTROLLERS,
        "commands": [{"argv": argv, "input": text} for argv, text in commands],
        "ready": _READY,
    }
    private_file.write(_plan(settings), json.dumps(plan, indent=1))


_UNBUILT = Text("the node's namespaces are not built", "các không gian tên của nút chưa được dựng")


def component(settings: Settings) -> Component:
    """Return process 1 of the node, which owns all its namespaces."""
    return Component(
        name=NODE_INIT,
        argv=(sys.executable, "-I", "-S", init.__file__, str(_plan(settings))),
        ready=lambda: None if inside(settings, _READY).exists() else _UNBUILT,
        # another program builds another node
        environment={**ENVIRONMENT, "GOVCLOUD_PROGRAM": hashlib.sha256(Path(init.__file__).read_bytes()).hexdigest()},
        home=Home.HOST,
        after=(),
        unshare=Namespace.ALL,
        start_seconds=15.0,
    )


def _plan(settings: Settings) -> Path:
    return settings.config / NODE_INIT / "plan.json"
