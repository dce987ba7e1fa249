"""A country of two clouds whose stores run here, and a tenant that keeps on the second what it has on the first."""

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

__all__ = ["FIRST", "SECOND", "TARGET", "TENANT", "BackedUp", "founded"]

FIRST, SECOND = "cgc-hn1", "cgc-hn2"
TENANT = "h41"
TARGET = f"vn-{TENANT}-prod-backup"
_COUNTRY = Path(__file__).parents[1] / "fixtures" / "country"


@dataclass(frozen=True)
class BackedUp:
    """The country's folder, and what a shell must hold to work with both stores."""

    folder: Path
    environment: Mapping[str, str]

    def started(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """Start `govcloud backup`."""
        return subprocess.Popen(
            [sys.executable, "-m", "govcloud", "backup", *words, "--country", str(self.folder)],
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, code: int = 0, **more: str) -> str:
        """Run `govcloud backup` and return what it printed; it ends with `code`."""
        child = self.started(*words, **more)
        said, complained = child.communicate(timeout=300)
        assert child.returncode == code, said + complained
        return said + complained

    def told(self, *words: str, code: int = 0, **more: str) -> list[dict[str, Any]]:
        """Run it and return what it tells programs."""
        child = self.started(*words, "--format", "json", **more)
        said, complained = child.communicate(timeout=300)
        assert child.returncode == code, said + complained
        found: list[dict[str, Any]] = json.loads(said)
        return found


def founded(folder: Path, first: RunningStore, second: RunningStore, backup: str) -> BackedUp:
    """Write the country; `backup` is what the tenant's file says of it."""
    shutil.copytree(_COUNTRY, folder)
    cloud = folder / "clouds" / f"{FIRST}.yaml"
    own = re.sub(r"endpointFrom: AWS_ENDPOINT_URL_S3", f"endpoint: {first.url}", cloud.read_text())
    cloud.write_text(own)
    other = own.replace(first.url, second.url).replace(f"name: {FIRST}", f"name: {SECOND}")
    other = re.sub(r"adapter: \S+", f"adapter: {second.dialect}", other)
    (folder / "clouds" / f"{SECOND}.yaml").write_text(re.sub(r"  images:\n(    .*\n)+", "", other))
    tenant = folder / "tenants" / TENANT / "tenant.yaml"
    tenant.write_text(re.sub(r"(      attachments: .*\n)", rf"\1    backup: {backup}\n", tenant.read_text()))
    variables = {
        named_after(cloud, name): value
        for cloud, store in ((FIRST, first), (SECOND, second))
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
    return BackedUp(folder, {**variables, **fixed})
