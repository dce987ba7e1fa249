"""What it costs to start the command line: the processor time of its first page, and of importing it."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.row import Row

__all__ = ["measure"]

RUNS = 9
BUDGET = 0.25
"""Seconds of processor time."""
PEER = "import typer"


def measure(root: Path) -> list[Row]:
    """Return the rows of a start, each beside a start of the parser that it stands on."""
    python = [sys.executable, "-c"]
    works = {
        "govcloud --help": [sys.executable, "-m", "govcloud", "--help"],
        "import govcloud.cli": [*python, "import govcloud.cli"],
        PEER: [*python, PEER],
    }
    for command in works.values():
        _seconds(root, command)  # compiles what was not compiled yet
    # In turns: what else the machine does meets all alike.
    runs = [{work: _seconds(root, command) for work, command in works.items()} for _ in range(RUNS)]
    *ours, peer = (statistics.median(run[work] for run in runs) for work in works)
    return [
        Row(f"{work}, processor time", took, peer, PEER, BUDGET, f"{BUDGET} s")
        for work, took in zip(works, ours, strict=False)
    ]


def _seconds(root: Path, command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
