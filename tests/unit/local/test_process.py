"""Daemons: started clean, known again, ended, and never confused with a later process of the same id."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from govcloud_local.daemons.process import Process, SpawnError, spawn


def _start(folder: Path, code: str, **environment: str) -> Process:
    return spawn([sys.executable, "-c", code], log=folder / "log", environment=environment, cwd=folder)


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def _ended(daemon: Process) -> bool:
    return not daemon.alive()


def test_a_daemon_gets_only_what_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLERS_SECRET", "x")
    code = (
        "import os, json, sys, time; "
        "json.dump([dict(os.environ), os.getcwd(), os.getsid(0) == os.getpid(), sys.stdin.read(), "
        "sorted(os.listdir('/proc/self/fd'))], open('seen', 'w')); os.rename('seen', 'done'); time.sleep(60)"
    )
    daemon = _start(tmp_path, code, ONLY="this")
    try:
        _wait((tmp_path / "done").exists)
        environment, folder, leads, stdin, handles = json.loads((tmp_path / "done").read_text())
    finally:
        daemon.stop()
    assert {k: v for k, v in environment.items() if k != "LC_CTYPE"} == {"ONLY": "this"}
    assert (folder, leads, stdin) == (str(tmp_path), True, "")
    assert set(handles) <= {"0", "1", "2", "3", "4"}  # 3, 4: the file written and the listing itself


def test_output_goes_to_a_log_that_only_the_owner_reads(tmp_path: Path) -> None:
    for word in ("first", "second"):
        daemon = _start(tmp_path, f"print({word!r})")
        _wait(partial(_ended, daemon))
    assert (tmp_path / "log").read_text() == "first\nsecond\n"
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_stop_ends_even_what_ignores_sigterm(tmp_path: Path) -> None:
    polite = _start(tmp_path, "import time; time.sleep(60)")
    assert polite.stop() is False
    stubborn = _start(
        tmp_path,
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('ready', 'w'); time.sleep(60)",
    )
    _wait((tmp_path / "ready").exists)
    assert stubborn.stop(patience=0.1) is True
    assert not polite.alive() and not stubborn.alive()


def test_a_later_process_with_the_same_id_is_left_alone(tmp_path: Path) -> None:
    daemon = _start(tmp_path, "import time; time.sleep(60)")
    try:
        earlier = Process(daemon.pid, daemon.started - 1)
        assert not earlier.alive()
        assert earlier.memory() == 0
        earlier.signal(signal.SIGKILL)
        assert earlier.stop() is False
        time.sleep(0.1)
        assert daemon.alive()
        assert daemon.memory() > 1_000_000
    finally:
        daemon.stop()


def test_a_record_is_found_again_but_not_after_a_reboot(tmp_path: Path) -> None:
    me = Process.of(os.getpid())
    assert me is not None
    file = tmp_path / "me.json"
    me.save(file)
    assert Process.load(file) == me
    file.write_text(json.dumps({**json.loads(file.read_text()), "boot": "another"}))
    assert Process.load(file) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": "x", "started": 1, "boot": ""}'])
def test_a_damaged_record_is_no_record(tmp_path: Path, content: str) -> None:
    (tmp_path / "r.json").write_text(content)
    assert Process.load(tmp_path / "r.json") is None
    assert Process.load(tmp_path / "absent.json") is None


def test_a_program_that_cannot_be_started_says_so(tmp_path: Path) -> None:
    with pytest.raises(SpawnError, match=r"/absent/program: No such file") as refused:
        spawn(["/absent/program"], log=tmp_path / "log", environment={}, cwd=tmp_path)
    assert refused.value.reason.vi == "không chạy được /absent/program: không có tệp hoặc thư mục này"


def test_a_zombie_is_not_alive() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    try:
        process = Process.of(child)
        assert process is not None
        _wait(lambda: not process.alive())
    finally:
        os.waitpid(child, 0)
