"""The Kubernetes control plane: etcd, API server, controllers and scheduler, with every channel over mutual TLS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

from govcloud_local import private_file
from govcloud_local.access import api_policy, kubeconfig, pki
from govcloud_local.daemons import probe
from govcloud_local.daemons.component import NODE_INIT, Component, Home
from govcloud_local.settings import Settings
from govcloud_local.toolchain.tool import Tool

__all__ = ["API_SERVER", "LARGEST_OBJECT", "STORE_SIZE", "components", "prepare", "probe_pair", "tools"]

API_SERVER = "kube-apiserver"
_ETCD, _CONTROLLERS, _SCHEDULER = "etcd", "kube-controller-manager", "kube-scheduler"
_MODERN_TLS = "VersionTLS12"

STORE_SIZE = 8 << 30
"""Bytes that etcd holds before it refuses every write, whoever's: the most that its makers recommend."""
LARGEST_OBJECT = 512 << 10
"""Bytes of one object. As many as tenants may make, each as large as this, must fit the store (ADR 0036)."""


def tools(settings: Settings) -> tuple[str, ...]:
    """Return the names of the tools that `components` needs."""
    return (_ETCD, API_SERVER, _CONTROLLERS, *([_SCHEDULER] if settings.full else []))


def prepare(settings: Settings) -> None:
    """Make certificates, keys and configuration; what exists and is still good stays."""
    etcd = pki.etcd(settings)
    etcd.server("etcd", ["127.0.0.1", "localhost"], client=True)
    etcd.client("kube-apiserver", "kube-apiserver")
    etcd.client("probe", "probe")
    authority = pki.kubernetes(settings)
    authority.server(API_SERVER, _api_hosts(settings))
    authority.server(_CONTROLLERS, ["127.0.0.1", "localhost"])
    authority.client("kubelet-client", "kube-apiserver-kubelet-client")
    authority.client("probe", "govcloud-probe", ["system:monitoring"])
    pki.signing_key(authority.folder)
    kubeconfig.write(settings, _CONTROLLERS, user="system:kube-controller-manager", groups=[])
    if settings.full:
        authority.server(_SCHEDULER, ["127.0.0.1", "localhost"])
        kubeconfig.write(settings, _SCHEDULER, user="system:kube-scheduler", groups=[])
    kubeconfig.engineer(settings)
    configuration = settings.config / API_SERVER
    private_file.write(configuration / "audit.json", json.dumps(api_policy.audit_policy(), indent=1))
    key = bytes.fromhex(private_file.kept_secret(settings.pki / "encryption-at-rest.key"))
    private_file.write(
        configuration / "encryption.json", json.dumps(api_policy.encryption_configuration(key), indent=1)
    )
    private_file.folder(settings.data / _ETCD)


def components(settings: Settings, resolved: Mapping[str, Tool]) -> list[Component]:
    """Return the daemons; pure, the files that they name come from `prepare`."""
    daemons = [
        _etcd(settings, resolved[_ETCD]),
        _api_server(settings, resolved[API_SERVER]),
        _controllers(settings, resolved[_CONTROLLERS]),
    ]
    if settings.full:
        daemons.append(_scheduler(settings, resolved[_SCHEDULER]))
    return daemons


def probe_pair(settings: Settings) -> pki.Pair:
    """Return the client certificate of an identity that may read health and nothing else."""
    folder = settings.pki / "kubernetes"
    return pki.Pair(folder / "probe.crt", folder / "probe.key")


def _first(settings: Settings) -> tuple[str, ...]:
    return (NODE_INIT,) if settings.full else ()


def _etcd(settings: Settings, tool: Tool) -> Component:
    folder = settings.pki / "etcd"
    client = f"https://127.0.0.1:{settings.ports.etcd}"
    peer = f"https://127.0.0.1:{settings.ports.etcd_peer}"
    return Component(
        name=_ETCD,
        argv=(
            str(tool.path),
            "--name=local",
            f"--data-dir={settings.data / _ETCD}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=local={peer}",
            f"--cert-file={folder / 'etcd.crt'}",
            f"--key-file={folder / 'etcd.key'}",
            f"--trusted-ca-file={folder / 'ca.crt'}",
            "--client-cert-auth=true",
            f"--peer-cert-file={folder / 'etcd.crt'}",
            f"--peer-key-file={folder / 'etcd.key'}",
            f"--peer-trusted-ca-file={folder / 'ca.crt'}",
            "--peer-client-cert-auth=true",
            "--tls-min-version=TLS1.2",
            "--auto-compaction-mode=periodic",
            "--auto-compaction-retention=1h",
            f"--quota-backend-bytes={STORE_SIZE}",
            f"--max-request-bytes={LARGEST_OBJECT}",
            # alone in its cluster it elects itself; waiting a whole default second for rivals only delays the start
            "--heartbeat-interval=50",
            "--election-timeout=500",
            "--log-level=warn",
        ),
        ready=partial(
            probe.http_get,
            settings,
            f"{client}/health",
            ca=folder / "ca.crt",
            pair=pki.Pair(folder / "probe.crt", folder / "probe.key"),
            within=Home.NETWORK,
        ),
        after=_first(settings),
        version=tool.version,
        endpoint=client,
    )


def _api_server(settings: Settings, tool: Tool) -> Component:
    etcd, folder, configuration = settings.pki / "etcd", settings.pki / "kubernetes", settings.config / API_SERVER
    return Component(
        name=API_SERVER,
        argv=(
            str(tool.path),
            f"--etcd-servers=https://127.0.0.1:{settings.ports.etcd}",
            f"--etcd-cafile={etcd / 'ca.crt'}",
            f"--etcd-certfile={etcd / 'kube-apiserver.crt'}",
            f"--etcd-keyfile={etcd / 'kube-apiserver.key'}",
            f"--bind-address={settings.api_address}",
            f"--advertise-address={settings.api_address}",
            f"--secure-port={settings.ports.api}",
            # an endpoint on loopback is invalid and useless to pods; without a node there are none
            f"--endpoint-reconciler-type={'lease' if settings.full else 'none'}",
            f"--tls-cert-file={folder / f'{API_SERVER}.crt'}",
            f"--tls-private-key-file={folder / f'{API_SERVER}.key'}",
            f"--tls-min-version={_MODERN_TLS}",
            f"--client-ca-file={folder / 'ca.crt'}",
            "--anonymous-auth=false",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            # privileged pods are a matter of Pod Security, which names the rule that a pod breaks
            "--allow-privileged=true",
            f"--service-account-issuer=https://kubernetes.default.svc.{settings.cluster_domain}",
            f"--service-account-key-file={folder / 'service-account.pub'}",
            f"--service-account-signing-key-file={folder / 'service-account.key'}",
            f"--service-cluster-ip-range={','.join(settings.service_cidrs)}",
            f"--kubelet-certificate-authority={folder / 'ca.crt'}",
            f"--kubelet-client-certificate={folder / 'kubelet-client.crt'}",
            f"--kubelet-client-key={folder / 'kubelet-client.key'}",
            "--kubelet-preferred-address-types=InternalIP",
            f"--encryption-provider-config={configuration / 'encryption.json'}",
            f"--audit-policy-file={configuration / 'audit.json'}",
            f"--audit-log-path={settings.logs / 'audit.log'}",
            "--audit-log-maxsize=50",
            "--audit-log-maxbackup=5",
            "--audit-log-maxage=30",
            # without it, whoever still watches (a pod, kubectl -w) holds up the server's end for a minute
            "--shutdown-watch-termination-grace-period=1s",
            "--profiling=false",
            "--v=1",
        ),
        ready=partial(
            probe.http_get,
            settings,
            f"{settings.api_url}/readyz",
            ca=folder / "ca.crt",
            pair=probe_pair(settings),
            within=Home.NETWORK,
        ),
        after=(*_first(settings), _ETCD),
        version=tool.version,
        endpoint=settings.api_url,
        stop_seconds=20.0,
    )


def _controllers(settings: Settings, tool: Tool) -> Component:
    folder = settings.pki / "kubernetes"
    return _client_of_the_api(
        settings,
        tool,
        _CONTROLLERS,
        settings.ports.controllers,
        f"--root-ca-file={folder / 'ca.crt'}",
        f"--cluster-signing-cert-file={folder / 'ca.crt'}",
        f"--cluster-signing-key-file={folder / 'ca.key'}",
        f"--service-account-private-key-file={folder / 'service-account.key'}",
        "--use-service-account-credentials=true",
        f"--cluster-name={settings.cluster}",
        f"--cluster-cidr={','.join(settings.pod_cidrs)}",
        f"--service-cluster-ip-range={','.join(settings.service_cidrs)}",
        f"--allocate-node-cidrs={'true' if settings.full else 'false'}",
    )


def _scheduler(settings: Settings, tool: Tool) -> Component:
    return _client_of_the_api(settings, tool, _SCHEDULER, settings.ports.scheduler)


def _client_of_the_api(settings: Settings, tool: Tool, name: str, port: int, *flags: str) -> Component:
    """Return a daemon that works through the API server, and itself serves no more than its health and metrics."""
    folder = settings.pki / "kubernetes"
    configuration = settings.config / name / "kubeconfig"
    endpoint = f"https://127.0.0.1:{port}"
    return Component(
        name=name,
        argv=(
            str(tool.path),
            f"--kubeconfig={configuration}",
            f"--authentication-kubeconfig={configuration}",
            f"--authorization-kubeconfig={configuration}",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            f"--tls-cert-file={folder / f'{name}.crt'}",
            f"--tls-private-key-file={folder / f'{name}.key'}",
            f"--tls-min-version={_MODERN_TLS}",
            f"--client-ca-file={folder / 'ca.crt'}",
            *flags,
            "--leader-elect=false",
            "--profiling=false",
            "--v=1",
        ),
        ready=partial(probe.http_get, settings, f"{endpoint}/healthz", ca=folder / "ca.crt", within=Home.NETWORK),
        after=(*_first(settings), API_SERVER),
        version=tool.version,
        endpoint=endpoint,
    )


def _api_hosts(settings: Settings) -> list[str]:
    return [
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        f"kubernetes.default.svc.{settings.cluster_domain}",
        "localhost",
        "127.0.0.1",
        settings.node_address,
        settings.kubernetes_address,
    ]
