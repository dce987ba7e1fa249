"""kube-proxy: translates Service addresses to pods', with nftables inside the node's network namespace."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from govcloud_local import private_file
from govcloud_local.access import kubeconfig
from govcloud_local.daemons import probe
from govcloud_local.daemons.component import Component, Home
from govcloud_local.node import machine
from govcloud_local.settings import Settings
from govcloud_local.toolchain import Tool

__all__ = ["component", "configuration", "prepare"]

_HEALTH = 10256


def configuration(settings: Settings) -> dict[str, object]:
    """Return the KubeProxyConfiguration."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "nftables": {"minSyncPeriod": "200ms"},
        "clientConnection": {"kubeconfig": str(settings.config / "kube-proxy" / "kubeconfig")},
        "hostnameOverride": settings.node_name,
        "bindAddress": settings.node_address,
        "clusterCIDR": ",".join(settings.pod_cidrs),
        "detectLocalMode": "ClusterCIDR",
        "nodePortAddresses": ["primary"],
        "healthzBindAddress": f"127.0.0.1:{_HEALTH}",
        "metricsBindAddress": "127.0.0.1:10249",
        # the table of connections is sized for the whole machine, which is not ours to tune
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }


def prepare(settings: Settings) -> None:
    """Write kube-proxy's configuration and credentials."""
    kubeconfig.write(settings, "kube-proxy", user="system:kube-proxy", groups=[])
    file = settings.config / "kube-proxy" / "config.yaml"
    private_file.write(file, yaml.safe_dump(configuration(settings), sort_keys=False))


def component(settings: Settings, tools: Mapping[str, Tool]) -> Component:
    """Return kube-proxy. Its rules stay when it ends; only changes wait."""
    tool = tools["kube-proxy"]
    return Component(
        name="kube-proxy",
        argv=(str(tool.path), f"--config={settings.config / 'kube-proxy' / 'config.yaml'}"),
        ready=lambda: probe.http_get(settings, f"http://127.0.0.1:{_HEALTH}/livez", ca=None, within=Home.NODE),
        environment=machine.ENVIRONMENT,
        home=Home.NODE,
        after=("kube-apiserver",),
        version=tool.version,
        endpoint=f"127.0.0.1:{_HEALTH}",
    )
