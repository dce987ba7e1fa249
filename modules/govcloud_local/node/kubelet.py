"""The kubelet: runs what the scheduler gives the node."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import yaml

from govcloud_local import private_file
from govcloud_local.access import kubeconfig, pki
from govcloud_local.daemons import probe
from govcloud_local.daemons.component import Component, Home
from govcloud_local.node import cgroups, machine
from govcloud_local.node.containerd import SOCKET
from govcloud_local.settings import Settings
from govcloud_local.toolchain import Tool

__all__ = ["PORT", "component", "configuration", "prepare"]

PORT = 10250
"""Its API, on the node's address."""
_HEALTH = 10248


def configuration(settings: Settings) -> dict[str, object]:
    """Return the KubeletConfiguration."""
    certificate = settings.pki / "kubernetes"
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": settings.node_address,
        "port": PORT,
        "readOnlyPort": 0,
        "healthzBindAddress": "127.0.0.1",
        "healthzPort": _HEALTH,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(certificate / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(certificate / "kubelet-serving.crt"),
        "tlsPrivateKeyFile": str(certificate / "kubelet-serving.key"),
        "containerRuntimeEndpoint": f"unix://{SOCKET}",
        "volumePluginDir": "/var/lib/kubelet/volume-plugins",
        "resolvConf": str(settings.config / "kubelet" / "resolv.conf"),
        "clusterDNS": [settings.dns_address],
        "clusterDomain": settings.cluster_domain,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroups.name(settings)}",
        "enforceNodeAllocatable": [],
        "failCgroupV1": False,
        "failSwapOn": False,
        "protectKernelDefaults": True,
        "makeIPTablesUtilChains": False,
        "seccompDefault": True,
        "podPidsLimit": 1024,
        "containerLogMaxSize": "5Mi",
        "containerLogMaxFiles": 2,
        # The machine's disk is not the node's alone: a disk at 90 % is no reason to stop pods, and an image that is
        # not used now cannot be pulled again.
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "nodefs.inodesFree": "1%",
            "imagefs.available": "1%",
            "imagefs.inodesFree": "1%",
        },
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
    }


def prepare(settings: Settings) -> None:
    """Write the kubelet's configuration, certificate and credentials."""
    pki.kubernetes(settings).server("kubelet-serving", hosts=[settings.node_address, settings.node_name])
    kubeconfig.write(settings, "kubelet", user=f"system:node:{settings.node_name}", groups=["system:nodes"])
    folder = settings.config / "kubelet"
    private_file.write(folder / "resolv.conf", "# no name server outside the cloud\n")
    private_file.write(folder / "config.yaml", yaml.safe_dump(configuration(settings), sort_keys=False))


def component(
    settings: Settings, tools: Mapping[str, Tool], *, images: str, before_start: Callable[[], None]
) -> Component:
    """Return the kubelet. Pods go on running when it ends.

    `before_start` brings the images; with other `images` it is another kubelet, so that they are brought again.
    """
    tool = tools["kubelet"]
    folder = settings.config / "kubelet"
    return Component(
        name="kubelet",
        argv=machine.command(
            tool.path,
            f"--config={folder / 'config.yaml'}",
            f"--kubeconfig={folder / 'kubeconfig'}",
            f"--node-ip={','.join(settings.node_addresses)}",
            f"--hostname-override={settings.node_name}",
        ),
        ready=lambda: probe.http_get(settings, f"http://127.0.0.1:{_HEALTH}/healthz", ca=None, within=Home.NODE),
        environment={**machine.ENVIRONMENT, "GOVCLOUD_IMAGES": images},
        home=Home.NODE,
        after=("containerd", "kube-apiserver"),
        before_start=before_start,
        version=tool.version,
        endpoint=f"https://{settings.node_address}:{PORT}",
    )
