"""The servers at hand, each running once for all tests of this folder: a test of `store` is run on every one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from port_bases import EMBEDDED_STORE, JUICEFS, MOTO, RADOSGW
from stores import amazon_policies, juicefs, moto, radosgw, seaweedfs
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
OF_IDENTITIES = {
    "seaweedfs-iam": Server(seaweedfs.iam, EMBEDDED_STORE),
    "moto": Server(partial(moto.running, policy=amazon_policies.provisioner()), MOTO),
}
"""Those on which identities alone are tried (mark `identities`): their buckets are another's, or a make-believe."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of a server on each, but for one that names its own."""
    marks = list(metafunc.definition.iter_markers())
    named = any(mark.name == "parametrize" and mark.args[0] == "server" for mark in marks)
    if "server" in metafunc.fixturenames and not named:
        more = OF_IDENTITIES if any(mark.name == "identities" for mark in marks) else {}
        metafunc.parametrize("server", [*SERVERS, *FETCHED, *more], indirect=True, scope="session")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    """One server after the other."""
    name: Any = request.param
    chosen = {**SERVERS, **FETCHED, **OF_IDENTITIES}[name]
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
