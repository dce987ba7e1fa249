"""The two images of the node's own, which it has before it can ask a registry: for sandboxes and for names."""

from __future__ import annotations

from collections.abc import Mapping

from govcloud.images import Recipe
from govcloud_local.settings import REGISTRY
from govcloud_local.toolchain import Tool

__all__ = ["COREDNS", "PAUSE", "recipes", "reference"]


def reference(recipe: Recipe) -> str:
    """Return what the node knows an image by."""
    return f"{REGISTRY}/{recipe.name}:{recipe.tag}"


# -P: sleeps until told to end, and reaps; nothing else
_PAUSE = Recipe(name="pause", tag="1", packages=("catatonit",), entrypoint=("/usr/bin/catatonit", "-P"))
PAUSE = f"{REGISTRY}/pause:1"
COREDNS = f"{REGISTRY}/coredns:1"


def recipes(tools: Mapping[str, Tool]) -> tuple[Recipe, ...]:
    """Return what to make them of, the sandbox image first."""
    return (
        _PAUSE,
        Recipe(name="coredns", tag="1", copies={"coredns": tools["coredns"].path}, entrypoint=("/coredns",)),
    )
