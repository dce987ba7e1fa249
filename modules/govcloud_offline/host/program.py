"""Run a Pulumi program: a Python process of its own under `pulumi-language-python-exec`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from govcloud_offline.host.process import Children
from govcloud_offline.host.runtime import Interpreter

if TYPE_CHECKING:
    from govcloud_base.wire.protocol import language_pb2

__all__ = ["BAIL", "EXECUTOR", "Outcome", "arguments", "environment", "outcome", "run"]

BAIL = 32
"""Exit code of a program that has shown the user its error already."""

EXECUTOR = Path(__file__).with_name("executor.py")
"""The script that runs programs, in the program's own interpreter, which need not have GovCloud installed."""

Outcome = tuple[str, bool]
"""Error text for the user, empty when there is none or it was shown; and whether to stop without a word."""


def arguments(request: language_pb2.RunRequest, engine: str) -> list[str]:
    """Return the executor's arguments, as Pulumi's own host passes them: either executor fits either host."""
    named = {
        "monitor": request.monitor_address,
        "engine": engine,
        "project": request.project,
        "root_directory": request.info.root_directory,
        "stack": request.stack,
        "pwd": request.pwd,
        "dry_run": "true" if request.dryRun else "false",
        "parallel": str(request.parallel),
        "organization": request.organization,
    }
    flags = [part for name, value in named.items() if value for part in (f"--{name}", value)]
    return [*flags, request.info.entry_point or ".", *request.args]


def environment(request: language_pb2.RunRequest) -> dict[str, str]:
    """Return the variables that carry the stack's configuration; not arguments, which are public."""
    return {
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


def outcome(status: int) -> Outcome:
    """Return what the engine is told about a program that ended with this Popen.returncode."""
    if status == 0:
        return "", False
    if status == BAIL:
        return "", True
    if status < 0:
        return f"program exited unexpectedly: signal: {signal.strsignal(-status) or -status}", False
    return f"program exited with non-zero exit code: {status}", False


def run(
    interpreter: Interpreter,
    command: Sequence[str],
    variables: dict[str, str],
    children: Children,
    on_abandon: Callable[[Callable[[], None]], object],
) -> Outcome:
    """Run a program to its end, its output going where the host's goes: the engine shows it.

    `on_abandon` is given what to call when the engine no longer waits for the answer.
    """
    with children.running(
        [str(interpreter.python), *command], env=interpreter.environment(os.environ) | variables
    ) as child:
        on_abandon(lambda: _interrupt(child))
        return outcome(child.wait())


def _interrupt(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
