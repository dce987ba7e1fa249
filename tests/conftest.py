"""What several kinds of tests share: an embedded cloud of the tests' own, with the reference country on it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import abandoned_clouds
import hypothesis
import pytest
from embedded_cloud import Cloud
from port_bases import SHARED

from govcloud_local import environment, settings


class Interruption:
    """What a signal to end does: the run is interrupted as by Ctrl-C, once, though it comes twice.

    At Ctrl-C the terminal tells pytest and uv, and uv tells pytest once more, in the middle of its cleaning up.
    """

    seconds = 2.0
    """For how long a signal is the same one."""

    def __init__(self) -> None:
        self._last = -self.seconds

    def __call__(self, number: int, frame: object) -> None:
        again = time.monotonic() - self._last < self.seconds
        self._last = time.monotonic()
        if not again:
            raise KeyboardInterrupt(f"signal {number}")


def pytest_configure() -> None:
    """Let fixtures clean up when the run is told to end, as by a time limit: pytest itself would just die.

    And let Ctrl-C do what it does everywhere: a shell starts background jobs with SIGINT ignored, which programs under
    test would inherit. No property test asserts how long an example takes: that depends on what else the machine does.
    """
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")
    HEARD[signal.SIGTERM] = HEARD[signal.SIGINT] = Interruption()
    HEARD[signal.SIGHUP] = signal.getsignal(signal.SIGHUP)
    _hear()


HEARD: dict[signal.Signals, Any] = {}
"""What a run of tests does at a signal."""


def _hear() -> None:
    for number, handler in HEARD.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Hear signals in and after each test: the program goes deaf once it ends, in a test or a fixture as well."""
    _hear()
    yield
    _hear()


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """Start a full embedded cloud in a temporary folder, and leave nothing of it behind."""
    abandoned_clouds.end()
    with abandoned_clouds.folder() as state:
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PULUMI_", "KUBE", "GOVCLOUD_SEAWEED"))
        }
        started = Cloud(state, {**clean, "GOVCLOUD_STATE": str(state), "GOVCLOUD_LANG": "en"})
        try:
            started.govcloud("local", "up", "--profile", "full", "--port-base", str(SHARED), "--yes")
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
