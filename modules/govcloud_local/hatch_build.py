"""Puts into the package what lies at the top of the repository: the pins of the tools (ADR 0045)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Carried(BuildHookInterface):
    """Adds a folder for each group of tools."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders to the builder; an editable installation finds them where they lie."""
        here = Path(self.root)
        if version == "editable" or (here / "PKG-INFO").exists():  # a source distribution holds them already
            return
        for part in sorted((here.parents[1] / "toolchain").glob("*/")):
            build_data["force_include"][str(part)] = f"pins/{part.name}"
