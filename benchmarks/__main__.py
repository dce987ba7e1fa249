"""`make bench`: run every benchmark on an embedded cloud of its own and print ratios beside their budgets."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import tenant
from benchmarks.row import print_rows
from govcloud.local import environment, settings
from govcloud.local.paths import project_root

PORT_BASE = "18400"


def main() -> None:
    """Start a control plane and a store in a temporary folder, measure, print, and take all down again."""
    root = project_root()
    with tempfile.TemporaryDirectory(prefix="govcloud-bench-") as folder:
        os.environ["GOVCLOUD_STATE"] = folder
        cloud = [sys.executable, "-m", "govcloud", "local"]
        subprocess.run(
            [*cloud, "up", "--profile", "control-plane", "--port-base", PORT_BASE, "--yes"], cwd=root, check=True
        )
        try:
            found = settings.load(Path(folder))
            assert found is not None
            os.environ.update(environment.variables(found, os.environ["PATH"]))
            rows = tenant.measure(root)
        finally:
            subprocess.run([*cloud, "down"], cwd=root, check=True)
    print_rows(rows)


if __name__ == "__main__":
    main()
