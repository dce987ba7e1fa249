"""An embedded cloud that tests started, and how they use it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from govcloud.folders import project_root


@dataclass(frozen=True)
class Cloud:
    """A running embedded cloud that the tests started, and how to use it."""

    state: Path
    environment: dict[str, str]
    """What `govcloud local env` exports, over the tests' own environment."""

    def run(self, *command: str, check: bool = True, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the cloud's environment, in the project's root; with `check`, its failure is the test's."""
        result = subprocess.run(
            command,
            cwd=project_root(),
            env={**self.environment, **extra},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and result.returncode != 0:
            pytest.fail(
                f"{' '.join(command)} ended with {result.returncode}\n{result.stdout[-6000:]}\n{result.stderr[-3000:]}"
            )
        return result

    def govcloud(self, *arguments: str, check: bool = True, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run `govcloud` with the interpreter of the tests."""
        return self.run(sys.executable, "-m", "govcloud", *arguments, check=check, **extra)
