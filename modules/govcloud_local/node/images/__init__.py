"""The images of the embedded cloud: built once from Debian packages, cached, imported into the node's runtime."""

from __future__ import annotations

from govcloud_local.node.images.recipe import COREDNS, GATEWAY, PAUSE, PROBE, recipes
from govcloud_local.node.images.store import build, load

__all__ = ["COREDNS", "GATEWAY", "PAUSE", "PROBE", "build", "load", "recipes"]
