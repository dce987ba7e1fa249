"""The ports of one embedded cloud: all at fixed distances from one base, all checked before anything starts."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from govcloud_base.errors import EnvironmentProblem, Problem, Text, UsageError

__all__ = ["DEFAULT_BASE", "WORKLOAD_S3_PORT", "Ports", "check_base", "holder", "require_free", "taken"]

DEFAULT_BASE = 16400
WORKLOAD_S3_PORT = 8333
"""S3 as pods see it, at an address of its own in the cloud's network namespace: no base, nobody else is there."""
_LOWEST, _SPAN = 1024, 10_018  # the object store's worker talks to its admin port + 10000


@dataclass(frozen=True, slots=True)
class Ports:
    """TCP ports of one embedded cloud, all on loopback or in the cloud's network namespace."""

    base: int

    @property
    def etcd(self) -> int:
        """Clients of etcd (mutual TLS)."""
        return self.base

    @property
    def etcd_peer(self) -> int:
        """Members of etcd (mutual TLS)."""
        return self.base + 1

    @property
    def api(self) -> int:
        """The Kubernetes API."""
        return self.base + 2

    @property
    def controllers(self) -> int:
        """Health and metrics of kube-controller-manager."""
        return self.base + 3

    @property
    def scheduler(self) -> int:
        """Health and metrics of kube-scheduler."""
        return self.base + 4

    @property
    def store_master(self) -> int:
        """SeaweedFS master; gRPC one above, as for all its ports."""
        return self.base + 10

    @property
    def store_volume(self) -> int:
        """SeaweedFS volume server."""
        return self.base + 12

    @property
    def store_filer(self) -> int:
        """SeaweedFS filer."""
        return self.base + 14

    @property
    def s3(self) -> int:
        """S3 over HTTPS."""
        return self.base + 16

    @property
    def store_admin(self) -> int:
        """SeaweedFS admin; its worker dials this + 10000."""
        return self.base + 18

    @property
    def registry(self) -> int:
        """Registry of images over HTTPS."""
        return self.base + 20

    @property
    def storage(self) -> tuple[int, ...]:
        """Every port that the object store opens."""
        b = self.base
        return (*range(b + 10, b + 19), b + 18 + 10_000)


def check_base(base: int) -> int:
    """Return `base`, or raise UsageError where the ports above it do not exist or need root."""
    if _LOWEST <= base <= 65_535 - _SPAN:
        return base
    raise UsageError(
        Problem(
            code="GC-LOCAL-001",
            message=Text("the port base is out of range", "cổng cơ sở nằm ngoài phạm vi cho phép"),
            fix=Text("choose another --port-base", "hãy chọn --port-base khác"),
            value=str(base),
            allowed=f"{_LOWEST}…{65_535 - _SPAN}",
        )
    )


def taken(ports: Iterable[int]) -> list[int]:
    """Return those ports of 127.0.0.1 that nobody could listen on now."""
    found = []
    for port in ports:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # TIME_WAIT of a former run does not count
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
                found.append(port)
    return found


def require_free(ports: Iterable[int]) -> None:
    """Raise EnvironmentProblem naming every port that is taken and, where this user may know, by whom."""
    problems = []
    for port in taken(ports):
        owner = holder(port)
        by = Text(f" by {owner.en}", f" bởi {owner.vi}") if owner else Text("", "")
        problems.append(
            Problem(
                code="GC-LOCAL-002",
                message=Text(
                    f"port {port} of 127.0.0.1 is taken{by.en}", f"cổng {port} của 127.0.0.1 đã bị chiếm{by.vi}"
                ),
                fix=Text(
                    "stop that program, or use other ports: `govcloud local up --port-base N`",
                    "hãy dừng chương trình đó, hoặc dùng cổng khác: `govcloud local up --port-base N`",
                ),
            )
        )
    if problems:
        raise EnvironmentProblem(problems)


def holder(port: int) -> Text | None:
    """Return "name (process id)" of the process that listens on this port, or None where that cannot be seen."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    if not sockets:
        return None
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            for handle in (process / "fd").iterdir():
                if str(handle.readlink()) in sockets:
                    name = (process / "comm").read_text().strip()
                    return Text(f"{name} (process {process.name})", f"{name} (tiến trình {process.name})")
    return None


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(fields[9])
    return inodes
