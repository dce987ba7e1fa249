"""Which Python the language host chooses."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from govcloud_base.errors import EnvironmentProblem, UsageError
from govcloud_offline.host.runtime import Interpreter, choose, read_options


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_PYTHON_CMD", "UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)


def venv(folder: Path, record: str = "version = 3.11.2\n") -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text(record)
    return folder


def chosen(root: Path, program: Path | None = None, *, plugin: bool = False, **options: object) -> Interpreter:
    return choose(read_options(str(root), str(program or root), options, plugin=plugin))


def test_virtualenv_is_relative_to_the_project_not_to_main(tmp_path: Path) -> None:
    wanted = venv(tmp_path / ".venv")
    venv(tmp_path / "stacks" / ".venv")
    assert chosen(tmp_path, tmp_path / "stacks", virtualenv=".venv").python == wanted / "bin" / "python"


def test_virtualenv_may_be_absolute(tmp_path: Path) -> None:
    wanted = venv(tmp_path / "elsewhere")
    assert chosen(tmp_path / "project", virtualenv=str(wanted)).virtualenv == wanted


def test_a_lock_of_uv_means_its_environment_beside_it(tmp_path: Path) -> None:
    wanted = venv(tmp_path / ".venv")
    (tmp_path / "uv.lock").touch()
    pack = tmp_path / "policies" / "crossguard"
    pack.mkdir(parents=True)
    interpreter = chosen(pack)
    assert interpreter.virtualenv == wanted
    assert interpreter.toolchain == "uv"


def test_uv_without_a_lock_uses_the_project_beside_pyproject(tmp_path: Path) -> None:
    wanted = venv(tmp_path / ".venv")
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "stacks").mkdir()
    assert chosen(tmp_path, tmp_path / "stacks", toolchain="uv").virtualenv == wanted


def test_uv_honours_its_own_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = venv(tmp_path / "other")
    (tmp_path / "uv.lock").touch()
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", "other")
    assert chosen(tmp_path).virtualenv == wanted


def test_pip_without_virtualenv_takes_python_from_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(python.parent))
    interpreter = chosen(tmp_path, toolchain="pip")
    assert (interpreter.python, interpreter.virtualenv) == (python, None)


def test_the_ambient_python_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_PYTHON_CMD", sys.executable)
    assert chosen(tmp_path).python == Path(sys.executable)
    monkeypatch.setenv("PULUMI_PYTHON_CMD", "no-such-python")
    with pytest.raises(EnvironmentProblem, match="GC-PULUMI-002"):
        chosen(tmp_path)


def test_a_plugin_never_runs_on_the_ambient_python(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="GC-PULUMI-001") as raised:
        chosen(tmp_path, plugin=True)
    assert raised.value.problems[0].value == str(tmp_path / "venv")
    wanted = venv(tmp_path / "venv")
    assert chosen(tmp_path, plugin=True).virtualenv == wanted


@pytest.mark.parametrize(("made", "english"), [(False, "does not exist"), (True, "is not a virtual environment")])
def test_a_missing_environment_is_said_in_both_languages(tmp_path: Path, made: bool, english: str) -> None:
    if made:
        (tmp_path / ".venv").mkdir()
    with pytest.raises(EnvironmentProblem) as raised:
        chosen(tmp_path, virtualenv=".venv")
    problem = raised.value.problems[0]
    assert english in problem.message.en
    assert "môi trường" in problem.message.vi
    assert "python3 -m venv" in problem.fix.vi


@pytest.mark.parametrize(
    "options", [{"toolchain": "poetry"}, {"toolchain": 1.0}, {"virtualenv": True}, {"typechecker": "mypy"}]
)
def test_an_option_that_cannot_be_honoured_is_refused(tmp_path: Path, options: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="GC-PULUMI-003") as raised:
        read_options(str(tmp_path), str(tmp_path), options)
    assert next(iter(options)) in raised.value.problems[0].message.en


def test_an_environment_is_activated_as_its_script_does(tmp_path: Path) -> None:
    interpreter = Interpreter(tmp_path / "bin" / "python", tmp_path, "pip")
    active = interpreter.environment({"PATH": "/usr/bin", "PYTHONHOME": "/opt", "OTHER": "x"})
    assert active == {"PATH": f"{tmp_path / 'bin'}:/usr/bin", "VIRTUAL_ENV": str(tmp_path), "OTHER": "x"}
    assert interpreter.environment({})["PATH"] == str(tmp_path / "bin")


@pytest.mark.parametrize("record", ["home = /usr/bin\nversion = 3.11.2\n", "uv = 0.9\nversion_info = 3.11.2\n"])
def test_the_version_comes_from_the_environments_record(tmp_path: Path, record: str) -> None:
    folder = venv(tmp_path / "v", record)
    assert Interpreter(folder / "bin" / "python", folder, "uv").version() == "3.11.2"


def test_the_version_of_an_ambient_python_is_asked() -> None:
    python = Interpreter(Path(sys.executable), None, "pip")
    assert python.version() == ".".join(map(str, sys.version_info[:3]))
    assert any((folder / "grpc").is_dir() for folder in python.packages())
