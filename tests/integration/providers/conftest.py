"""A real SeaweedFS of this test session, configured exactly as the embedded cloud runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from port_bases import STORE
from stores import seaweedfs

from govcloud.providers.storage.endpoint import Endpoint
from govcloud.providers.storage.store import Store


@pytest.fixture(scope="session")
def store_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The variables that `govcloud local env` would print for a store started for these tests alone."""
    with seaweedfs.running(tmp_path_factory.mktemp("store"), STORE) as server:
        yield server.environment


@pytest.fixture(scope="session")
def store(store_environment: Mapping[str, str]) -> Iterator[Store]:
    """The store as the plugin sees it, with the provisioner's key."""
    opened = Store(Endpoint.from_config({}, store_environment), store_environment)
    yield opened
    opened.close()
