"""A generated whole country: reading and judging it, again, larger, with one file changed, and the memory of it."""

from __future__ import annotations

import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.row import Row

__all__ = ["measure"]

RUNS = 3
SIZES = (100, 1_000, 10_000)
"""Tenants of the countries by which growth is measured."""
PARSER = "PyYAML's C loader"
REVIEWED = {"commune": "tenants/h*-*/tenant.yaml", "province": "tenants/h[0-9][0-9]/tenant.yaml"}
"""Whose files are changed. All that lies below a province is its change's concern."""


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    seconds: float
    mebibytes: float


def measure(root: Path) -> list[Row]:
    """Return the rows of a whole country, made anew in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="govcloud-country-") as name:
        work = Path(name)
        whole = _generate(root, work / "whole")
        parse = _median([_run(root, work / "none", "parse", whole) for _ in range(RUNS)])
        first, second = _twice(root, work, whole)
        growth = _growth(root, work)
        small, large = (_reviews(root, work, folder) for folder in (work / "1000", whole))
    return [
        Row("strict load and judge of a whole country", first.seconds, parse, PARSER, 2.5 * parse, "2.5 × it"),
        Row("the same again", second.seconds, first.seconds, "first run", 0.25 * first.seconds, "0.25 × first"),
        Row("memory of the first run", first.mebibytes, None, "", 600, "600 MiB", "MiB"),
        Row("growth from 100 to 10,000 tenants, exponent", growth, 1.0, "linear", 1.15, "1.15", ""),
        *(
            Row(f"review of a {who}'s file in the whole country", large[who], small[who], "1,000 tenants", 2, "2 s")
            for who in REVIEWED
        ),
    ]


def _generate(root: Path, folder: Path, tenants: int | None = None) -> Path:
    size = [] if tenants is None else ["--tenants", str(tenants)]
    _govcloud(root, "generate", "--seed", "1", "--out", str(folder), *size)
    return folder


def _govcloud(root: Path, *arguments: str, cache: Path | None = None) -> None:
    environment = {**os.environ, **({"GOVCLOUD_CACHE": str(cache)} if cache else {})}
    result = subprocess.run(
        [sys.executable, "-m", "govcloud", *arguments],
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    if result.returncode != 0:
        raise SystemExit(f"govcloud {' '.join(arguments)}: {result.stdout[-3000:]}{result.stderr[-3000:]}")


def _run(root: Path, cache: Path, work: str, folder: Path) -> Cost:
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.country_work", work, str(folder)],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "GOVCLOUD_CACHE": str(cache)},
    )
    return Cost(**json.loads(result.stdout))


def _median(costs: list[Cost]) -> float:
    return statistics.median(cost.seconds for cost in costs)


def _twice(root: Path, work: Path, folder: Path) -> tuple[Cost, Cost]:
    """Return the cost with an empty cache and with the one that this left, of the median run."""
    pairs = []
    for number in range(RUNS):
        cache = work / f"cache-{number}"
        pairs.append((_run(root, cache, "judge", folder), _run(root, cache, "judge", folder)))
    return sorted(pairs, key=lambda pair: pair[0].seconds)[RUNS // 2]


def _growth(root: Path, work: Path) -> float:
    """Return the exponent k of seconds = c · tenants^k that fits the first runs of countries of SIZES."""
    points = []
    for size in SIZES:
        folder = _generate(root, work / str(size), size)
        runs = [_run(root, work / f"cache-{size}-{n}", "judge", folder) for n in range(RUNS if size < 5_000 else 1)]
        points.append((math.log(size), math.log(_median(runs))))
    slope, _ = statistics.linear_regression(*zip(*points, strict=True))
    return slope


def _reviews(root: Path, work: Path, folder: Path) -> dict[str, float]:
    """Return the seconds of a review of one changed file of each of REVIEWED, after a first load of the base."""
    repository = work / f"repository-{folder.name}"
    shutil.copytree(root / "policies", repository / "policies")
    shutil.copytree(folder, repository / "vn")
    git = ["git", "-C", str(repository), "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "base"], check=True)
    found = {}
    for who in ("first load", *REVIEWED):
        tenant = sorted((repository / "vn").glob(REVIEWED.get(who, "tenants/*/tenant.yaml")))[-1]
        text = tenant.read_text(encoding="utf-8")
        tenant.write_text(text.replace("kind: Tenant", f"kind: Tenant # {who}", 1), encoding="utf-8")
        subprocess.run([*git, "checkout", "-q", "-B", "change", "main"], check=True)
        subprocess.run([*git, "commit", "-q", "-a", "-m", who], check=True)
        revisions = ("--base", "main", "--head", "change")
        seconds = []
        for _ in range(RUNS if who in REVIEWED else 1):
            begun = time.perf_counter()
            _govcloud(root, "review", str(repository / "vn"), *revisions, cache=work / f"cache-{folder.name}-review")
            seconds.append(time.perf_counter() - begun)
        found[who] = statistics.median(seconds)
        subprocess.run([*git, "checkout", "-q", "main"], check=True)
    return found
