"""What `pulumi install` runs for a program."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from govcloud_base.errors import EnvironmentProblem
from govcloud_offline.host.dependencies import commands
from govcloud_offline.host.runtime import Options


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "path"
    folder.mkdir()
    (folder / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("PULUMI_PYTHON_CMD", raising=False)
    monkeypatch.delenv("UV_PROJECT_ENVIRONMENT", raising=False)
    return folder


def test_pip_makes_the_environment_then_installs_into_it(path: Path, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").touch()
    steps = commands(Options(tmp_path, tmp_path, "pip", "venv"))
    argv, _ = next(steps)
    assert argv == [str(path / "python3"), "-m", "venv", str(tmp_path / "venv")]
    argv, environment = next(steps)
    assert argv == [str(tmp_path / "venv" / "bin" / "python"), "-m", "pip", "install", "-r", "requirements.txt"]
    assert environment["VIRTUAL_ENV"] == str(tmp_path / "venv")
    assert next(steps, None) is None


def test_pip_leaves_an_environment_that_is_there(path: Path, tmp_path: Path) -> None:
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").symlink_to(sys.executable)
    assert list(commands(Options(tmp_path, tmp_path, "pip", "venv"))) == []


def test_pip_without_environment_installs_for_the_ambient_python(path: Path, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").touch()
    [(argv, environment)] = commands(Options(tmp_path, tmp_path, "pip", ""))
    assert argv[0] == str(path / "python3")
    assert "VIRTUAL_ENV" not in environment or environment["VIRTUAL_ENV"] != str(tmp_path)


def test_uv_syncs_the_projects_environment(path: Path, tmp_path: Path) -> None:
    (path / "uv").symlink_to("/bin/true")
    [(argv, environment)] = commands(Options(tmp_path, tmp_path, "uv", "env"))
    assert argv == [str(path / "uv"), "sync", "--inexact"]
    assert environment["UV_PROJECT_ENVIRONMENT"] == str(tmp_path / "env")


@pytest.mark.parametrize(("toolchain", "tool"), [("uv", "uv"), ("pip", "python3")])
def test_a_missing_tool_is_named(path: Path, tmp_path: Path, toolchain: str, tool: str) -> None:
    (path / tool).unlink(missing_ok=True)
    with pytest.raises(EnvironmentProblem, match=r"is not on PATH|no Python was found on PATH"):
        next(commands(Options(tmp_path, tmp_path, toolchain, "")))
