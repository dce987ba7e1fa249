"""The programs of the embedded cloud: found on PATH, in the cache, or built from the pinned modules."""

from __future__ import annotations

from govcloud_local.toolchain.catalogue import CONTROL_PLANE, NODE, TOOLS
from govcloud_local.toolchain.display import shown
from govcloud_local.toolchain.progress import Phase, Progress, Report
from govcloud_local.toolchain.resolver import locate, needs_compiler, planned_go, resolve
from govcloud_local.toolchain.tool import Located, Origin, Rejected, Tool

__all__ = [
    "CONTROL_PLANE",
    "NODE",
    "TOOLS",
    "Located",
    "Origin",
    "Phase",
    "Progress",
    "Rejected",
    "Report",
    "Tool",
    "locate",
    "needs_compiler",
    "planned_go",
    "resolve",
    "shown",
]
