"""The policy pack is a program of its own, started by the engine in its folder: its modules are found there."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from govcloud.folders import project_root


@pytest.fixture(autouse=True, scope="session")
def pack_folder() -> Iterator[None]:
    folder = str(project_root() / "policies" / "crossguard")
    sys.path.insert(0, folder)
    yield
    sys.path.remove(folder)
