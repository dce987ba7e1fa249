"""The images of the node's own, imported into its runtime; all others it gets from the registry, as any node does."""

from __future__ import annotations

from govcloud_local.node.images.recipe import COREDNS, PAUSE, recipes, reference
from govcloud_local.node.images.store import load

__all__ = ["COREDNS", "PAUSE", "load", "recipes", "reference"]
