"""Stale locks: only a lock whose owner is surely gone is removed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from govcloud.fleet.lock import break_stale
from govcloud.fleet.stack import StackKind, StackName

STACK = StackName(StackKind.TENANT, "h41")


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the lock folder of the stack in a file backend of the test's own."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    folder = tmp_path / ".pulumi" / "locks" / "organization" / "govcloud" / str(STACK)
    folder.mkdir(parents=True)
    return folder


def _lock(folder: Path, pid: int, hostname: str) -> Path:
    file = folder / f"{pid}.json"
    file.write_text(json.dumps({"pid": pid, "username": "x", "hostname": hostname, "timestamp": "t"}))
    return file


def _ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_lock_of_a_run_that_was_killed_is_removed(locks: Path) -> None:
    file = _lock(locks, _ended_process(), socket.gethostname())
    assert len(break_stale(STACK)) == 1
    assert not file.exists()


def test_the_lock_of_another_machine_stays(locks: Path) -> None:
    file = _lock(locks, _ended_process(), "another-machine")
    assert break_stale(STACK) == []
    assert file.exists()


def test_the_lock_of_a_running_pulumi_stays(locks: Path, tmp_path: Path) -> None:
    program = tmp_path / "pulumi"  # the kernel names a process after the file that it runs
    shutil.copy("/bin/sleep", program)
    running = subprocess.Popen([program, "60"])
    try:
        while Path(f"/proc/{running.pid}/comm").read_text().strip() != "pulumi":
            time.sleep(0.01)  # the kernel names a program a moment after it has started it
        file = _lock(locks, running.pid, socket.gethostname())
        assert break_stale(STACK) == []
        assert file.exists()
    finally:
        running.kill()
        running.wait()


def test_the_lock_goes_when_the_id_now_belongs_to_another_program(locks: Path) -> None:
    file = _lock(locks, os.getpid(), socket.gethostname())
    break_stale(STACK)
    assert not file.exists()


def test_an_unreadable_lock_is_left_to_people(locks: Path) -> None:
    (locks / "half.json").write_text("{")
    assert break_stale(STACK) == []
    assert (locks / "half.json").exists()
