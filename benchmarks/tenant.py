"""`pulumi up` of one tenant, from nothing and unchanged, beside an empty Pulumi program."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.row import Row

__all__ = ["measure"]

RUNS = 5
TENANTS = ("tenant.g09", "tenant.h41")
"""Level 3 tenants with six zones each: the largest of the reference country."""


def measure(root: Path) -> list[Row]:
    """Return the rows: an empty program, a tenant from nothing, the same unchanged."""
    empty = _empty_program(root)
    _up(root, "cluster.cgc-hn1")
    fresh = [_up(root, stack) for stack in TENANTS]
    unchanged = [_up(root, stack) for stack in TENANTS for _ in range(2)]
    new, same = statistics.median(fresh), statistics.median(unchanged)
    return [
        Row("pulumi up of a tenant from nothing", new, empty, "empty program", 2 * empty + 1, "2 × empty + 1 s"),
        Row("pulumi up of an unchanged tenant", same, empty, "empty program", 1.3 * empty, "1.3 × empty"),
    ]


def _empty_program(root: Path) -> float:
    """Return the median seconds of `pulumi up` of a program that registers nothing, in the same environment."""
    with tempfile.TemporaryDirectory(prefix="govcloud-empty-") as name:
        folder = Path(name)
        (folder / "Pulumi.yaml").write_text(
            f"name: empty\nruntime:\n  name: python\n  options:\n    virtualenv: {root / '.venv'}\n"
        )
        (folder / "__main__.py").write_text("")
        return statistics.median([_up(folder, "empty") for _ in range(RUNS)])


def _up(project: Path, stack: str) -> float:
    known = subprocess.run(["pulumi", "stack", "ls", "--json"], cwd=project, check=True, capture_output=True, text=True)
    if f'"{stack}"' not in known.stdout:
        subprocess.run(["pulumi", "stack", "init", stack, "--no-select"], cwd=project, check=True, capture_output=True)
    begun = time.perf_counter()
    result = subprocess.run(
        ["pulumi", "up", "--stack", stack, "--yes", "--non-interactive", "--suppress-outputs"],
        cwd=project,
        check=False,
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - begun
    if result.returncode != 0:
        raise SystemExit(result.stdout[-3000:] + result.stderr[-3000:])
    return seconds
