"""All rules together: what is wrong with a country on a date."""

from __future__ import annotations

import datetime

from govcloud.country import Country
from govcloud.errors import GovCloudError, Place, Problem, Severity
from govcloud.rules import (
    addresses,
    agencies,
    levels,
    lifecycles,
    links,
    ownership,
    platforms,
    quotas,
    records,
    references,
    separation,
    sites,
    splitting,
    texts,
    zones,
)

__all__ = ["judge", "passed", "require"]

_RULES = (
    references,
    agencies,
    ownership,
    levels,
    separation,
    splitting,
    zones,
    quotas,
    addresses,
    platforms,
    links,
    lifecycles,
    records,
    sites,
    texts,
)


def judge(country: Country, date: datetime.date) -> list[Problem]:
    """Return every problem of `country` on `date`, by file and line. Warnings are among them."""
    problems = [problem for rule in _RULES for problem in rule.judge(country, date)]
    return sorted(problems, key=lambda p: (p.place or Place(""), p.code))


def require(country: Country, date: datetime.date) -> Country:
    """Return the country as it stands on `date` (Country.on), ready to render.

    Raises GovCloudError with all problems where any is an error.
    """
    return passed(country, judge(country, date), date)


def passed(country: Country, problems: list[Problem], date: datetime.date) -> Country:
    """Return the country, judged to have `problems`, as it stands on `date`.

    Raises GovCloudError with all problems where any is an error.
    """
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise GovCloudError(problems)
    return country.on(date)
