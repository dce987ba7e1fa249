"""`make bench`: run the benchmarks and print ratios beside their budgets.

`python -m benchmarks start` runs those of starting the command line, `country` those of declarations, which need no
cloud either; `backup` those of backups and `storage` those of buckets and identities, which start stores of their own;
`tenant` the others.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import backup, country, start, storage, tenant
from benchmarks.row import Row, print_rows
from govcloud.folders import project_root
from govcloud_local import environment, settings

PORT_BASE = "18400"


def main(names: list[str]) -> None:
    """Measure what is named, or everything, and print all rows."""
    root = project_root()
    # As make does: else every process that is measured would compile its modules anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    rows: list[Row] = []
    if not names or "start" in names:
        rows += start.measure(root)
    if not names or "country" in names:
        rows += country.measure(root)
    if not names or "backup" in names:
        rows += backup.measure(root)
    if not names or "storage" in names:
        rows += storage.measure(root)
    if not names or "tenant" in names:
        rows += _on_a_cloud(root)
    print_rows(rows)


def _on_a_cloud(root: Path) -> list[Row]:
    """Start a control plane and a store in a temporary folder, measure, and take all down again."""
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
            return tenant.measure(root)
        finally:
            subprocess.run([*cloud, "down"], cwd=root, check=True)


if __name__ == "__main__":
    # What was started is taken down whoever ends it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    main(sys.argv[1:])
