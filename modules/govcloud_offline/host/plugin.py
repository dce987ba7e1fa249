"""Run a plugin written in Python, a policy pack or a provider, and stream what it prints."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Literal

from govcloud_base.errors import Place, Problem, Text, UsageError
from govcloud_offline.host.process import Children
from govcloud_offline.host.runtime import Interpreter

__all__ = ["Output", "command", "run", "variables"]

_Piece = tuple[Literal["stdout", "stderr"], bytes]
Output = _Piece | int
"""A piece of what the plugin prints; last, its exit code."""


def command(kind: str, folder: Path, arguments: Sequence[str]) -> list[str]:
    """Return what to give to Python for a plugin in `folder`.

    Unbuffered throughout: pulumi-policy never flushes the line with its port, and the engine waits for it for
    ever. Raises UsageError for a folder that holds nothing to run.
    """
    if kind == "analyzer":
        return ["-u", "-m", "pulumi.policy", *arguments, str(folder)]
    if (folder / "__main__.py").is_file():
        return ["-u", str(folder), *arguments]
    name = _package_name(folder)
    if name:
        return ["-u", "-m", "pulumi.run.plugin", name, *arguments]
    raise UsageError(
        Problem(
            code="GC-PULUMI-004",
            message=Text("the plugin has nothing to run", "plugin không có gì để chạy"),
            place=Place(str(folder)),
            allowed="__main__.py | pyproject.toml with [build-system] and project.name",
            fix=Text("add __main__.py to the plugin's folder", "thêm __main__.py vào thư mục của plugin"),
        )
    )


def variables(given: Sequence[str], interpreter: Interpreter) -> dict[str, str]:
    """Return a plugin's environment: the engine's list of NAME=value, which is whole, else the host's own."""
    pairs = (entry.partition("=") for entry in given)
    base: Mapping[str, str] = {name: value for name, _, value in pairs} if given else os.environ
    return interpreter.environment(base)


def run(
    interpreter: Interpreter,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    children: Children,
    on_abandon: Callable[[Callable[[], None]], object],
) -> Iterator[Output]:
    """Run a plugin and yield its output as it comes, then its exit code.

    `on_abandon` is given what to call when the engine no longer listens, which is how it ends plugins.
    """
    with children.running(
        [str(interpreter.python), *arguments],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        on_abandon(lambda: _end(child))
        assert child.stdout is not None
        assert child.stderr is not None
        read: queue.SimpleQueue[_Piece] = queue.SimpleQueue()
        for thread in (
            threading.Thread(target=_forward, args=("stdout", child.stdout, read), daemon=True),
            threading.Thread(target=_forward, args=("stderr", child.stderr, read), daemon=True),
        ):
            thread.start()
        ended = 0
        while ended < 2:
            name, data = read.get()
            if data:
                yield name, data
            else:
                ended += 1
        status = child.wait()
    yield status if status >= 0 else 128 - status


def _forward(name: Literal["stdout", "stderr"], stream: IO[bytes], read: queue.SimpleQueue[_Piece]) -> None:
    """Pass on what is there at once: the engine waits for the port, a short line, before it goes on."""
    with stream:
        while data := os.read(stream.fileno(), 65536):
            read.put((name, data))
    read.put((name, b""))


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a plugin that nobody listens to any more. The engine has sent it Cancel before."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(2.0)
    except subprocess.TimeoutExpired:
        child.kill()


def _package_name(folder: Path) -> str | None:
    """Return the distribution name of a folder that is a buildable Python package."""
    import tomllib  # here, because few plugins need it and the host must start quickly

    try:
        declared = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return None
    name = declared.get("project", {}).get("name")
    return name if isinstance(name, str) and "build-system" in declared else None
