"""Clouds that these tests may break: each module has its own, beside the one that all other tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import port_bases
import pytest
from breakable_cloud import BreakableCloud

from govcloud_local.daemons import sockets
from govcloud_local.services import storage
from govcloud_local.settings import Profile, Settings


@pytest.fixture(scope="session", autouse=True)
def _clear_ports(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Remove socket files that a killed run left at this run's ports: footprints would take them for the machine's."""
    state = tmp_path_factory.mktemp("none")
    for base in port_bases.ALL:
        sockets.clear(storage.socket_names(Settings(state=state, profile=Profile.CONTROL_PLANE, base=base)))


@pytest.fixture(scope="module")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BreakableCloud]:
    """Give a cloud that is not up yet; take it down after the module."""
    state = tmp_path_factory.mktemp("cloud") / "state"
    kept = {"PATH": os.environ["PATH"], "HOME": str(Path.home()), "LANG": "C.UTF-8"}
    cache = {name: os.environ[name] for name in ("GOVCLOUD_CACHE", "XDG_CACHE_HOME") if name in os.environ}
    cloud = BreakableCloud(state, {**kept, **cache, "GOVCLOUD_STATE": str(state), "GOVCLOUD_LANG": "en"})
    yield cloud
    cloud.govcloud("local", "reset", "--yes")
    assert not state.exists()
