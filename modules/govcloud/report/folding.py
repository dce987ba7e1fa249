"""Findings by cause: what follows from another finding, or says the same of a further place, is shown with that one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from govcloud_base.errors import Place, Problem, Severity

__all__ = ["Cause", "folded"]


@dataclass(frozen=True)
class Cause:
    """A finding with what is no mistake of its own."""

    problem: Problem
    following: tuple[Problem, ...] = ()
    """Findings that are gone once this one is mended."""
    same: tuple[Problem, ...] = ()
    """Findings with the same code and message elsewhere: one thing is wrong, and used at several places."""


def folded(problems: Iterable[Problem]) -> list[Cause]:
    """Return the findings by cause, the causes in the order given.

    A finding follows from an error at the place that it names as its reason (Problem.because), and from what that one
    follows from. Nothing is lost: each is a cause, or in exactly one.
    """
    found = list(problems)
    errors: dict[Place, Problem] = {}
    for problem in sorted(
        found, key=lambda p: p.because is not None
    ):  # of several at a place, one that follows from none
        if problem.severity is Severity.ERROR and problem.place is not None:
            errors.setdefault(problem.place, problem)
    roots = {id(problem): _root(problem, errors) for problem in found}
    first: dict[tuple[str, str], Problem] = {}
    following: dict[int, list[Problem]] = {}
    same: dict[int, list[Problem]] = {}
    causes: list[Problem] = []
    for problem in found:
        if (root := roots[id(problem)]) is not problem:
            following.setdefault(id(root), []).append(problem)
        elif (one := first.setdefault((problem.code, problem.message.en), problem)) is not problem and problem.place:
            same.setdefault(id(one), []).append(problem)
        else:
            causes.append(problem)
    for more in same.values():  # what follows from one of several, follows from what they have in common
        one = first[more[0].code, more[0].message.en]
        for problem in more:
            following.setdefault(id(one), []).extend(following.pop(id(problem), ()))
    return [Cause(p, tuple(following.get(id(p), ())), tuple(same.get(id(p), ()))) for p in causes]


def _root(problem: Problem, errors: dict[Place, Problem]) -> Problem:
    """Return the error from which a finding follows in the end; itself where it follows from none, or from itself."""
    start, seen = problem, {id(problem)}
    while problem.because is not None and (reason := errors.get(problem.because)) is not None:
        if id(reason) in seen:
            return start
        seen.add(id(reason))
        problem = reason
    return problem
