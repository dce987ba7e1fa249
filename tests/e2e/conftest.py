"""A tenant that comes and goes: a copy of the country with one file more, as an agency would add it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_cloud import Cloud
from newcomer import DECLARATION, REMOVED, Newcomer

from govcloud.folders import project_root


@pytest.fixture
def newcomer(tmp_path: Path, country: Cloud) -> Iterator[Newcomer]:
    """Add a tenant to a copy of the country by one file, and take it off the cloud afterwards, whatever happened."""
    found = Newcomer(tmp_path / "vn")
    shutil.copytree(project_root() / "stacks" / "vn", found.folder)
    found.file.parent.mkdir()
    found.file.write_text(DECLARATION)
    yield found
    found.file.write_text(DECLARATION.replace("state: active", REMOVED))
    country.govcloud("destroy", found.stack, found.option)
