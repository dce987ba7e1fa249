"""The images of the embedded cloud: the project's own and two of its node's, imported into the node's runtime."""

from __future__ import annotations

from govcloud_local.node.images.recipe import COREDNS, HOME, PAUSE, recipes, reference
from govcloud_local.node.images.store import load

__all__ = ["COREDNS", "HOME", "PAUSE", "load", "recipes", "reference"]
