"""Which of a country's clouds a command looked at, and why not the others.

What programs keep names every declared cloud: nothing may look whole that is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from govcloud.cli.selection import Selection, out_of_reach
from govcloud.country import Country
from govcloud_base.errors import Problem, Text

__all__ = ["as_rows", "unexamined"]

_NOT_ASKED = Text("nobody asked for it", "không được yêu cầu")


def unexamined(country: Country, selection: Selection, lost: Mapping[str, Sequence[Problem]]) -> dict[str, Text]:
    """Return why clouds of the country were not examined, by name: one not asked for, out of reach, or in `lost`.

    `lost` holds what stood in the way of those that were tried.
    """
    found: dict[str, Text] = {}
    for name in sorted(country.clouds):
        if name in lost:
            found[name] = Text.joined(dict.fromkeys(problem.message for problem in lost[name]))
        elif name in selection.beyond:
            found[name] = out_of_reach(country, name, name).message
        elif name not in selection.clouds:
            found[name] = _NOT_ASKED
    return found


def as_rows(country: Country, missed: Mapping[str, Text]) -> list[dict[str, Any]]:
    """Return a row for each declared cloud: whether it was examined, and why not, in both languages."""
    return [
        {
            "cloud": name,
            "examined": name not in missed,
            "why": {"en": missed[name].en, "vi": missed[name].vi} if name in missed else None,
        }
        for name in sorted(country.clouds)
    ]
