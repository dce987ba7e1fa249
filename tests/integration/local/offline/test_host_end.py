"""How runs end that do not end well: the host goes with its engine, and takes everything along."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from workbench import Workbench

pytestmark = pytest.mark.toolchain

Running = tuple[Workbench, subprocess.Popen[str]]


@pytest.fixture
def running(bench: Workbench) -> Iterator[Running]:
    """A run whose program sleeps, with a child of its own, once both have started."""
    bench.program(
        """
        import pathlib, subprocess, sys, time
        import pulumi
        stubborn = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(600)"
        child = subprocess.Popen([sys.executable, "-c", stubborn])
        try:
            pathlib.Path("../started").touch()
            time.sleep(600)
        finally:
            child.kill()
            time.sleep(0.5)  # as long as real cleaning may take: the engine's second signal must not end it
            pathlib.Path("../cleaned").touch()
        """
    )
    engine = subprocess.Popen(
        [bench.pulumi, "up", "--yes", "--skip-preview", "--non-interactive", "--color", "never"],
        cwd=bench.folder,
        env=bench.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        _until(lambda: (bench.folder / "started").exists(), "the program to start")
        yield bench, engine
    finally:
        engine.kill()
        engine.wait()
        assert engine.stdout is not None
        engine.stdout.close()


def test_cancelling_ends_program_and_host_quietly(running: Running) -> None:
    bench, engine = running
    os.kill(engine.pid, signal.SIGINT)
    shown, _ = engine.communicate(timeout=60)
    assert engine.returncode != 0
    assert "KeyboardInterrupt" not in shown
    assert "canceled" in shown or "cancelled" in shown
    assert (bench.folder / "cleaned").exists(), "the program had no chance to clean up"
    _until(lambda: not bench.processes(), "all processes to end")


def test_nothing_outlives_a_killed_engine(running: Running) -> None:
    bench, engine = running
    assert len(bench.processes()) >= 4, "engine, host, program and its child"
    engine.kill()
    engine.wait()
    _until(lambda: not bench.processes(), "all processes to end")


def _until(holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)
