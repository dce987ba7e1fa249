"""A cloud without daemons, for tests that bring their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from govcloud_local import settings
from govcloud_local.daemons import lifecycle
from govcloud_local.settings import Profile, Settings


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Settings]:
    """Return the settings of a cloud whose daemons are ended after the test."""
    made = Settings(state=tmp_path, profile=Profile.CONTROL_PLANE)
    settings.save(made)
    yield made
    lifecycle.stop(made)
