"""Killed runs: only the lock of an owner that is surely gone is removed, and only what it had begun is forgotten."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from govcloud.fleet.interruption import clear

STACK = "tenant.h41"
PULUMI = "/bin/false"
"""A CLI that fails: the lock goes all the same."""


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the lock folder of the stack in a file backend of the test's own."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    folder = tmp_path / ".pulumi" / "locks" / "organization" / "govcloud" / STACK
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
    assert clear(PULUMI, STACK) == [STACK]
    assert not file.exists()


def test_the_lock_of_another_machine_stays(locks: Path) -> None:
    file = _lock(locks, _ended_process(), "another-machine")
    assert clear(PULUMI, STACK) == []
    assert file.exists()


def test_the_lock_of_a_running_pulumi_stays_until_it_ends(locks: Path, tmp_path: Path) -> None:
    program = tmp_path / "pulumi"  # the kernel names a process after the file that it runs
    shutil.copy("/bin/sleep", program)
    running = subprocess.Popen([program, "60"])
    try:
        while Path(f"/proc/{running.pid}/comm").read_text().strip() != "pulumi":
            time.sleep(0.01)  # the kernel names a program a moment after it has started it
        file = _lock(locks, running.pid, socket.gethostname())
        assert clear(PULUMI, STACK) == []
        assert file.exists()
        running.kill()
        os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and still has its name
        assert clear(PULUMI, STACK) == [STACK]
    finally:
        running.kill()
        running.wait()


def test_the_lock_goes_when_the_id_now_belongs_to_another_program(locks: Path) -> None:
    file = _lock(locks, os.getpid(), socket.gethostname())
    clear(PULUMI, STACK)
    assert not file.exists()


def test_an_unreadable_lock_is_left_to_people(locks: Path) -> None:
    (locks / "half.json").write_text("{")
    assert clear(PULUMI, STACK) == []
    assert (locks / "half.json").exists()


@pytest.mark.parametrize("name", ["a.json", "a.json.187e1f2a3b4c5d6e.tmp"])
@pytest.mark.parametrize("content", [b"", b"\0" * 120])
def test_an_empty_lock_is_removed(locks: Path, name: str, content: bytes) -> None:
    """What a full disk leaves, by the name that a lock has while it is written, or a power cut."""
    (locks / name).write_bytes(content)
    assert clear(PULUMI, STACK) == [STACK]
    assert list(locks.iterdir()) == []


@pytest.mark.parametrize("renamed", [True, False])
def test_a_lock_that_is_being_written_stays(locks: Path, tmp_path: Path, renamed: bool) -> None:
    file = locks / "a.json.187e1f2a3b4c5d6e.tmp"
    file.touch()
    owner = {"pid": os.getpid(), "username": "x", "hostname": "another-machine", "timestamp": "t"}

    def write() -> None:
        time.sleep(0.3)
        file.write_text(json.dumps(owner))
        if renamed:
            file.replace(locks / "a.json")

    writer = threading.Thread(target=write)
    writer.start()
    assert clear(PULUMI, STACK) == []
    writer.join()
    assert [json.loads(left.read_text()) for left in locks.iterdir()] == [owner]


def test_other_stacks_are_cleared_only_when_all_are(locks: Path) -> None:
    file = _lock(locks, _ended_process(), socket.gethostname())
    assert clear(PULUMI, "tenant.g09") == []
    assert file.exists()
    assert clear(PULUMI) == [STACK]
    assert not file.exists()


@pytest.mark.parametrize("begun", [True, False])
def test_creations_that_were_begun_are_forgotten(locks: Path, tmp_path: Path, begun: bool) -> None:
    _lock(locks, _ended_process(), socket.gethostname())
    state = {"version": 3, "deployment": {"pending_operations": [{"type": "creating"}] if begun else []}}
    (tmp_path / "exported").write_text(json.dumps(state))
    cli = tmp_path / "cli"
    cli.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n'
        f'case "$2" in export) cat {tmp_path}/exported;; import) cat > {tmp_path}/imported;; esac\n'
    )
    cli.chmod(0o755)
    assert clear(str(cli)) == [STACK]
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[0] == "stack export --stack organization/govcloud/tenant.h41 --non-interactive"
    assert (tmp_path / "imported").exists() is begun
    if begun:
        assert json.loads((tmp_path / "imported").read_text()) == state


def test_a_process_that_the_system_hides_is_left_alone(locks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `hidepid`, /proc shows nothing of other users' processes."""
    file = _lock(locks, 4242, socket.gethostname())
    read = Path.read_text

    def hidden(path: Path, encoding: str | None = None, errors: str | None = None) -> str:
        if path.parts[:2] == ("/", "proc"):
            raise FileNotFoundError(path)
        return read(path, encoding, errors)

    def refused(pid: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", hidden)
    monkeypatch.setattr(os, "kill", refused)
    assert clear(PULUMI, STACK) == []
    assert file.exists()


@pytest.mark.parametrize("pid", [-1, 0, 10**30])
def test_an_impossible_process_has_ended(locks: Path, pid: int) -> None:
    file = _lock(locks, pid, socket.gethostname())
    assert clear(PULUMI, STACK) == [STACK]
    assert not file.exists()


def test_hostile_locks_neither_stop_nor_fool_anybody(locks: Path, tmp_path: Path) -> None:
    (locks / "deep.json").write_text("[" * 60_000)
    (locks / "large.json").write_text(" " * 200_000 + "{}")
    (locks / "list.json").write_text("[]")
    os.mkfifo(locks / "pipe.json")
    (locks / "folder.json").mkdir()
    stale = {"pid": _ended_process(), "username": "x", "hostname": socket.gethostname(), "timestamp": "t"}
    (tmp_path / "elsewhere").write_text(json.dumps(stale))
    (locks / "link.json").symlink_to(tmp_path / "elsewhere")
    assert clear(PULUMI, STACK) == []
    assert (tmp_path / "elsewhere").exists()


def test_what_a_lock_says_of_its_owner_is_shown_harmless(locks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {
        "pid": _ended_process(),
        "username": "\x1b[2J\nroot",
        "hostname": socket.gethostname(),
        "timestamp": "t" * 999,
    }
    (locks / "a.json").write_text(json.dumps(said))
    clear(PULUMI, STACK)
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert shown.strip().isprintable()
    assert len(shown) < 500


def test_the_state_of_a_run_that_began_meanwhile_is_not_undone(locks: Path, tmp_path: Path) -> None:
    """Another run may lock the stack between the removal of the stale lock and the reading of the state."""
    pulumi = tmp_path / "cli"
    lock, imported = locks / "theirs.json", tmp_path / "imported"
    state = '{"deployment": {"pending_operations": [{"type": "creating"}]}}'
    for begun, expected in ((f"touch {lock};", False), ("", True)):
        lock.unlink(missing_ok=True)
        pulumi.write_text(
            f"#!/bin/sh\ncase \"$2\" in export) {begun} echo '{state}';; import) cat > {imported};; esac\n"
        )
        pulumi.chmod(0o755)
        _lock(locks, _ended_process(), socket.gethostname())
        clear(str(pulumi), STACK)
        assert imported.exists() == expected


def test_who_was_interrupted_is_said_in_vietnamese(
    locks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "vi")
    pid = _ended_process()
    _lock(locks, pid, socket.gethostname())
    clear("/bin/false")
    said = capsys.readouterr().err
    assert "tiếp quản từ một lần chạy bị gián đoạn" in said
    assert f"tiến trình {pid}, từ " in said
    assert "process" not in said
