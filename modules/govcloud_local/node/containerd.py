"""The container runtime: containerd with runc, its sockets and images inside the node."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from govcloud.refusal import refusal
from govcloud_base.errors import Text
from govcloud_base.replacement import remove_begun
from govcloud_local import private_file
from govcloud_local.daemons.component import NODE_INIT, Component, Home
from govcloud_local.node import machine, network, user_limits
from govcloud_local.node.images import PAUSE
from govcloud_local.settings import Settings
from govcloud_local.toolchain import Tool

__all__ = ["SOCKET", "component", "configuration", "prepare", "trust"]

SOCKET = "/run/containerd/containerd.sock"
"""Inside the node, whose /run is its own: short enough for any state folder (a socket's path has 107 bytes)."""


def configuration(settings: Settings, tools: Mapping[str, Tool]) -> str:
    """Return containerd's configuration (TOML, version 3)."""
    return f"""\
version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.internal.v1.tracing",
  "io.containerd.tracing.processor.v1.otlp",
  "io.containerd.snapshotter.v1.blockfile",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.erofs",
  "io.containerd.snapshotter.v1.zfs",
]

[grpc]
  address = "{SOCKET}"

# a runtime that comes back on a busy machine takes supervisors that answer late for dead, and ends their pods
[timeouts]
  "io.containerd.timeout.shim.load" = "60s"
  "io.containerd.timeout.task.state" = "30s"

[plugins.'io.containerd.cri.v1.images']
  snapshotter = "overlayfs"
  # whom to trust for which registry: a folder a registry
  [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = "{_registries(settings)}"
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = "{PAUSE}"

[plugins.'io.containerd.cri.v1.runtime']
  # without CAP_SYS_RESOURCE, as in many containers and virtual machines, lowering a score is refused
  restrict_oom_score_adj = true
  # where AppArmor's tools are installed, it would load a profile into the machine's kernel, for ever
  disable_apparmor = true
  # a gateway that serves port 443 need not be root for it
  enable_unprivileged_ports = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["{tools["cni"].path}"]
    conf_dir = "{settings.config / "cni"}"
  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = "runc"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      runtime_path = "{tools["containerd-shim-runc-v2"].path}"
      base_runtime_spec = "{_base(settings)}"
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
        BinaryName = "{tools["runc"].path}"
        SystemdCgroup = false

[plugins.'io.containerd.grpc.v1.cri']
  disable_tcp_service = true
  stream_server_address = "127.0.0.1"

# tells the policy agent which pod an address belongs to before the pod's first instruction
[plugins.'io.containerd.nri.v1.nri']
  disable = false
  socket_path = "/var/run/nri/nri.sock"
  plugin_path = "/run/nri/plugins"
  plugin_config_path = "/run/nri/conf.d"
"""


def prepare(settings: Settings, tools: Mapping[str, Tool]) -> None:
    """Write the configuration of containerd and of the pods' network."""
    private_file.write(settings.config / "containerd" / "config.toml", configuration(settings, tools))
    private_file.write(settings.config / "cni" / "10-govcloud.conflist", network.cni_configuration(settings))
    usual = subprocess.run([tools["ctr"].path, "oci", "spec"], capture_output=True, check=True).stdout
    private_file.write(_base(settings), json.dumps(user_limits.added(json.loads(usual)), indent=1))


def trust(settings: Settings, registry: str, url: str, authority: Path, authorization: str | None) -> None:
    """Tell the node where a registry is, who signs for it and with which word one gets in, as a site's operators do.

    It reads this whenever it asks the registry, and then asks nobody else. Without a word pods bring a pull secret.
    """
    folder = _registries(settings) / registry
    remove_begun(folder, 0)
    text = f"""\
server = {json.dumps(url)}
[host.{json.dumps(url)}]
  capabilities = ["pull", "resolve"]
  ca = {json.dumps(str(authority))}
"""
    word = f"""\
  [host.{json.dumps(url)}.header]
    Authorization = [{json.dumps(authorization)}]
"""
    private_file.write(folder / "hosts.toml", text + (word if authorization else ""))


def _registries(settings: Settings) -> Path:
    """Return the folder that holds, for each registry with an authority of its own, `<host:port>/hosts.toml`."""
    return settings.config / "containerd" / "registries"


def _base(settings: Settings) -> Path:
    return settings.config / "containerd" / "base.json"


def component(settings: Settings, tools: Mapping[str, Tool]) -> Component:
    """Return containerd. Pods go on running when it ends, and it finds them again."""
    tool, shim = tools["containerd"], tools["containerd-shim-runc-v2"].path
    # when it comes back it looks for the supervisors' program on PATH, whatever its configuration says, and ends all
    # pods where it finds none
    environment = {
        **machine.ENVIRONMENT,
        "PATH": f"{shim.parent}:{machine.ENVIRONMENT['PATH']}",
        # it reads them when it starts: others are another runtime
        "GOVCLOUD_CONFIGURATION": hashlib.sha256(
            (configuration(settings, tools) + json.dumps(user_limits.added({"process": {}}))).encode()
        ).hexdigest(),
    }
    return Component(
        name="containerd",
        argv=machine.command(tool.path, "--config", str(settings.config / "containerd" / "config.toml")),
        ready=lambda: _ready(settings),
        environment=environment,
        home=Home.NODE,
        after=(NODE_INIT,),
        version=tool.version,
        endpoint=f"unix://{SOCKET}",
    )


def _ready(settings: Settings) -> Text | None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(machine.inside(settings, SOCKET)))
        except OSError as error:
            reason = refusal(error)
            return Text(
                f"nobody serves {SOCKET} in the node: {reason.en}", f"trong nút không ai phục vụ {SOCKET}: {reason.vi}"
            )
    return None
