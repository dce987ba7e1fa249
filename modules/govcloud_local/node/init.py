"""Process 1 of the node: builds the node's view of the machine, then adopts and reaps what lives in it.

A program of its own, standard library only: it is started with new mount, process, network, host-name and IPC
namespaces and one argument, the plan that `govcloud_local.node.machine` wrote. All that the node ever mounts, plugs or
starts belongs to these namespaces, so the kernel removes it all when this process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
_GRACE = 5.0
"""Seconds that the node's processes get between SIGTERM and the end of this process."""
_WHOLE_PROC = Path("/run/govcloud/proc")
_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Carry out the plan (a JSON file named by the only argument), then reap until told to end."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    # blocked from the start: as process 1 of its namespace it would otherwise be deaf to SIGTERM
    awaited = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    socket.sethostname(plan["hostname"])
    build_view(plan["covered"], plan["kept"], plan["binds"])
    pretend(plan["pretended"])
    for folder in plan["cgroups"]:
        make_cgroup(Path(folder), plan["controllers"])
    for command in plan["commands"]:
        run(command["argv"], command["input"])
    for name, value in plan["sysctls"].items():  # some exist only now, with the modules that the commands loaded
        set_sysctl(name, value)
    ready = Path(plan["ready"])
    ready.parent.mkdir(parents=True, exist_ok=True)
    ready.write_text("")
    print(f"the node {plan['hostname']} is there", flush=True)
    while signal.sigwait(awaited) == signal.SIGCHLD:
        reap()
    end()


def build_view(covered: Sequence[str], kept: Sequence[str], binds: Mapping[str, str]) -> None:
    """Cover folders of the machine with empty ones, show again those in `kept`, and bind `{target: source}`."""
    sources = {target: os.open(source, os.O_PATH) for target, source in binds.items()}
    hidden = [path for path in kept if any(Path(path).is_relative_to(cover) for cover in covered)]
    sources.update({path: os.open(path, os.O_PATH) for path in hidden if path not in sources})
    mount(None, "/", None, _MS_PRIVATE | _MS_REC)
    mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    for cover in covered:
        mount("tmpfs", cover, "tmpfs", _MS_NOSUID | _MS_NODEV, "mode=0755,size=64m")
    for target, handle in sources.items():
        Path(target).mkdir(parents=True, exist_ok=True)
        mount(f"/proc/self/fd/{handle}", target, None, _MS_BIND | _MS_REC)
        os.close(handle)
    # once more, and never covered (see `pretend`): only who sees a whole one may mount one in a user namespace
    _WHOLE_PROC.mkdir(parents=True)
    mount("proc", str(_WHOLE_PROC), "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)


def pretend(values: Mapping[str, str]) -> None:
    """Show own values in place of the machine's under /proc/sys, to the node only.

    The kubelet would set kernel-wide switches; seeing them set, it leaves the machine alone.
    """
    folder = Path("/run/pretended")
    folder.mkdir()
    for name, value in values.items():
        file = folder / name.replace("/", ".")
        file.write_text(value + "\n")
        target = Path("/proc/sys", *name.split("/"))
        if target.exists():
            mount(str(file), str(target), None, _MS_BIND)


def set_sysctl(name: str, value: str) -> None:
    """Set a switch of the node's own network; end the node when that is refused."""
    file = Path("/proc/sys", *name.split("/"))
    if name.startswith("net/ipv6/") and not file.exists():
        return  # a kernel without IPv6 needs no switching off
    try:
        file.write_text(value)
    except OSError as error:
        sys.exit(f"cannot set {name} to {value}: {error.strerror}")


def make_cgroup(folder: Path, needed: Sequence[str]) -> None:
    """Make a control group, in version 2 with at least the `needed` controllers; end the node when they are refused.

    In the first version's cpuset hierarchy it gets the processors of the one above.
    """
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)  # pods in user namespaces look for their own below it
    for name in ("cpuset.mems", "cpuset.cpus"):
        if (folder / name).exists() and not (folder / "cgroup.controllers").exists():
            (folder / name).write_text((folder.parent / name).read_text())
    available = folder.parent / "cgroup.controllers"
    if available.exists():  # version 2
        for name in available.read_text().split():
            for group in (folder.parent, folder):
                # one by one: some can't be handed on while the group above holds processes, and not all are needed
                with contextlib.suppress(OSError):
                    (group / "cgroup.subtree_control").write_text(f"+{name}")
        got = (folder / "cgroup.controllers").read_text().split()
        lacking = [name for name in needed if name not in got]
        if lacking:
            sys.exit(f"{folder} does not get the controllers {', '.join(lacking)}: {folder.parent} holds processes")


def run(argv: Sequence[str], text: str) -> None:
    """Run one command of the plan; end the node with the reason when it fails."""
    found = shutil.which(argv[0])
    if found is None:
        sys.exit(f"{argv[0]} is not installed")
    # SIGCHLD stays blocked here, which does not hinder waiting for this child
    result = subprocess.run(
        [found, *argv[1:]], input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if result.returncode != 0:
        sys.exit(f"{' '.join(argv)}: {result.stdout.strip()}")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Call mount(2); end the node with the reason when the kernel refuses."""
    arguments: Iterable[bytes | None] = (None if x is None else x.encode() for x in (source, target, kind))
    first, second, third = arguments
    if _libc.mount(first, second, third, ctypes.c_ulong(flags), data.encode() if data else None) != 0:
        sys.exit(f"cannot mount {kind or source or 'privately'} on {target}: {os.strerror(ctypes.get_errno())}")


def reap() -> bool:
    """Collect every ended child; return whether any child is left."""
    try:
        while True:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return True
    except ChildProcessError:
        return False


def end() -> None:
    """Ask everything in the node to end and wait a little; the kernel ends the rest with this process."""
    try:
        os.kill(-1, signal.SIGTERM)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + _GRACE
    while others() and time.monotonic() < deadline:
        reap()
        time.sleep(0.05)


def others() -> bool:
    """Tell whether this namespace holds another process: not all of them are children of this one."""
    return any(path.name.isdigit() and path.name != "1" for path in Path("/proc").iterdir())


if __name__ == "__main__":
    main()
