"""The image that probes run: one of no registry where nothing runs, and the one that an embedded cloud's node has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from govcloud.country.held import VARIABLE
from govcloud.render.image import Image

__all__ = ["PROBE", "probe_of"]

PROBE = Image(f"registry.example.gov.vn/govcloud/probe@sha256:{'0' * 60}1234")


def probe_of(environment: Mapping[str, str]) -> str:
    """Return the reference to the probes' image on the embedded cloud that `environment` belongs to."""
    spec = yaml.safe_load(Path(environment[VARIABLE]).read_text(encoding="utf-8"))["spec"]
    return f"{spec['registry']}/probe@{spec['images']['probe']['digest']}"
