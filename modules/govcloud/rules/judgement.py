"""All rules together: what is wrong with a country on a date."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.rules import (
    addresses,
    agencies,
    backups,
    grants,
    images,
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
    storage,
    stores,
    texts,
    zones,
)
from govcloud_base.errors import GovCloudError, Place, Problem, Severity

__all__ = ["judge", "lapses", "passed", "require"]

_RULES = (
    references,
    agencies,
    ownership,
    levels,
    separation,
    splitting,
    zones,
    quotas,
    storage,
    addresses,
    platforms,
    links,
    grants,
    lifecycles,
    records,
    sites,
    backups,
    images,
    stores,
    texts,
)


def judge(country: Country, date: datetime.date) -> list[Problem]:
    """Return every problem of `country` on `date`, by file and line. Warnings are among them.

    Of a tenant that cannot be read only that is told: nothing else is known of its file.
    """
    standing = [country.documents["Tenant", name] for name in country.unread]
    unknown = {document.file for document in standing if not document.data}  # another's file is known, and wrong
    found: list[Problem] = []
    for rule in _RULES:
        try:
            found.extend(rule.judge(country, date))
        except GovCloudError as error:  # of the law by which it judges; the others judge all the same
            found.extend(problem for problem in error.problems if problem not in found)
    problems = [p for p in found if p.place is None or p.place.file not in unknown]
    problems += [problem for unread in country.unread.values() for problem in unread]
    return sorted(problems, key=lambda p: (p.place or Place(""), p.code))


def require(country: Country, date: datetime.date, stack: str | None = None) -> Country:
    """Return the country as it stands on `date` (Country.on), ready to render; with `stack`, to render that one.

    Raises GovCloudError like :func:`passed`.
    """
    return passed(country, judge(country, date), date, stack)


def passed(country: Country, problems: list[Problem], date: datetime.date, stack: str | None = None) -> Country:
    """Return the country, judged to have `problems`, as it stands on `date`.

    Where only `stack` is wanted, lapses of other tenants than its own (Problem.scope) do not count: a waiver that ran
    out at midnight stops nobody but who needs it. Raises GovCloudError with all problems that count where any is an
    error.
    """
    concerned = None if stack is None else {None, country.tenant_of(stack)}
    counting = [p for p in problems if concerned is None or p.scope in concerned]
    if any(problem.severity is Severity.ERROR for problem in counting):
        raise GovCloudError(counting)
    return country.on(date)


def lapses(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Return the errors that stop a single tenant, by its name."""
    found: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.scope is not None and problem.severity is Severity.ERROR:
            found[problem.scope].append(problem)
    return dict(found)
