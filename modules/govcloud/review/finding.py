"""Findings of two revisions: which of them a change brings, and in what order a reader needs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from govcloud.review.difference import Change
from govcloud_base.errors import Place, Problem

__all__ = ["beyond", "by_cause"]


def by_cause(problems: Iterable[Problem], changes: Iterable[Change], files: Iterable[str]) -> list[Problem]:
    """Return findings with those first that stand where the change was made, then others of its files, then the rest.

    What a change breaks elsewhere follows from what it says; who mends the first mends those as well.
    """
    made = {(change.place.file, change.place.line) for change in changes}
    touched = frozenset(files)

    def distance(problem: Problem) -> tuple[int, Place]:
        place = problem.place or Place("")
        return 0 if (place.file, place.line) in made else 1 if place.file in touched else 2, place

    return sorted(problems, key=distance)


def beyond(some: Iterable[Problem], others: Iterable[Problem]) -> list[Problem]:
    """Return those of the findings `others` that are not among `some`; of equal ones, as many as there are more.

    Where in its file a finding stands does not tell it from others: that moves with every line above it.
    """

    def identity(problem: Problem) -> tuple[str, str, str]:
        return problem.code, problem.place.file if problem.place else "", problem.message.en

    left = Counter(map(identity, some))
    found = []
    for problem in others:
        if left[identity(problem)]:
            left[identity(problem)] -= 1
        else:
            found.append(problem)
    return found
