"""What one pod may take of the limits that the kernel has for a user.

Pods have user numbers of their own, but the kernel also adds up what is used below the user who made their namespaces,
and that is root for all of them: without limits of its own, one pod could take what the others and the node need.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["INSTANCES", "added"]

INSTANCES = 8
"""Of inotify, for all containers of a pod: a service watches its configuration with one or two."""
# A hook finds the container's first process in the state that it reads, and acts in that process's user namespace.
_HOOK = f"""\
pid=$(sed -n 's/.*"pid": *\\([0-9]*\\).*/\\1/p')
[ "$(readlink /proc/self/ns/user)" = "$(readlink "/proc/$pid/ns/user")" ] && exit 0
exec nsenter --user --target "$pid" -- sh -c 'echo {INSTANCES} > /proc/sys/user/max_inotify_instances'
"""


def added(usual: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every container starts from (an OCI runtime specification) with the limits of a pod.

    They hold for pods in user namespaces; others are left as they are.
    """
    # the runtime's own way, without a file to start from, is to set no limits of processes
    process = {name: value for name, value in usual["process"].items() if name != "rlimits"}
    hook = {"path": "/bin/sh", "args": ["sh", "-c", _HOOK]}
    return {**usual, "process": process, "hooks": {"createRuntime": [hook]}}
