"""One piece of work on a country in a process of its own, so that nothing is warm but the disk's cache.

Prints the processor seconds of the work and the most memory that the process had: `python -m benchmarks.country_work
parse|judge FOLDER`. Processor time, because the machine may be busy with other things.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
import time
from pathlib import Path

__all__: list[str] = []


def main(work: str, folder: Path) -> None:
    """Do the work and print {"seconds", "mebibytes"}."""
    seconds = _parse(folder) if work == "parse" else _judge(folder)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mebibytes": memory}))


def _parse(folder: Path) -> float:
    """Merely parse every file with PyYAML's C loader and drop the result."""
    import yaml

    begun = time.process_time()
    for file in sorted(folder.rglob("*.yaml")):
        yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)  # it is the C form of the safe loader
    return time.process_time() - begun


def _judge(folder: Path) -> float:
    """Read the country strictly and judge it, as every command does, with the cache that the environment names."""
    from govcloud import rules
    from govcloud_base.errors import Severity

    begun = time.process_time()
    _, problems = rules.judged(folder, datetime.date.today())
    seconds = time.process_time() - begun
    assert not any(problem.severity is Severity.ERROR for problem in problems), problems[:3]
    return seconds


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
