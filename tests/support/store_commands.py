"""The shell of whoever works on buckets from a country's folder: with keys of its stores, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stores.running import RunningStore

from govcloud.providers.storage.surroundings import named_after

__all__ = ["StoreCommands", "shell"]


@dataclass(frozen=True)
class StoreCommands:
    """A country's folder, and what a shell must hold to work with its stores."""

    folder: Path
    environment: Mapping[str, str]
    group: str
    """Of the commands: `backup` or `storage`."""

    def started(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            [sys.executable, "-m", "govcloud", self.group, *words],
            cwd=self.folder,
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, code: int = 0, **more: str) -> str:
        """Run a command and return what it printed; it ends with `code`."""
        child = self.started(*words, **more)
        said, complained = child.communicate(timeout=300)
        assert child.returncode == code, said + complained
        assert "Traceback" not in complained
        return said + complained

    def told(self, *words: str, code: int = 0, **more: str) -> list[dict[str, Any]]:
        """Run it and return what it tells programs."""
        child = self.started(*words, "--format", "json", **more)
        said, complained = child.communicate(timeout=300)
        assert child.returncode == code, said + complained
        found: list[dict[str, Any]] = json.loads(said)
        return found


def shell(folder: Path, stores: Mapping[str, RunningStore]) -> dict[str, str]:
    """Return the variables of a shell beside the country's folder, with the keys of each cloud's store by its name."""
    home = folder.parent
    keys = {
        named_after(cloud, name): value
        for cloud, store in stores.items()
        for name, value in store.environment.items()
        if name.startswith(("AWS_", "GOVCLOUD_")) and name != "AWS_ENDPOINT_URL_S3"
    }
    return {
        **keys,
        "HOME": str(home),
        "GOVCLOUD_LANG": "en",
        "GOVCLOUD_STATE": str(home / "no-state"),
        "KUBECONFIG": str(home / "no-kubeconfig"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
