"""Private files: whole or not at all, and nothing of a writer that was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from govcloud_base.errors import EnvironmentProblem
from govcloud_local import cloud, private_file, settings
from govcloud_local.services import storage
from govcloud_local.settings import Profile, Settings
from govcloud_local.toolchain.tool import Tool

KILLED = """
import os, pathlib, sys
from govcloud_local import private_file
os.fsync = lambda _: os.kill(os.getpid(), 9)
private_file.write(pathlib.Path(sys.argv[1]), "a key of an administrator")
"""


class ReachedError(Exception):
    """`up` has come to where it wants tools."""


def _resolve(settings: Settings, names: tuple[str, ...]) -> Mapping[str, Tool]:
    raise ReachedError


def test_the_mode_is_the_one_asked_for_whatever_the_shell_takes_from_new_files(tmp_path: Path) -> None:
    before = os.umask(0o177)
    try:
        assert private_file.write(tmp_path / "start", "#!/bin/sh\n", 0o700)
        assert not private_file.write(tmp_path / "start", "#!/bin/sh\n", 0o700)
    finally:
        os.umask(before)
    assert os.access(tmp_path / "start", os.X_OK) and (tmp_path / "start").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "place", ["kubeconfig", "pki/kubernetes/ca.key", "config/kubelet/kubeconfig", "data/s/s3.json"]
)
def test_the_next_up_removes_what_a_killed_command_left(tmp_path: Path, place: str) -> None:
    file = tmp_path / place
    assert subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False).returncode == -9
    (left,) = file.parent.glob(".*")
    assert left.read_text() == "a key of an administrator"
    mine = left.with_name(f".{file.name}.{os.getpid()}.new")
    mine.touch()
    with pytest.raises(ReachedError):
        cloud.up(tmp_path, Profile.CONTROL_PLANE, None, _resolve, lambda event: None)
    assert not left.exists()
    assert mine.exists(), "it is being written"


@pytest.mark.parametrize("left", [b"", b"\n", b"\0" * 64])
def test_a_secret_that_is_none_is_said_and_kept(tmp_path: Path, left: bytes) -> None:
    file = tmp_path / "sealing.key"
    file.write_bytes(left)
    with pytest.raises(EnvironmentProblem, match=r"GC-LOCAL-019.*sealing\.key"):
        private_file.kept_secret(file)
    assert file.read_bytes() == left
    file.unlink()
    drawn = private_file.kept_secret(file)
    assert len(drawn) == 64
    assert private_file.kept_secret(file) == drawn


@pytest.mark.parametrize("name", ["pki/storage/administrator.json", "data/seaweedfs/s3.json"])
@pytest.mark.parametrize("left", ["", "{", "[]", "null", '{"identities": 1}'])
def test_a_record_of_the_store_that_is_none_is_said(tmp_path: Path, name: str, left: str) -> None:
    made = Settings(state=tmp_path, profile=Profile.CONTROL_PLANE)
    settings.save(made)
    storage.prepare(made)
    (tmp_path / name).write_text(left)
    with pytest.raises(EnvironmentProblem, match=f"GC-LOCAL-019.*{Path(name).name}"):
        storage.prepare(made)
    assert (tmp_path / name).read_text() == left
