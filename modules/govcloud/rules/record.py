"""A country with its judgement, both remembered: nothing is judged twice that did not change.

A judgement follows from the declarations, the law, the date and the rules' code, and from nothing else. So it is kept
under the digest of them all.
"""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

from govcloud.country import Country, Readings, load
from govcloud.country.cache import Cache, cache_file, code_digest, digest
from govcloud.rules.judgement import judge, passed
from govcloud_base.errors import Problem

__all__ = ["judged", "required"]

_KEPT = 16
_MOST_PROBLEMS = 2000


def judged(folder: Path, date: datetime.date) -> tuple[Country, list[Problem]]:
    """Return the country at `folder` and every problem of it on `date`, as :func:`govcloud.rules.judge` finds them.

    Raises GovCloudError where the folder cannot be read as a country.
    """
    readings = Readings.of(folder)
    country = load(folder, readings=readings)
    cache = Cache(cache_file(folder, "judgements"), f"{code_digest('model', 'country', 'rules', '.')}")
    beside = _beside(country.law.folder)
    key = f"{readings.digest()}.{beside}.{date}".encode()
    lines = cache.lines()
    if known := next((line for line in lines if line.partition(b" ")[0] == key), None):
        return country, [Problem.of(found) for found in json.loads(known.partition(b" ")[2])]
    problems = judge(country, date)
    if len(problems) <= _MOST_PROBLEMS and _beside(country.law.folder) == beside:
        text = json.dumps([problem.as_dict() for problem in problems]).encode()
        cache.write([*lines[1 - _KEPT :], key + b" " + text])
    return country, problems


def required(folder: Path, date: datetime.date, stack: str | None = None) -> Country:
    """Return the country at `folder` as it stands on `date`, ready to render; with `stack`, to render that one.

    Raises GovCloudError like :func:`govcloud.rules.passed`.
    """
    country, problems = judged(folder, date)
    return passed(country, problems, date, stack)


def _beside(law: Path) -> str:
    """Return the digest of all that lies in the law's folder, names and contents: rules may read tables there."""
    files = sorted(path for path in law.rglob("*") if path.suffix in (".yaml", ".csv", ".json") and path.is_file())
    named = ((os.fsencode(path.relative_to(law)), path.read_bytes()) for path in files)
    return digest(b"\0".join(part for name, data in named for part in (name, digest(data)))).decode()
