"""Private files: whole or not at all, and nothing of a writer that was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from govcloud.local import cloud
from govcloud.local.settings import Profile, Settings
from govcloud.local.toolchain.tool import Tool

KILLED = """
import os, pathlib, sys
from govcloud.local import private_file
os.fsync = lambda _: os.kill(os.getpid(), 9)
private_file.write(pathlib.Path(sys.argv[1]), "a key of an administrator")
"""


class ReachedError(Exception):
    """`up` has come to where it wants tools."""


def _resolve(settings: Settings, names: tuple[str, ...]) -> Mapping[str, Tool]:
    raise ReachedError


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
