"""The servers at hand, each running once for all tests of this folder: a test of `store` is run on every one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from port_bases import EMBEDDED_STORE, JUICEFS, RADOSGW
from stores import juicefs, radosgw, seaweedfs
from stores.running import RunningStore

from govcloud.providers.storage.store import Store
from govcloud_base.errors import EnvironmentProblem


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
FETCHED = {
    "radosgw": Server(radosgw.running, RADOSGW),
}
"""Those out of the system's packages, which a machine may be unable to get: their tests are skipped there."""


@pytest.fixture(scope="session", params=[*SERVERS, *FETCHED])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    """One server after the other."""
    name: Any = request.param
    chosen = {**SERVERS, **FETCHED}[name]
    with contextlib.ExitStack() as stack:
        try:
            running = stack.enter_context(chosen.running(tmp_path_factory.mktemp(name), chosen.port))
        except EnvironmentProblem as error:
            if name not in FETCHED:
                raise
            pytest.skip(f"{name}: not at hand, because {error}")
        yield running


@pytest.fixture(scope="session")
def store(server: RunningStore) -> Iterator[Store]:
    """The server's store as the plugin sees it, with the provisioner's key."""
    opened = server.store()
    yield opened
    opened.close()
