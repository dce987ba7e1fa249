"""What stands in the way is said with its fix, before or without harm."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from pathlib import Path

import footprint
import pytest
from breakable_cloud import BreakableCloud, start_command
from port_bases import REFUSALS as BASE

pytestmark = pytest.mark.cloud


def test_taken_ports_are_named_with_their_holder_and_nothing_starts(breakable: BreakableCloud) -> None:
    with socket.create_server(("127.0.0.1", BASE + 2)), socket.create_server(("127.0.0.1", BASE + 16)):
        result = breakable.govcloud("local", "up", *_options(), check=False)
    assert result.returncode == 3
    assert result.stderr.count("GC-LOCAL-002") == 2
    assert str(BASE + 2) in result.stderr and str(BASE + 16) in result.stderr
    assert f"(process {os.getpid()})" in result.stderr
    assert footprint.processes(breakable.state) == {}


def _options() -> list[str]:
    return ["--profile", "control-plane", "--port-base", str(BASE)]


def test_two_at_once_is_one_too_many(breakable: BreakableCloud) -> None:
    first = subprocess.Popen(start_command(BASE), env=breakable.environment, stderr=subprocess.PIPE, text=True)
    lock = breakable.state / "lock"
    while not (lock.exists() and lock.read_text() == str(first.pid)):
        assert first.poll() is None
        time.sleep(0.01)
    second = breakable.govcloud("local", "up", *_options(), check=False)
    _, said = first.communicate(timeout=120)
    assert second.returncode == 3
    assert "GC-LOCAL-006" in second.stderr
    assert f"process {first.pid}" in second.stderr
    assert first.returncode == 0, said
    assert breakable.status()[0] == 0


def test_a_part_that_dies_at_start_is_reported_and_the_rest_is_stopped(breakable: BreakableCloud) -> None:
    breakable.govcloud("local", "down")
    member = breakable.state / "data" / "etcd" / "member" / "snap" / "db"
    content = member.read_bytes()
    member.write_bytes(b"damaged" * 10_000)
    try:
        result = breakable.govcloud("local", "up", *_options(), check=False)
    finally:
        member.write_bytes(content)
    assert result.returncode == 4
    assert "GC-LOCAL-008" in result.stderr
    assert "etcd ended while starting" in result.stderr
    assert "Traceback" not in result.stderr
    assert footprint.processes(breakable.state) == {}
    assert list((breakable.state / "run").iterdir()) == []


def test_a_state_of_another_version_is_refused_but_can_be_reset(breakable: BreakableCloud) -> None:
    file = breakable.state / "settings.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": 99}))
    for command in ("up", "status", "env"):
        result = breakable.govcloud("local", command, check=False)
        assert result.returncode == 3
        assert "GC-LOCAL-003" in result.stderr
        assert "reset" in result.stderr
    breakable.govcloud("local", "reset", "--yes")
    assert not breakable.state.exists()


def test_reset_spares_a_folder_that_is_no_state(breakable: BreakableCloud, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    result = breakable.govcloud("local", "reset", "--yes", check=False, GOVCLOUD_STATE=str(tmp_path))
    assert result.returncode == 2
    assert (tmp_path / "thesis.txt").exists()


def test_questions_about_no_cloud_are_answered(breakable: BreakableCloud, tmp_path: Path) -> None:
    for command in (["status"], ["env"], ["logs", "etcd"], ["kubeconfig", "--user=a", "--group=b"]):
        result = breakable.govcloud("local", *command, check=False, GOVCLOUD_STATE=str(tmp_path / "none"))
        assert result.returncode == 3
        assert "GC-LOCAL-009" in result.stderr
        said = breakable.govcloud(
            "local", *command, check=False, GOVCLOUD_STATE=str(tmp_path / "none"), GOVCLOUD_LANG="vi"
        )
        assert "không có đám mây" in said.stderr
