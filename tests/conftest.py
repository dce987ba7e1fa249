"""What several kinds of tests share: an embedded cloud of the tests' own, with the reference country on it."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from embedded_cloud import Cloud

from govcloud.local import environment, settings

PORT_BASE = int(os.environ.get("GOVCLOUD_TEST_PORT_BASE", "19000"))
"""Two runs on one machine need two bases."""


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt(f"signal {number}")


def pytest_configure() -> None:
    """Let fixtures clean up when the run is told to end, as by a time limit: pytest itself would just die.

    And let Ctrl-C do what it does everywhere: a shell starts background jobs with SIGINT ignored, which programs under
    test would inherit. No property test asserts how long an example takes: that depends on what else the machine does.
    """
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """Start a full embedded cloud in a temporary folder, and leave nothing of it behind."""
    with tempfile.TemporaryDirectory(prefix="govcloud-test-") as folder:
        state = Path(folder)
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PULUMI_", "KUBE", "GOVCLOUD_SEAWEED"))
        }
        started = Cloud(state, {**clean, "GOVCLOUD_STATE": folder, "GOVCLOUD_LANG": "en"})
        try:
            started.govcloud("local", "up", "--profile", "full", "--port-base", str(PORT_BASE), "--yes")
            found = settings.load(state)
            assert found is not None
            yield Cloud(state, {**started.environment, **environment.variables(found, clean["PATH"])})
        finally:
            started.govcloud("local", "down")


@pytest.fixture(scope="session")
def country(cloud: Cloud) -> Cloud:
    """Provision the reference country on the tests' cloud, exactly as `make up` does."""
    cloud.govcloud("up")
    return cloud
