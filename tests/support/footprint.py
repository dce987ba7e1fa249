"""What a cloud leaves on the machine: everything that `down` must have taken away again."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from govcloud_local.ports import Ports

__all__ = ["Footprint", "Listener", "listeners", "members", "namespaces", "processes", "take"]

_KINDS = ("mnt", "net", "pid", "ipc", "uts")


@dataclass(frozen=True)
class Footprint:
    """The machine as one cloud could have changed it. Other clouds may run beside it; they change none of this."""

    interfaces: frozenset[str]
    routes: frozenset[str]
    rules: frozenset[str]
    packet_rules: str
    profiles: frozenset[str]
    """Of AppArmor, in the kernel."""
    mounts: frozenset[str]
    named_namespaces: frozenset[str]
    processes: frozenset[str]
    """Those that know the state folder."""
    listeners: frozenset[int]
    """Of the cloud's ports."""
    sockets: frozenset[str]
    """Socket files in /tmp with one of the cloud's ports, and local sockets that are bound below the state."""


@dataclass(frozen=True)
class Listener:
    """A listening TCP socket of the machine's own network namespace."""

    address: str
    """As /proc/net/tcp writes it."""
    port: int
    inode: str


def take(state: Path, base: int) -> Footprint:
    """Look now."""
    numbers = {*range(base, base + 30), *Ports(base).storage}
    routes = [*_lines("/proc/net/route"), *_lines("/proc/net/ipv6_route")]
    unix = [line.split()[7] for line in _lines("/proc/net/unix") if len(line.split()) > 7]
    files = [str(f) for f in Path("/tmp").glob("*.sock") if any(f.stem.endswith(f"-{n}") for n in numbers)]
    return Footprint(
        interfaces=frozenset(p.name for p in Path("/sys/class/net").iterdir()),
        routes=frozenset(_route(line) for line in routes),
        rules=frozenset(_output("ip", "rule").splitlines() + _output("ip", "-6", "rule").splitlines()),
        packet_rules=_output("nft", "list", "ruleset"),
        profiles=frozenset(_lines("/sys/kernel/security/apparmor/profiles")),
        mounts=frozenset(line.split()[4] for line in _lines("/proc/self/mountinfo")),
        named_namespaces=frozenset(p.name for p in Path("/run/netns").glob("*")),
        processes=frozenset(processes(state).values()),
        listeners=frozenset(found.port for found in listeners() if found.port in numbers),
        sockets=frozenset([*files, *(path for path in unix if path.startswith(str(state)))]),
    )


def processes(state: Path) -> dict[int, str]:
    """Return the processes whose command line or environment names the state folder: id → command line."""
    found = {}
    wanted = str(state).encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or entry.name == str(os.getpid()):
            continue
        with contextlib.suppress(OSError):
            line = (entry / "cmdline").read_bytes()
            if wanted in line or wanted in (entry / "environ").read_bytes():
                found[int(entry.name)] = line.replace(b"\0", b" ").decode(errors="replace").strip()
    return found


@contextlib.contextmanager
def namespaces(pid: int) -> Iterator[frozenset[str]]:
    """Give the namespaces of a process that are not those of the tests, and hold them open.

    The kernel gives the numbers of namespaces that are gone to new ones, such as those of a cloud that starts beside
    this one; while they are open, whoever lives in a namespace of that number lives in this one.
    """
    with contextlib.ExitStack() as stack:
        for kind in _KINDS:
            stack.callback(os.close, os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC))
        yield frozenset(_links(pid)) - frozenset(_links("self"))


def members(wanted: frozenset[str]) -> dict[int, str]:
    """Return the processes that live in one of these namespaces: id → name."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if wanted & frozenset(_links(entry.name)):
                    found[int(entry.name)] = (entry / "comm").read_text().strip()
    return found


def listeners() -> list[Listener]:
    """Return every TCP socket that listens in the machine's own network namespace."""
    found = []
    for line in [*_lines("/proc/net/tcp"), *_lines("/proc/net/tcp6")]:
        fields = line.split()
        if len(fields) > 9 and fields[3] == "0A":
            address, _, port = fields[1].partition(":")
            found.append(Listener(address, int(port, 16), fields[9]))
    return found


def _links(pid: int | str) -> list[str]:
    return [str((Path("/proc") / str(pid) / "ns" / kind).readlink()) for kind in _KINDS]


def _route(line: str) -> str:
    fields = line.split()
    # use and reference counters change by themselves
    return " ".join(fields[:4] + fields[7:8] if len(fields) == 11 else fields[:5] + fields[9:])


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _output(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
