"""One embedded cloud's settings: what `up` was told, kept in its state folder, and all names and addresses from it."""

from __future__ import annotations

import contextlib
import enum
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from govcloud.refusal import refusal
from govcloud_base.errors import EnvironmentProblem, Problem, Text
from govcloud_local import private_file
from govcloud_local.ports import DEFAULT_BASE, WORKLOAD_S3_PORT, Ports, check_base

__all__ = ["FORMAT", "REGISTRY", "Profile", "SecondFamily", "Settings", "load", "save", "writing"]

FORMAT = 1
"""Layout of the state folder; raised when an older one cannot be read any more."""

REGISTRY = "govcloud.local"
"""The registry of images, as clouds declare it and references begin; its node's runtime is told where that is."""


class Profile(enum.StrEnum):
    """How much of a cloud."""

    CONTROL_PLANE = "control-plane"
    """API server, controllers and object store; needs no root."""
    FULL = "full"
    """Also a scheduler and a node with enforced network policy; needs root."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondFamily:
    """What a cluster has besides where it speaks IPv6 as well as IPv4: the node's address, and two address ranges."""

    node_address: str
    pod_cidr: str
    service_cidr: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything that the parts of one embedded cloud must agree on."""

    state: Path
    profile: Profile
    base: int = DEFAULT_BASE
    cluster: str = "govcloud-local"
    node_name: str = "govcloud-node"
    node_address: str = "10.250.0.1"
    store_address: str = "10.250.0.2"
    store_port: int = WORKLOAD_S3_PORT
    pod_cidr: str = "10.251.0.0/16"
    service_cidr: str = "10.252.0.0/16"
    kubernetes_address: str = "10.252.0.1"
    dns_address: str = "10.252.0.10"
    cluster_domain: str = "cluster.local"
    second: SecondFamily | None = None

    @property
    def full(self) -> bool:
        """Whether there is a node, and so a network namespace of the cloud's own."""
        return self.profile is Profile.FULL

    @property
    def image_lock(self) -> Path:
        """File with the digests of the project's images that were built for this cloud's registry."""
        return self.state / "images.yaml"

    @property
    def ports(self) -> Ports:
        """The TCP ports."""
        return Ports(self.base)

    @property
    def node_addresses(self) -> tuple[str, ...]:
        """The node's address, one a family."""
        return (self.node_address, *([self.second.node_address] if self.second else []))

    @property
    def pod_cidrs(self) -> tuple[str, ...]:
        """Where pods' addresses come from, one range a family."""
        return (self.pod_cidr, *([self.second.pod_cidr] if self.second else []))

    @property
    def service_cidrs(self) -> tuple[str, ...]:
        """Where Services' addresses come from, one range a family."""
        return (self.service_cidr, *([self.second.service_cidr] if self.second else []))

    @property
    def api_address(self) -> str:
        """Where the API server listens, as its neighbours see it."""
        return self.node_address if self.full else "127.0.0.1"

    @property
    def api_url(self) -> str:
        """The Kubernetes API for components beside it."""
        return f"https://{self.api_address}:{self.ports.api}"

    @property
    def machine_api_url(self) -> str:
        """The Kubernetes API for everybody on this machine."""
        return f"https://127.0.0.1:{self.ports.api}"

    @property
    def s3_url(self) -> str:
        """The S3 endpoint, on this machine."""
        return f"https://127.0.0.1:{self.ports.s3}"

    @property
    def registry_url(self) -> str:
        """The registry of images: on this machine, and at the same address of the cloud's own loopback for its node."""
        return f"https://127.0.0.1:{self.ports.registry}"

    @property
    def workload_s3_url(self) -> str:
        """The S3 endpoint for pods; the same in every cloud, since declarations name it."""
        return f"https://{self.store_address}:{self.store_port}"

    @property
    def bin(self) -> Path:
        """Tools that `govcloud local env` puts first on PATH."""
        return self.state / "bin"

    @property
    def pki(self) -> Path:
        """Certificates and keys, one folder an authority."""
        return self.state / "pki"

    @property
    def run(self) -> Path:
        """Records of running daemons."""
        return self.state / "run"

    @property
    def logs(self) -> Path:
        """One log a component, and the audit log."""
        return self.state / "logs"

    @property
    def config(self) -> Path:
        """Generated configuration, one folder a component; may be deleted while the cloud is down."""
        return self.state / "config"

    @property
    def data(self) -> Path:
        """What must not be lost, one folder a component."""
        return self.state / "data"

    @property
    def kubeconfig(self) -> Path:
        """The platform engineer's kubeconfig."""
        return self.state / "kubeconfig"


def load(state: Path) -> Settings | None:
    """Return the settings kept in `state`, or None when there is no cloud in it.

    Raises EnvironmentProblem when the state cannot be read or was written by an incompatible version.
    """
    file = state / "settings.json"
    try:
        record = json.loads(file.read_text())
        found = record["format"]
        if found != FORMAT:
            raise EnvironmentProblem(
                Problem(
                    code="GC-LOCAL-003",
                    message=Text(
                        f"the state in {state} was written by another version of govcloud",
                        f"trạng thái trong {state} do một phiên bản govcloud khác ghi",
                    ),
                    fix=Text(
                        "use that version, or delete the state with all its data: `govcloud local reset`",
                        "hãy dùng phiên bản đó, hoặc xóa trạng thái cùng toàn bộ dữ liệu: `govcloud local reset`",
                    ),
                    value=Text(f"format {found}", f"dạng {found}"),
                    allowed=Text(f"format {FORMAT}", f"dạng {FORMAT}"),
                )
            )
        return Settings(state=state, profile=Profile(record["profile"]), base=check_base(int(record["base"])))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EnvironmentProblem(
            Problem(
                code="GC-LOCAL-004",
                message=Text(f"cannot read the cloud's state {file}", f"không đọc được trạng thái của đám mây {file}"),
                fix=Text(
                    "check who owns the file; if it is damaged, start anew: `govcloud local reset`",
                    "hãy kiểm tra chủ sở hữu của tệp; nếu tệp hỏng, hãy làm lại từ đầu: `govcloud local reset`",
                ),
                value=refusal(error)
                if isinstance(error, OSError)
                else Text("not a settings file", "không phải tệp cấu hình"),
            )
        ) from None


def save(settings: Settings) -> None:
    """Keep the settings and make the state's folders, readable by their owner alone.

    Raises EnvironmentProblem when that is impossible: no right, no space, a foreign owner.
    """
    with writing(settings.state):
        private_file.folder(settings.state)
        owner = settings.state.stat()
        if owner.st_uid != os.getuid():
            raise _unwritable(
                settings.state, Text("the folder belongs to another user", "thư mục thuộc về người dùng khác")
            )
        if stat.S_IMODE(owner.st_mode) != 0o700:
            settings.state.chmod(0o700)
        for folder in (settings.pki, settings.run, settings.logs, settings.config, settings.data, settings.bin):
            private_file.folder(folder)
        record = {"format": FORMAT, "profile": settings.profile.value, "base": settings.base}
        private_file.write(settings.state / "settings.json", json.dumps(record) + "\n")


@contextlib.contextmanager
def writing(state: Path) -> Iterator[None]:
    """Turn what the file system refuses within the context into an EnvironmentProblem about this state folder."""
    try:
        yield
    except OSError as error:
        reason = refusal(error)
        if error.filename:
            reason = Text(f"{error.filename}: {reason.en}", f"{error.filename}: {reason.vi}")
        raise _unwritable(state, reason) from None


def _unwritable(state: Path, reason: Text) -> EnvironmentProblem:
    return EnvironmentProblem(
        Problem(
            code="GC-LOCAL-005",
            message=Text(
                f"a file of the cloud in {state} cannot be written",
                f"không ghi được một tệp của đám mây trong {state}",
            ),
            fix=Text(
                "make room or choose another folder: `export GOVCLOUD_STATE=/path`",
                "hãy giải phóng dung lượng hoặc chọn thư mục khác: `export GOVCLOUD_STATE=/đường/dẫn`",
            ),
            value=reason,
        )
    )
