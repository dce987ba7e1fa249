"""Puts into the package what lies at the top of the repository: law, controls, workflow files (ADR 0045)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = ("docs/forges/", "playbooks/*/", "policies/*/")
"""Folders, but not the scripts beside them."""


class Carried(BuildHookInterface):
    """Adds the folders of data."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders to the builder; an editable installation finds them where they lie."""
        here = Path(self.root)
        if version == "editable" or (here / "PKG-INFO").exists():  # a source distribution holds them already
            return
        root = here.parents[1]
        for part in sorted(folder for pattern in CARRIED for folder in root.glob(pattern)):
            build_data["force_include"][str(part)] = str(part.relative_to(root))
