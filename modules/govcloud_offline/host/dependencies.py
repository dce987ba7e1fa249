"""Install what a program needs, for `pulumi install`: commands of uv, or of venv and pip."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator

from govcloud_base.errors import EnvironmentProblem, Problem, Text
from govcloud_offline.host.runtime import Interpreter, Options, choose, virtualenv_folder

__all__ = ["commands"]


def commands(options: Options) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Yield the commands to run in the program's folder, in order, each with its environment.

    Lazily: what comes next depends on what the one before has made. Raises EnvironmentProblem where a tool
    is missing.
    """
    folder = virtualenv_folder(options)
    if options.toolchain == "uv":
        yield [_uv(), "sync", "--inexact"], dict(os.environ) | {"UV_PROJECT_ENVIRONMENT": str(folder)}
        return
    interpreter = choose(dataclasses.replace(options, virtualenv=""))
    if folder is not None:
        if not (folder / "bin" / "python").is_file():
            yield [str(interpreter.python), "-m", "venv", str(folder)], dict(os.environ)
        interpreter = Interpreter(folder / "bin" / "python", folder, "pip")
    if (options.program / "requirements.txt").is_file():
        install = [str(interpreter.python), "-m", "pip", "install", "-r", "requirements.txt"]
        yield install, interpreter.environment(os.environ)


def _uv() -> str:
    found = shutil.which("uv")
    if found:
        return found
    raise EnvironmentProblem(
        Problem(
            code="GC-PULUMI-005",
            message=Text("uv is not on PATH", "không có uv trên PATH"),
            fix=Text(
                "install uv, or set runtime.options.toolchain to pip",
                "cài uv, hoặc đặt runtime.options.toolchain thành pip",
            ),
        )
    )
