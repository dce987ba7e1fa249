"""What a killed test run leaves is taken away by the next, and nothing of a run that lives."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import abandoned_clouds
import pytest

from govcloud_local import settings
from govcloud_local.access import kubeconfig
from govcloud_local.settings import Profile, Settings

KILLED = """
import os, sys
import abandoned_clouds
from govcloud_local.access import kubeconfig; from govcloud_local import settings
from govcloud_local.settings import Profile, Settings
with abandoned_clouds.folder() as state:
    made = Settings(state=state, profile=Profile.CONTROL_PLANE)
    settings.save(made)
    kubeconfig.engineer(made)
    os.kill(os.getpid(), 9)
"""


def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "govcloud-test-of-somebody").mkdir()
    support = str(Path(abandoned_clouds.__file__).parent)
    environment = {"PYTHONPATH": support, "TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    killed = subprocess.run([sys.executable, "-c", KILLED], env=environment, check=False)
    assert killed.returncode == -9
    (left,) = tmp_path.glob("govcloud-test-*/kubeconfig")
    with abandoned_clouds.folder() as mine:
        made = Settings(state=mine, profile=Profile.CONTROL_PLANE)
        settings.save(made)
        kubeconfig.engineer(made)
        assert abandoned_clouds.end() == [left.parent]
        assert not left.parent.exists()
        assert made.kubeconfig.exists()
        assert abandoned_clouds.end() == []
    assert [folder.name for folder in tmp_path.iterdir()] == ["govcloud-test-of-somebody"]
