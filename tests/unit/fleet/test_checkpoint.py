"""States that a full disk cut off: put back from the newest whole copy, or left to people."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from govcloud.fleet import checkpoint
from govcloud.fleet.interruption import clear

STACK = "tenant.h41"
PULUMI = "/bin/false"
NEWEST, OLDER, OLDEST = (json.dumps({"version": 3, "age": age}) for age in range(3))


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}?metadata=skip")
    for stack in (STACK, "tenant.h4", "tenant.h41.old"):
        _put(tmp_path / f".pulumi/stacks/govcloud/{stack}.json", NEWEST, 0)
    return tmp_path


def _put(file: Path, content: str, age: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    os.utime(file, (1_000_000 - age, 1_000_000 - age))


def _state(backend: Path) -> Path:
    return backend / f".pulumi/stacks/govcloud/{STACK}.json"


def test_a_whole_state_is_left_alone(backend: Path) -> None:
    _put(_state(backend).with_name(f"{STACK}.json.bak"), OLDER, 1)
    assert clear(PULUMI, STACK) == clear(PULUMI) == []
    assert _state(backend).read_text() == NEWEST


@pytest.mark.parametrize("left", ["", NEWEST[:-1], NEWEST[:5], "\0" * 50])
@pytest.mark.parametrize("chosen", [STACK, None])
def test_half_a_state_is_put_back_from_its_newest_whole_copy(
    backend: Path, left: str, chosen: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    _put(_state(backend), left, 0)
    _put(_state(backend).with_name(f"{STACK}.json.bak"), NEWEST[:-2], 1)  # a later save copied half a state there
    _put(backend / f".pulumi/backups/govcloud/{STACK}/{STACK}.17000.json", OLDER, 2)
    _put(backend / f".pulumi/history/govcloud/{STACK}/{STACK}-16000.checkpoint.json", OLDEST, 3)
    _put(backend / f".pulumi/history/govcloud/{STACK}/{STACK}-18000.history.json", '{"not": "a state"}', 0)
    assert clear(PULUMI, chosen) == [STACK]
    assert _state(backend).read_text() == OLDER
    assert _state(backend).with_name(f"{STACK}.json.damaged").read_text() == left
    assert f"{STACK}: its state was cut off" in capsys.readouterr().err
    assert clear(PULUMI, chosen) == []


def test_only_the_stack_that_is_asked_for_is_put_back(backend: Path) -> None:
    _put(_state(backend), "", 0)
    _put(_state(backend).with_name(f"{STACK}.json.bak"), OLDER, 1)
    assert clear(PULUMI, "tenant.h4") == []
    assert _state(backend).read_text() == ""


def test_without_a_whole_copy_nothing_is_changed(backend: Path) -> None:
    _put(_state(backend), NEWEST[:5], 0)
    _put(_state(backend).with_name(f"{STACK}.json.bak"), "", 1)
    assert clear(PULUMI, STACK) == []
    assert _state(backend).read_text() == NEWEST[:5]


def test_a_state_that_a_living_run_works_on_is_left_to_it(backend: Path) -> None:
    _put(_state(backend), "", 0)
    _put(_state(backend).with_name(f"{STACK}.json.bak"), OLDER, 1)
    lock = {"pid": 1, "username": "x", "hostname": "another-machine", "timestamp": "t"}
    _put(backend / f".pulumi/locks/organization/govcloud/{STACK}/a.json", json.dumps(lock), 0)
    assert clear(PULUMI, STACK) == []
    assert _state(backend).read_text() == ""


def test_a_disk_that_is_still_full_changes_nothing(backend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(_state(backend), NEWEST[:5], 0)
    _put(_state(backend).with_name(f"{STACK}.json.bak"), OLDER, 1)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert checkpoint.restore(_state(backend)) is None
    assert sorted(file.name for file in _state(backend).parent.glob(f"{STACK}.json*")) == [
        f"{STACK}.json",
        f"{STACK}.json.bak",
    ]
    assert _state(backend).read_text() == NEWEST[:5]


def test_a_state_that_is_no_plain_file_hinders_nobody(backend: Path) -> None:
    _state(backend).unlink()
    os.mkfifo(_state(backend))
    assert clear(PULUMI, STACK) == []
