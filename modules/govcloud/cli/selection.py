"""Which stacks a command means."""

from __future__ import annotations

from collections.abc import Sequence

from govcloud.country import Country
from govcloud.country.suggestion import did_you_mean
from govcloud.errors import Problem, Text, UsageError
from govcloud.fleet.stack import StackName

__all__ = ["select"]


def select(country: Country, names: Sequence[str]) -> list[StackName]:
    """Return the named stacks, or all of the country in the order in which they need each other.

    Raises UsageError that names every stack which the country does not declare, with the nearest one.
    """
    declared = country.stacks()
    problems = []
    for name in names:
        StackName.parse(name)
        if name not in declared:
            english, vietnamese = did_you_mean(name, declared)
            problems.append(
                Problem(
                    code="GC-STACK-002",
                    message=Text(en="no such stack in this country", vi="quốc gia này không khai báo stack đó"),
                    value=name,
                    allowed=", ".join(declared) if len(declared) <= 30 else f"{len(declared)} stacks",
                    fix=Text(
                        en=english or "list them with `govcloud up --list`",
                        vi=vietnamese or "xem danh sách bằng `govcloud up --list`",
                    ),
                )
            )
    if problems:
        raise UsageError(problems)
    return [StackName.parse(name) for name in (names or declared)]
