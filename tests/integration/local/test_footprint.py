"""`down` and an aborted `up` leave the machine as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import footprint
import pytest
from breakable_cloud import BreakableCloud, start_command
from port_bases import FOOTPRINT as BASE

from govcloud.folders import project_root
from govcloud_local.daemons.component import NODE_INIT
from govcloud_local.daemons.process import Process

profiles = pytest.mark.parametrize(
    "profile",
    [pytest.param("control-plane", marks=pytest.mark.cloud), pytest.param("full", marks=pytest.mark.node)],
)


def _cgroups(pid: int) -> list[Path]:
    """Return the control groups, below the machine's own, that a process is in."""
    found: list[Path] = []
    own = {line.split(":", 2)[2] for line in Path("/proc/self/cgroup").read_text().splitlines()}
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if path not in own:
            mounts = [m.split() for m in Path("/proc/self/mounts").read_text().splitlines()]
            kind = "cgroup" if controllers else "cgroup2"
            roots = [m[1] for m in mounts if m[2] == kind and (not controllers or controllers in m[1])]
            found.extend(Path(root + path) for root in roots)
    return found


@profiles
def test_down_leaves_nothing(breakable: BreakableCloud, profile: str) -> None:
    before = footprint.take(breakable.state, BASE)
    breakable.up(BASE, profile)
    during = footprint.take(breakable.state, BASE)
    assert len(during.processes) >= 4
    assert {BASE + 2, BASE + 16, *([BASE + 20] if profile == "full" else [])} <= during.listeners
    assert during.interfaces == before.interfaces
    assert during.routes == before.routes
    assert during.rules == before.rules
    assert during.packet_rules == before.packet_rules
    assert during.mounts == before.mounts
    node = Process.load(breakable.state / "run" / f"{NODE_INIT}.json")
    assert (profile == "full") == bool(node)
    held: AbstractContextManager[frozenset[str]] = footprint.namespaces(node.pid) if node else nullcontext(frozenset())
    with held as inside:
        living = footprint.members(inside)
        assert (profile == "full") == bool(living)
        groups = [g for pid in living for g in _cgroups(pid)]
        breakable.govcloud("local", "down")
        assert footprint.take(breakable.state, BASE) == before
        assert footprint.members(inside) == {}
    assert [group for group in groups if group.exists()] == []
    assert list((breakable.state / "run").iterdir()) == []


@profiles
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_aborted_up_leaves_nothing(breakable: BreakableCloud, profile: str, number: signal.Signals) -> None:
    before = footprint.take(breakable.state, BASE)
    with subprocess.Popen(
        start_command(BASE, profile), env=breakable.environment, stderr=subprocess.PIPE, text=True
    ) as running:
        end = time.monotonic() + 60
        while not (breakable.state / "run" / "kube-apiserver.json").exists():
            assert running.poll() is None and time.monotonic() < end
            time.sleep(0.02)
        os.kill(running.pid, number)
        _, said = running.communicate(timeout=120)
    assert running.returncode == 128 + number
    assert "Traceback" not in said
    assert footprint.take(breakable.state, BASE) == before
    assert list((breakable.state / "run").iterdir()) == []


@pytest.mark.cloud
def test_down_finds_what_a_killed_up_did_not_write_down(breakable: BreakableCloud) -> None:
    before = footprint.take(breakable.state, BASE)
    breakable.up(BASE)
    for file in (breakable.state / "run").glob("etcd.*"):
        file.unlink()
    breakable.govcloud("local", "down")
    assert footprint.take(breakable.state, BASE) == before


@pytest.mark.cloud
def test_down_without_a_cloud_is_no_error(breakable: BreakableCloud) -> None:
    breakable.govcloud("local", "down")
    result = breakable.govcloud("local", "down")
    assert "Nothing was running" in result.stderr


@pytest.mark.cloud
def test_plugins_of_a_killed_engine_are_gone_within_seconds(breakable: BreakableCloud) -> None:
    before = footprint.take(breakable.state, BASE)
    breakable.up(BASE)
    server = breakable.status()[1]["pulumi-plugins"]["pid"]

    def plugins() -> list[str]:
        return Path(f"/proc/{server}/task/{server}/children").read_text().split()

    command = [sys.executable, "-m", "govcloud", "up", "tenant.h41"]
    with subprocess.Popen(
        command, cwd=project_root(), env=breakable.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        end = time.monotonic() + 120
        while not plugins():
            assert running.poll() is None and time.monotonic() < end
            time.sleep(0.01)
        for pid, line in footprint.processes(breakable.state).items():
            if line.startswith(str(breakable.state / "engine" / "pulumi")):
                os.kill(pid, signal.SIGKILL)
        running.kill()
    end = time.monotonic() + 8
    while left := plugins():
        assert time.monotonic() < end, left
        time.sleep(0.05)
    breakable.govcloud("local", "down")
    assert footprint.take(breakable.state, BASE) == before
