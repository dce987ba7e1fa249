"""Install what a program needs, for `pulumi install`: commands of uv, or of venv and pip."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from govcloud.errors import EnvironmentProblem, Problem, Text
from govcloud.local.offline.host.runtime import Interpreter, Options, virtualenv_folder

__all__ = ["commands"]


def commands(options: Options) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Yield the commands to run in the program's folder, in order, each with its environment.

    Lazily: what comes next depends on what the one before has made. Raises EnvironmentProblem where a tool
    is missing.
    """
    folder = virtualenv_folder(options)
    if options.toolchain == "uv":
        assert folder is not None
        yield [_tool("uv"), "sync", "--inexact"], dict(os.environ) | {"UV_PROJECT_ENVIRONMENT": str(folder)}
        return
    python = Path(_tool("python3"))
    interpreter = Interpreter(python, None, "pip")
    if folder is not None:
        if not (folder / "bin" / "python").is_file():
            yield [str(python), "-m", "venv", str(folder)], dict(os.environ)
        interpreter = Interpreter(folder / "bin" / "python", folder, "pip")
    if (options.program / "requirements.txt").is_file():
        install = [str(interpreter.python), "-m", "pip", "install", "-r", "requirements.txt"]
        yield install, interpreter.environment(os.environ)


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found:
        return found
    raise EnvironmentProblem(
        Problem(
            code="GC-PULUMI-005",
            message=Text(f"{name} is not on PATH", f"không có {name} trên PATH"),
            value=name,
            fix=Text(
                f"install {name}, or set runtime.options.toolchain to another one",
                f"cài {name}, hoặc đặt runtime.options.toolchain sang công cụ khác",
            ),
        )
    )
