"""A country of one cloud whose store runs here, and the shell of whoever exports a tenant's buckets from it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stores.running import RunningStore

from govcloud.providers.storage.surroundings import named_after

__all__ = ["CLOUD", "TENANT", "Exporting", "founded"]

CLOUD, TENANT = "cgc-hn1", "h41"
_COUNTRY = Path(__file__).parents[1] / "fixtures" / "country"


@dataclass(frozen=True)
class Exporting:
    """The country's folder, and what a shell must hold to read its store."""

    folder: Path
    environment: Mapping[str, str]

    def started(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """Start `govcloud storage`."""
        return subprocess.Popen(
            [sys.executable, "-m", "govcloud", "storage", *words],
            cwd=self.folder,
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, code: int = 0, **more: str) -> str:
        """Run `govcloud storage` and return what it printed; it ends with `code`."""
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


def founded(folder: Path, store: RunningStore) -> Exporting:
    """Write the country."""
    shutil.copytree(_COUNTRY, folder)
    cloud = folder / "clouds" / f"{CLOUD}.yaml"
    own = re.sub(r"endpointFrom: AWS_ENDPOINT_URL_S3", f"endpoint: {store.url}", cloud.read_text())
    cloud.write_text(re.sub(r"adapter: \S+", f"adapter: {store.dialect}", own))
    variables = {
        named_after(CLOUD, name): value
        for name, value in store.environment.items()
        if name.startswith(("AWS_", "GOVCLOUD_")) and name != "AWS_ENDPOINT_URL_S3"
    }
    home = folder.parent
    fixed = {
        "HOME": str(home),
        "GOVCLOUD_LANG": "en",
        "GOVCLOUD_STATE": str(home / "no-state"),
        "KUBECONFIG": str(home / "no-kubeconfig"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    return Exporting(folder, {**variables, **fixed})
