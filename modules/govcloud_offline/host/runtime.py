"""Which Python runs a program or plugin: the options `toolchain` and `virtualenv` of Pulumi.yaml.

================  =====================================================================================
options           interpreter
================  =====================================================================================
`virtualenv`      `<project root>/<virtualenv>/bin/python`; must exist
`toolchain: uv`   the same, by default `.venv` (or $UV_PROJECT_ENVIRONMENT) beside the nearest uv.lock
no toolchain      uv where a uv.lock lies in or above the program, else pip
`toolchain: pip`  without `virtualenv`: $PULUMI_PYTHON_CMD, else python3, else python on PATH
plugin, pip       without `virtualenv`: `venv` in the plugin's folder, never the ambient Python
================  =====================================================================================

Source: pulumi.com/docs/iac/languages-sdks/python; the same order as Pulumi's own host.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from govcloud_base.errors import EnvironmentProblem, Place, Problem, Text, UsageError

__all__ = ["Interpreter", "Options", "choose", "read_options"]

TOOLCHAINS = ("pip", "uv")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one program or plugin, checked."""

    root: Path
    """Folder of Pulumi.yaml: `virtualenv` is relative to it, not to `main`."""
    program: Path
    """Folder of the program."""
    toolchain: str
    """`pip` or `uv`, never empty."""
    virtualenv: str
    """As written; empty when not given."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python to run programs with."""

    python: Path
    virtualenv: Path | None
    """Folder of its virtual environment; None for the ambient Python."""
    toolchain: str

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return `base` with the virtual environment activated, as `bin/activate` does."""
        environment = dict(base)
        if self.virtualenv:
            environment.pop("PYTHONHOME", None)
            environment["VIRTUAL_ENV"] = str(self.virtualenv)
            path = environment.get("PATH")
            environment["PATH"] = os.pathsep.join([str(self.virtualenv / "bin"), *([path] if path else [])])
        return environment

    def version(self) -> str:
        """Return the Python version, from the virtual environment's own record where there is one."""
        if self.virtualenv:
            for line in _lines(self.virtualenv / "pyvenv.cfg"):
                name, _, value = line.partition("=")
                if name.strip() in ("version", "version_info"):
                    return value.strip()
        shown = subprocess.run(
            [self.python, "--version"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        return shown.stdout.removeprefix("Python ").strip()

    def packages(self) -> list[Path]:
        """Return the folders that packages are installed in."""
        if self.virtualenv:
            return sorted(self.virtualenv.glob("lib/python3*/site-packages"))
        listed = subprocess.run(
            [self.python, "-c", "import site, sys; print(*site.getsitepackages(), sep='\\n')"],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return [path for path in map(Path, listed.stdout.splitlines()) if path.is_dir()]


def read_options(root: str, program: str, options: Mapping[str, object], *, plugin: bool = False) -> Options:
    """Check the options of a program or plugin. Raises UsageError naming option, value and fix."""
    values: dict[str, str] = {}
    for name in ("toolchain", "virtualenv", "typechecker"):
        value = options.get(name, "")
        if not isinstance(value, str):
            raise UsageError(_wrong(name, value, "a string"))
        values[name] = value
    toolchain = values["toolchain"]
    if toolchain and toolchain not in TOOLCHAINS:
        raise UsageError(_wrong("toolchain", toolchain, " | ".join(TOOLCHAINS)))
    if values["typechecker"]:
        raise UsageError(_wrong("typechecker", values["typechecker"], "(none)"))
    if not toolchain:
        toolchain = "uv" if _folder_above(Path(program), "uv.lock") else "pip"
    virtualenv = values["virtualenv"]
    if plugin and toolchain == "pip" and not virtualenv:
        virtualenv = "venv"
    return Options(Path(root), Path(program), toolchain, virtualenv)


def choose(options: Options) -> Interpreter:
    """Return the interpreter that the options name. Raises EnvironmentProblem, with the fix, without it."""
    folder = virtualenv_folder(options)
    if folder is None:
        names = [os.environ.get("PULUMI_PYTHON_CMD", "")] if os.environ.get("PULUMI_PYTHON_CMD") else []
        for name in names or ["python3", "python"]:
            found = shutil.which(name)
            if found:
                return Interpreter(Path(found), None, options.toolchain)
        raise EnvironmentProblem(
            Problem(
                code="GC-PULUMI-002",
                message=Text("no Python was found on PATH", "không tìm thấy Python trên PATH"),
                value=", ".join(names) or None,
                fix=Text(
                    "install Python 3.11 or later, or set the option virtualenv in Pulumi.yaml",
                    "cài Python 3.11 trở lên, hoặc đặt tùy chọn `virtualenv` trong Pulumi.yaml",
                ),
            )
        )
    python = folder / "bin" / "python"
    if not python.is_file():
        raise EnvironmentProblem(_missing(options, folder))
    return Interpreter(python, folder, options.toolchain)


def virtualenv_folder(options: Options) -> Path | None:
    """Return where the virtual environment is or would be; None for the ambient Python."""
    if options.virtualenv:
        return options.root / options.virtualenv
    if options.toolchain == "pip":
        return None
    project = (
        _folder_above(options.program, "uv.lock") or _folder_above(options.program, "pyproject.toml") or options.program
    )
    return project / (os.environ.get("UV_PROJECT_ENVIRONMENT") or ".venv")


def _missing(options: Options, folder: Path) -> Problem:
    en, vi = ("does not exist", "không tồn tại")
    if folder.exists():
        en, vi = ("is not a virtual environment", "không phải là môi trường ảo")
    command = "uv sync" if options.toolchain == "uv" else f"python3 -m venv {folder} && pulumi install"
    return Problem(
        code="GC-PULUMI-001",
        message=Text(
            f"the program's Python environment {en}",
            f"môi trường Python của chương trình {vi}",
        ),
        place=Place(str(options.root / "Pulumi.yaml")),
        value=str(folder),
        fix=Text(
            f"run `{command}` in {options.root}, or correct the option virtualenv",
            f"chạy `{command}` trong {options.root}, hoặc sửa tùy chọn `virtualenv`",
        ),
    )


def _wrong(name: str, value: object, allowed: str) -> Problem:
    return Problem(
        code="GC-PULUMI-003",
        message=Text(
            f"GovCloud's offline language host does not take this value of the runtime option {name}",
            f"máy chủ ngôn ngữ ngoại tuyến của GovCloud không nhận giá trị này của tùy chọn {name}",
        ),
        value=str(value),
        allowed=allowed,
        fix=Text(
            "correct runtime.options, or install the official Pulumi, which is then used instead",
            "sửa runtime.options, hoặc cài Pulumi chính thức để dùng thay",
        ),
    )


def _folder_above(folder: Path, name: str) -> Path | None:
    """Return the nearest folder, this one or above, that holds `name`."""
    return next((place for place in (folder, *folder.parents) if (place / name).is_file()), None)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
