"""A country with its judgement, both remembered: nothing is judged twice that did not change.

A judgement follows from the declarations, the law, the date and the rules' code, and from nothing else. So it is kept
under the digest of them all.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable
from pathlib import Path

from govcloud.country import Country, Readings, known
from govcloud.country.cache import Cache, cache_file, code_digest, digest
from govcloud.rules.judgement import judge, passed
from govcloud_base.errors import Problem

__all__ = ["judged", "required"]

_KEPT = 16
_MOST_PROBLEMS = 2000


def judged(folder: Path, date: datetime.date) -> tuple[Country, list[Problem]]:
    """Return the country at `folder` and every problem of it on `date`, as :func:`govcloud.rules.judge` finds them.

    Raises GovCloudError where the folder cannot be read as a country (:func:`govcloud.country.known`).
    """
    readings = Readings.of(folder)
    country = known(folder, readings=readings)
    cache = Cache(cache_file(folder, "judgements"), f"{code_digest('model', 'country', 'rules', '.')}")
    beside = _beside(country.law.folder)
    # What could not even be opened was not seen by the readings.
    unread = digest(_text(problem for problems in country.unread.values() for problem in problems)).decode()
    key = f"{readings.digest()}.{beside}.{unread}.{date}".encode()
    lines = cache.lines()
    if kept := next((line for line in lines if line.partition(b" ")[0] == key), None):
        return country, [Problem.of(found) for found in json.loads(kept.partition(b" ")[2])]
    problems = judge(country, date)
    if len(problems) <= _MOST_PROBLEMS and _beside(country.law.folder) == beside:
        cache.write([*lines[1 - _KEPT :], key + b" " + _text(problems)])
    return country, problems


def required(folder: Path, date: datetime.date, stack: str | None = None) -> Country:
    """Return the country at `folder` as it stands on `date`, ready to render; with `stack`, to render that one.

    Raises GovCloudError like :func:`govcloud.rules.passed`.
    """
    country, problems = judged(folder, date)
    return passed(country, problems, date, stack)


def _text(problems: Iterable[Problem]) -> bytes:
    return json.dumps([problem.as_dict() for problem in problems]).encode()


def _beside(law: Path) -> str:
    """Return the digest of all that lies in the law's folder, names and contents: rules may read tables there."""
    files = sorted(path for path in law.rglob("*") if path.suffix in (".yaml", ".csv", ".json") and path.is_file())
    named = ((os.fsencode(path.relative_to(law)), path.read_bytes()) for path in files)
    return digest(b"\0".join(part for name, data in named for part in (name, digest(data)))).decode()
