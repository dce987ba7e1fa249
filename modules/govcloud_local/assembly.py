"""Of which parts a cloud of each profile consists, and in which order they need each other."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from functools import partial

from govcloud.refusal import refusal
from govcloud_base.errors import Text
from govcloud_local import environment
from govcloud_local.daemons import logs, probe
from govcloud_local.daemons.component import NODE_INIT, Component, Home
from govcloud_local.daemons.lifecycle import Event, Phase, Task, Watch
from govcloud_local.pulumi import plugin_start
from govcloud_local.services import bootstrap, control_plane, images, registry, relay, storage
from govcloud_local.settings import REGISTRY, Settings
from govcloud_local.toolchain.tool import Tool

# The node's modules are imported where they are used: the profile without a node must not pay for them.

__all__ = ["API_RELAY", "PLUGIN_SERVER", "REGISTRY_RELAY", "clean", "components", "prepare", "tasks", "tools"]

API_RELAY = "relay-api"
PLUGIN_SERVER = "pulumi-plugins"
STORE_RELAY = "relay-store"
REGISTRY_RELAY = "relay-registry"
_CLIENT_TOOLS = ("pulumi", "kubectl", "weed")


def tools(settings: Settings) -> tuple[str, ...]:
    """Return the names of the tools that a cloud needs."""
    names = [*control_plane.tools(settings), *storage.TOOLS, *_CLIENT_TOOLS]
    if settings.full:
        from govcloud_local import node

        names.extend((*registry.TOOLS, *node.TOOLS))
    return tuple(dict.fromkeys(names))


def prepare(settings: Settings, resolved: Mapping[str, Tool], watch: Watch) -> None:
    """Make all files that the components read; images too, which takes minutes the first time."""
    control_plane.prepare(settings)
    storage.prepare(settings)
    environment.prepare(settings)
    if settings.full:
        from govcloud_local import node

        begun = time.monotonic()
        lines: list[Text] = []

        def report(line: Text) -> None:
            lines.append(line)
            watch(Event("images", Phase.STARTING, time.monotonic() - begun, line))

        node.prepare(settings, resolved, report)
        images.prepare(settings, report)
        registry.prepare(settings)
        word = registry.authorization(settings, registry.PULLER)
        node.trust(settings, REGISTRY, settings.registry_url, registry.authority(settings), word)
        if lines:
            watch(Event("images", Phase.READY, time.monotonic() - begun))


def components(settings: Settings, resolved: Mapping[str, Tool]) -> list[Component]:
    """Return the daemons of the cloud, the one that owns the node first."""
    store = storage.component(settings, resolved["weed"])
    kubernetes = control_plane.components(settings, resolved)
    keeper = storage.quota_keeper_component(settings, resolved["weed"])
    daemons = [store, keeper, *kubernetes, _plugin_server(settings)]
    if settings.full:
        from govcloud_local import node

        parts = node.components(settings, resolved)
        relays = [_api_relay(settings), _store_relay(settings), _registry_relay(settings)]
        daemons = [parts[0], *daemons, registry.component(settings, resolved["registry"]), *relays, *parts[1:]]
    return [*daemons, logs.keeper(settings, daemons)]


def _plugin_server(settings: Settings) -> Component:
    """Return what Pulumi's plugins are forked from; without it they start by themselves (ADR 0032)."""

    def ready() -> Text | None:
        try:
            plugin_start.connect(str(settings.state)).close()
        except OSError as error:
            reason = refusal(error)
            return Text(f"no answer from the plugin server: {reason.en}", f"máy chủ plugin không trả lời: {reason.vi}")
        return None

    return Component(
        name=PLUGIN_SERVER,
        argv=(sys.executable, "-I", "-u", "-m", "govcloud_local.pulumi.plugin_server", str(settings.state)),
        ready=ready,
        home=Home.HOST,
        after=(),
    )


def _api_relay(settings: Settings) -> Component:
    """Return what brings the machine's tools to the API server."""
    port = settings.ports.api
    return Component(
        name=API_RELAY,
        argv=_relay(settings, "in", ("127.0.0.1", port), (settings.api_address, port)),
        ready=partial(
            probe.http_get,
            settings,
            f"{settings.machine_api_url}/readyz",
            ca=settings.pki / "kubernetes" / "ca.crt",
            pair=control_plane.probe_pair(settings),
        ),
        home=Home.HOST,
        after=(NODE_INIT, control_plane.API_SERVER),
        endpoint=settings.machine_api_url,
    )


def _store_relay(settings: Settings) -> Component:
    """Return what brings pods to the object store, at an address of its own that policies can name."""
    return Component(
        name=STORE_RELAY,
        argv=_relay(settings, "out", (settings.store_address, settings.store_port), ("127.0.0.1", settings.ports.s3)),
        ready=partial(
            probe.http_get,
            settings,
            f"{settings.workload_s3_url}/healthz",
            ca=settings.pki / "storage" / "ca.crt",
            within=Home.NETWORK,
        ),
        home=Home.HOST,
        after=(NODE_INIT, storage.NAME),
        endpoint=settings.workload_s3_url,
    )


def _registry_relay(settings: Settings) -> Component:
    """Return what brings this machine to the registry of images."""
    here = ("127.0.0.1", settings.ports.registry)
    return Component(
        name=REGISTRY_RELAY,
        argv=_relay(settings, "in", here, here),
        ready=partial(registry.serves, settings, Home.HOST),
        home=Home.HOST,
        after=(NODE_INIT, registry.NAME),
        endpoint=settings.registry_url,
    )


def _relay(settings: Settings, direction: str, listen: tuple[str, int], dial: tuple[str, int]) -> tuple[str, ...]:
    node = str(settings.run / f"{NODE_INIT}.json")
    return (sys.executable, "-I", "-S", relay.__file__, direction, node, *map(str, (*listen, *dial)))


def tasks(settings: Settings, resolved: Mapping[str, Tool], daemons: list[Component]) -> list[Task]:
    """Return what `up` does besides starting daemons."""
    manifests = list(bootstrap.bindings())
    tasks = [Task(name="pulumi", after=(), run=lambda report: _install_offline(settings, resolved))]
    if settings.full:
        from govcloud_local import node

        manifests.extend(node.manifests(settings))
        everything = (*(component.name for component in daemons), "bootstrap")
        tasks.append(Task(name="images", after=(REGISTRY_RELAY,), run=partial(images.push, settings)))
        tasks.append(Task(name="node", after=everything, run=partial(node.settle, settings)))
    first = Task(
        name="bootstrap",
        after=(control_plane.API_SERVER,),
        run=lambda report: bootstrap.apply(settings, manifests),
    )
    return [*tasks, first]


def _install_offline(settings: Settings, resolved: Mapping[str, Tool]) -> None:
    from govcloud_local.pulumi import install

    install.install(settings, resolved)


def clean(settings: Settings) -> None:
    """Remove what a node leaves on the machine after its processes have ended."""
    from govcloud_local import node

    node.cleanup(settings)
