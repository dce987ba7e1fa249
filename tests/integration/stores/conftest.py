"""The servers at hand, each running once for all tests of this folder: a test of `store` is run on every one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from port_bases import EMBEDDED_STORE, JUICEFS
from stores import juicefs, seaweedfs
from stores.running import RunningStore

from govcloud.providers.storage.store import Store


@dataclass(frozen=True)
class Server:
    """How one is run."""

    running: Callable[[Path, int], AbstractContextManager[RunningStore]]
    port: int


SERVERS = {
    "seaweedfs": Server(seaweedfs.running, EMBEDDED_STORE),
    "juicefs": Server(juicefs.running, JUICEFS),
}
"""Those whose packages are always installed. One of them that cannot start is a failure of each of its tests."""


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    """One server after the other."""
    name: Any = request.param
    chosen = SERVERS[name]
    with chosen.running(tmp_path_factory.mktemp(name), chosen.port) as running:
        yield running


@pytest.fixture(scope="session")
def store(server: RunningStore) -> Iterator[Store]:
    """The server's store as the plugin sees it, with the provisioner's key."""
    opened = server.store()
    yield opened
    opened.close()
