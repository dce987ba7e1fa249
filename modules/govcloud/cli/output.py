"""Findings on the standard output, in the format that the reader or the forge asks for."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterable
from typing import Any

from govcloud.errors import Language, Problem
from govcloud.report.junit import junit
from govcloud.report.sarif import sarif

__all__ = ["Format", "structured"]


class Format(enum.StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


def structured(
    output: Format,
    problems: Iterable[Problem],
    language: Language,
    *,
    document: Callable[[], dict[str, Any]],
    files: Iterable[str] = (),
) -> str | None:
    """Return findings in a format for programs; None for text, which each command words itself.

    `document` makes the command's own JSON.
    """
    if output is Format.JSON:
        return json.dumps(document(), ensure_ascii=False, indent=2)
    if output is Format.SARIF:
        return json.dumps(sarif(problems, language), ensure_ascii=False, indent=2)
    if output is Format.JUNIT:
        return junit(problems, files, language).rstrip("\n")
    return None
