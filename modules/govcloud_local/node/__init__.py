"""The node of profile `full`: a machine of its own made of Linux namespaces, with enforced network policy.

Everything of the node lives in the namespaces of its process 1 (`node-init`) and is gone with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from govcloud.images import build
from govcloud_base.user_folders import cache_folder
from govcloud_local.daemons.component import Component, Report
from govcloud_local.node import (
    cgroups,
    containerd,
    dns,
    images,
    kubelet,
    machine,
    network,
    policy_agent,
    proxy,
    requirements,
    settling,
    user_namespaces,
)
from govcloud_local.node.containerd import trust
from govcloud_local.settings import Settings
from govcloud_local.toolchain import Tool

__all__ = ["TOOLS", "cleanup", "components", "manifests", "prepare", "settle", "trust"]

TOOLS: tuple[str, ...] = (
    "containerd",
    "containerd-shim-runc-v2",
    "ctr",
    "runc",
    "cni",
    "kubelet",
    "kube-proxy",
    "kube-network-policies",
    "coredns",
)
"""The tools that a node needs."""


def prepare(settings: Settings, tools: Mapping[str, Tool], report: Report) -> None:
    """Check the machine, build missing images and write every configuration file; quick when all is there.

    Raises EnvironmentProblem when the machine can't carry a node or an image can't be built.
    """
    requirements.check()
    _build_images(tools, report)
    machine.prepare(settings, [tools[name].path for name in TOOLS], queue_expression=network.has_queue_expression())
    containerd.prepare(settings, tools)
    kubelet.prepare(settings)
    proxy.prepare(settings)
    policy_agent.prepare(settings)


def components(settings: Settings, tools: Mapping[str, Tool]) -> list[Component]:
    """Return the node's daemons, process 1 first. Pure: the files that they name come from `prepare`."""
    return [
        machine.component(settings),
        containerd.component(settings, tools),
        policy_agent.component(settings, tools),
        proxy.component(settings, tools),
        kubelet.component(
            settings,
            tools,
            images=",".join(recipe.key() for recipe in images.recipes(tools)),
            before_start=partial(_load_images, settings, tools),
        ),
    ]


def manifests(settings: Settings) -> list[dict[str, object]]:
    """Return the Kubernetes objects that belong to the node: users of pods, name service, the rights of its daemons."""
    possible = user_namespaces.missing(settings.data) is None
    # first: pods that come later get theirs
    return [
        *user_namespaces.manifests(possible=possible),
        *policy_agent.manifests(),
        *dns.manifests(settings, own_users=possible),
    ]


def settle(settings: Settings, report: Report) -> None:
    """Wait until the node is Ready and answers names; CloudError when that takes too long."""
    settling.wait(settings, report)


def cleanup(settings: Settings) -> None:
    """Remove what outlives the node's processes: its control groups. Everything else went with its namespaces."""
    cgroups.remove(settings)


def _build_images(tools: Mapping[str, Tool], report: Report) -> dict[str, Path]:
    """Return the archives of the node's own images by what it knows them by."""
    return {images.reference(recipe): build(recipe, cache_folder(), report) for recipe in images.recipes(tools)}


def _load_images(settings: Settings, tools: Mapping[str, Tool]) -> None:
    archives = _build_images(tools, lambda line: None)
    images.load(archives, tools["ctr"].path, machine.inside(settings, containerd.SOCKET))
