"""A cloud that a test may break."""

from __future__ import annotations

import json
import sys
from typing import Any

from embedded_cloud import Cloud

from govcloud_local import environment, settings

__all__ = ["BreakableCloud", "start_command"]


class BreakableCloud(Cloud):
    """A cloud of a test's own: brought up and down, looked at, and broken."""

    def up(self, base: int, profile: str = "control-plane") -> None:
        """Bring it up (or repair it), and use it from now on."""
        self.govcloud("local", "up", "--profile", profile, "--port-base", str(base), "--yes")
        found = settings.load(self.state)
        assert found is not None
        self.environment.update(environment.variables(found, self.environment["PATH"]))

    def status(self) -> tuple[int, dict[str, dict[str, Any]]]:
        """Return the exit code of `status` and its rows by component."""
        result = self.govcloud("local", "status", "--format", "json", check=False)
        rows = json.loads(result.stdout)["components"]
        return result.returncode, {row["component"]: row for row in rows}

    def kubectl(self, *arguments: str, check: bool = True, **extra: str) -> str:
        """Run kubectl as the platform engineer; return what it prints."""
        result = self.run("kubectl", *arguments, check=check, **extra)
        return result.stdout + ("" if check else result.stderr)


def start_command(base: int, profile: str = "control-plane") -> list[str]:
    """Return the command that brings a cloud up, for tests that run it in the background."""
    interpreter = [sys.executable, "-m", "govcloud"]
    return [*interpreter, "local", "up", "--profile", profile, "--port-base", str(base), "--yes"]
