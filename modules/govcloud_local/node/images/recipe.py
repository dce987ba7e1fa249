"""The images that the embedded cloud's node needs beside the project's own, and what it calls all of them.

The node has no registry: its runtime is filled with the references that a registry of this name would serve (ADR 0047).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from govcloud.images import OWN, Recipe, digest
from govcloud_local.toolchain import Tool

__all__ = ["COREDNS", "HOME", "PAUSE", "recipes", "reference"]

HOME = "govcloud.local"
"""The registry, as clouds declare it that this node serves."""
PAUSE = f"{HOME}/pause:1"
COREDNS = f"{HOME}/coredns:1"


def recipes(tools: Mapping[str, Tool]) -> tuple[Recipe, ...]:
    """Return every image that the embedded cloud needs, the sandbox image first."""
    return (
        # -P: sleeps until told to end, and reaps; nothing else
        Recipe(name="pause", tag="1", packages=("catatonit",), entrypoint=("/usr/bin/catatonit", "-P")),
        *OWN.values(),
        Recipe(name="coredns", tag="1", copies={"coredns": tools["coredns"].path}, entrypoint=("/coredns",)),
    )


def reference(recipe: Recipe, archive: Path) -> str:
    """Return what pods on the node call an image by: its tag, or else the digest that its archive has."""
    return f"{HOME}/{recipe.name}:{recipe.tag}" if recipe.tag else f"{HOME}/{recipe.name}@{digest(archive)}"
