"""A site that somebody else runs: a cluster of two IP families, a registry, an object store and a team's database.

Nothing of it is called as in the embedded cloud: addresses, DNS domain, contexts, certificates, ports and keys are its
own. What starts its processes and ends them, whatever happens, is the embedded cloud's code.
"""

from __future__ import annotations

import contextlib
import datetime
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import abandoned_clouds
import container_registry
import plain_seaweedfs
import state_database
from container_registry import Registry
from plain_seaweedfs import PlainStore
from state_database import StateDatabase

from govcloud_base.errors import Text
from govcloud_base.interruption import AbortedError, Interruption
from govcloud_local import cloud, node, private_file, toolchain
from govcloud_local.access import kubeconfig, pki
from govcloud_local.daemons import probe
from govcloud_local.daemons.component import NODE_INIT, Component, Home
from govcloud_local.daemons.lifecycle import Starter, Task
from govcloud_local.node import dns, policy_agent
from govcloud_local.services import bootstrap, control_plane, relay
from govcloud_local.settings import Profile, SecondFamily, Settings, save
from govcloud_local.toolchain import Tool

__all__ = ["ADMINISTRATORS", "CLOSED", "Cluster", "Site", "control_plane_only", "site"]

ADMINISTRATORS = "site-admins"
"""Group of those who administer the site's clusters: not the one of the product's law, but of the country's own."""
CLOSED = "registry.north.example:5000"
"""The same registry under a name for which nodes have no word: they need a Secret that says who they are."""
_DAY = datetime.timedelta(days=1)
_REGISTRY_ADDRESS = "127.0.0.71"
"""Loopback, so that it is the same for the machine, which pushes, and in the node, which pulls."""
_STORE, _REGISTRY, _DATABASE = 10, 20, 21
"""Ports above the base; those below are the control plane's."""
_TOOLS = ("pulumi", "kubectl")


@dataclass(frozen=True)
class Cluster:
    """A Kubernetes of the site."""

    context: str
    settings: Settings
    access: str = field(repr=False)
    """Kubeconfig of its administrator (with a key); its only context carries the cluster's name."""


@dataclass(frozen=True)
class Site:
    """All that runs, and how it is reached."""

    cluster: Cluster
    registry: Registry
    store: PlainStore
    database: StateDatabase
    tools: Mapping[str, Tool]

    @property
    def workload_store(self) -> str:
        """The object store for pods."""
        return self.cluster.settings.workload_s3_url


@contextlib.contextmanager
def site(base: int) -> Iterator[Site]:
    """Run a whole site, with a node, for as long as the context lasts."""
    with _state(base, Profile.FULL) as settings:
        folder = private_file.folder(settings.state / "site")
        services = [private_file.folder(folder / name) for name in ("registry", "store", "database")]
        registry = container_registry.prepared(services[0], _REGISTRY_ADDRESS, base + _REGISTRY)
        store = plain_seaweedfs.prepared(services[1], "127.0.0.1", base + _STORE, [settings.store_address])
        database = state_database.prepared(services[2], base + _DATABASE)
        tools = toolchain.resolve([*control_plane.tools(settings), *node.TOOLS, *_TOOLS])
        at = f"https://{registry.host}"
        node.trust(settings, registry.host, at, registry.authority, registry.authorization)
        node.trust(settings, CLOSED, at, registry.authority, None)
        parts = _node(settings, tools)
        api, outside = settings.ports.api, (_REGISTRY_ADDRESS, base + _REGISTRY)
        inside, machine_store = (settings.store_address, settings.store_port), ("127.0.0.1", store.s3_port)
        relays = [
            _relay(settings, "relay-api", "in", ("127.0.0.1", api), (settings.api_address, api), "kube-apiserver"),
            _relay(settings, "relay-store", "out", inside, machine_store, store.component.name),
            _relay(settings, "relay-registry", "out", outside, outside, registry.component.name),
        ]
        served = [registry.component, store.component, database.component]
        daemons = [*served, parts[0], *control_plane.components(settings, tools), *relays, *parts[1:]]
        own = [*policy_agent.manifests(), *dns.manifests(settings, own_users=False)]
        _start(settings, daemons, own, settle=True)
        yield Site(_cluster(settings), registry, store, database, tools)


@contextlib.contextmanager
def control_plane_only(base: int) -> Iterator[Cluster]:
    """Run a second cluster without a node for as long as the context lasts."""
    with _state(base, Profile.CONTROL_PLANE) as settings:
        tools = toolchain.resolve(control_plane.tools(settings))
        control_plane.prepare(settings)
        _start(settings, control_plane.components(settings, tools), [], settle=False)
        yield _cluster(settings)


@contextlib.contextmanager
def _state(base: int, profile: Profile) -> Iterator[Settings]:
    """Give settings in a folder of their own; what was started there is ended, by a later run if this one is killed."""
    abandoned_clouds.end()
    with abandoned_clouds.folder() as folder:
        settings = _settings(folder, base, profile)
        save(settings)
        try:
            yield settings
        finally:
            cloud.down(folder)


def _settings(state: Path, base: int, profile: Profile) -> Settings:
    full = profile is Profile.FULL
    return Settings(
        state=state,
        profile=profile,
        base=base,
        cluster="north" if full else "south",
        node_name="worker-a1",
        node_address="172.29.0.1",
        store_address="172.29.0.2",
        store_port=443,
        pod_cidr="172.28.0.0/16",
        service_cidr="172.27.0.0/16",
        kubernetes_address="172.27.0.1",
        dns_address="172.27.0.53",
        cluster_domain="north.example",
        second=SecondFamily(node_address="fd29:a1::1", pod_cidr="fd29:a2::/56", service_cidr="fd29:a3::/112"),
    )


def _node(settings: Settings, tools: Mapping[str, Tool]) -> list[Component]:
    """Prepare a node that holds no image but those of its own daemons; return what runs on it, process 1 first."""
    control_plane.prepare(settings)
    node.prepare(settings, tools, lambda line: None)
    return node.components(settings, tools)


def _relay(
    settings: Settings, name: str, direction: str, listen: tuple[str, int], dial: tuple[str, int], behind: str
) -> Component:
    """Return what leads into the node's network namespace or out of it; it serves when what is behind it does."""
    record = str(settings.run / f"{NODE_INIT}.json")
    within = Home.HOST if direction == "in" else Home.NETWORK

    def ready() -> Text | None:
        try:
            probe.connect(settings, *listen, within).close()
        except OSError as error:
            return probe.no_answer(f"{listen[0]}:{listen[1]}", error)
        return None

    return Component(
        name=name,
        argv=(sys.executable, "-I", "-S", relay.__file__, direction, record, *map(str, (*listen, *dial))),
        ready=ready,
        home=Home.HOST,
        after=(NODE_INIT, behind),
    )


def _start(
    settings: Settings, daemons: Sequence[Component], manifests: Sequence[Mapping[str, object]], *, settle: bool
) -> None:
    administrators = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": ADMINISTRATORS},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": ADMINISTRATORS}],
    }
    kubelet_client = bootstrap.bindings()[1]
    tasks = [
        Task(
            name="bootstrap",
            after=(control_plane.API_SERVER,),
            run=lambda report: bootstrap.apply(settings, [administrators, kubelet_client, *manifests]),
        )
    ]
    if settle:
        everything = (*(component.name for component in daemons), "bootstrap")
        tasks.append(Task(name="node", after=everything, run=partial(node.settle, settings)))
    try:
        with Interruption() as interruption:
            Starter(settings, daemons, tasks, interruption, lambda event: None).run()
    except AbortedError as error:  # who was told to stop is the whole run of tests
        raise KeyboardInterrupt from error


def _cluster(settings: Settings) -> Cluster:
    """Return the cluster with its administrator, who is nobody that the product has ever heard of."""
    authority = pki.kubernetes(settings)
    certificate, key = authority.issue(f"admin-{settings.cluster}", [ADMINISTRATORS], _DAY)
    text = kubeconfig.document(
        settings, server=settings.machine_api_url, user=f"admin-{settings.cluster}", certificate=certificate, key=key
    )
    settings.kubeconfig.unlink()
    return Cluster(settings.cluster, settings, text)
