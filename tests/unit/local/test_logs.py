"""Logs stay short while their daemons write on, and nothing but the logs of the cloud's own daemons is touched."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from govcloud_base.interruption import Interruption
from govcloud_local.daemons import log_keeper, logs
from govcloud_local.daemons.component import Component
from govcloud_local.daemons.lifecycle import Starter
from govcloud_local.settings import Settings

_TALKER = """
import itertools, time
for number in itertools.count():
    print(f"line {number:09}", flush=True)
    time.sleep(0.0005)
"""


def _up(cloud: Settings, components: list[Component]) -> None:
    with Interruption() as interruption:
        Starter(cloud, components, [], interruption, lambda event: None).run()


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_a_log_is_put_aside_again_and_again_while_its_daemon_writes(
    cloud: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LIMIT", 4096)
    talker = Component(name="talker", argv=(sys.executable, "-S", "-c", _TALKER), ready=lambda: None, after=())
    foreign = cloud.logs / "audit.log"
    foreign.write_bytes(b"x" * 10_000)
    _up(cloud, [talker, logs.keeper(cloud, [talker], pause=0.05)])
    log, aside = logs.file(cloud, "talker"), cloud.logs / "talker.log.1"
    _wait(aside.exists)
    first = aside.read_bytes()
    _wait(lambda: aside.read_bytes() != first)
    assert first.startswith(b"line 000000000\n")
    assert len(first) > 4096
    _wait(lambda: log.stat().st_size > 0)
    assert log.read_bytes().startswith(b"line")  # no hole where the daemon was before
    assert aside.stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in cloud.logs.iterdir() if "new" not in path.name) == [
        "audit.log",
        "log-keeper.log",
        "talker.log",
        "talker.log.1",
    ]
    assert foreign.stat().st_size == 10_000


def test_a_short_log_stays(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("few words\n")
    assert not log_keeper.shorten(log, 10)
    assert log.read_text() == "few words\n"
    assert log_keeper.shorten(log, 9)
    assert log.read_text() == ""
    assert (tmp_path / "a.log.1").read_text() == "few words\n"


def test_a_log_that_cannot_be_put_aside_is_kept_and_named(tmp_path: Path) -> None:
    stuck, fine = tmp_path / "stuck.log", tmp_path / "fine.log"
    for log in (stuck, fine):
        log.write_text("many words\n")
    (tmp_path / "stuck.log.1").mkdir()
    assert log_keeper.keep([stuck, tmp_path / "absent.log", fine], 5) == ["stuck.log: Is a directory"]
    assert stuck.read_text() == "many words\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fine.log", "fine.log.1", "stuck.log", "stuck.log.1"]


def test_a_keeper_that_fails_does_not_beat(tmp_path: Path) -> None:
    log, beat = tmp_path / "stuck.log", tmp_path / "beat"
    log.write_text("many words\n")
    (tmp_path / "stuck.log.1").mkdir()
    command = [sys.executable, "-I", "-S", log_keeper.__file__, str(beat), "5", "0.02", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as keeper:
        try:
            assert keeper.stdout is not None
            assert keeper.stdout.readline().endswith(" stuck.log: Is a directory\n")
            assert not beat.exists()
            (tmp_path / "stuck.log.1").rmdir()
            _wait(beat.exists)
        finally:
            keeper.kill()


def test_last_words_are_those_of_this_start(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("old\nnew\n")
    assert logs.last_words(log, 4) == "new"
    assert logs.last_words(log, 8) == ""
    # put aside since: all that is there is new
    assert logs.last_words(log, 4000) == "old\n    new"
    assert logs.last_words(tmp_path / "absent.log", 0) == ""
