"""A folder for one Pulumi project, run by the real CLI with this project's language host."""

from __future__ import annotations

import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Workbench:
    """One project in a folder, its stack `dev` made."""

    folder: Path
    pulumi: Path
    environment: dict[str, str]

    def write(self, name: str, content: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(content), encoding="utf-8")
        return file

    def program(self, content: str) -> None:
        self.write("stacks/__main__.py", content)

    def run(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.pulumi, *arguments, "--color", "never", "--non-interactive"],
            cwd=self.folder,
            env=self.environment | extra,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def done(self, *arguments: str, **extra: str) -> str:
        """Run a command that must succeed and return what it prints."""
        result = self.run(*arguments, **extra)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    def processes(self) -> list[str]:
        """Return the command lines of what runs because of this workbench."""
        mark = f"GOVCLOUD_WORKBENCH={self.environment['GOVCLOUD_WORKBENCH']}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    if command:  # a zombie has none
                        found.append(command)
            except OSError:
                continue
        return found
