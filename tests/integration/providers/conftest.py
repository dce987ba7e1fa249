"""A real SeaweedFS of this test session, configured exactly as the embedded cloud runs it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from port_bases import STORE

from govcloud.providers.storage.endpoint import Endpoint
from govcloud.providers.storage.store import Store
from govcloud_local import environment, private_file
from govcloud_local.services import storage
from govcloud_local.settings import Profile, Settings
from govcloud_local.toolchain.tool import Origin, Tool

STARTING_SECONDS = 60


@pytest.fixture(scope="session")
def store_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The variables that `govcloud local env` would print for a store started for these tests alone."""
    found = shutil.which("weed") or str(Path(sys.executable).with_name("weed"))
    state = tmp_path_factory.mktemp("store")
    state.chmod(0o700)
    settings = Settings(state=state, profile=Profile.CONTROL_PLANE, base=STORE)
    for folder in (settings.pki, settings.run, settings.logs, settings.config, settings.data):
        private_file.folder(folder)
    environment.prepare(settings)
    storage.prepare(settings)
    daemon = storage.component(settings, Tool("weed", Path(found), "4.48", Origin.PATH))
    with (settings.logs / "weed.log").open("ab") as log:
        process = subprocess.Popen(
            daemon.argv,
            cwd=state,
            env={"PATH": os.environ["PATH"], "HOME": str(state), **daemon.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + STARTING_SECONDS
        while (missing := daemon.ready()) is not None:
            assert process.poll() is None, (settings.logs / "weed.log").read_text()[-2000:]
            assert time.monotonic() < deadline, missing
            time.sleep(0.1)
        yield environment.variables(settings, os.environ["PATH"])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="session")
def store(store_environment: Mapping[str, str]) -> Iterator[Store]:
    """The store as the plugin sees it, with the provisioner's key."""
    opened = Store(Endpoint.from_config({}, store_environment), store_environment)
    yield opened
    opened.close()


@pytest.fixture
def unique() -> str:
    """A word that no other test uses, for the names of buckets and identities."""
    return f"t{secrets.token_hex(4)}"


@pytest.fixture
def tags(unique: str) -> dict[str, str]:
    """Ownership tags of a tenant of this test."""
    return {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": unique, "ghi-chú": "hồ sơ"}
