"""Problems as SARIF 2.1.0 (OASIS), which forges and editors show at the lines concerned."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from govcloud_base.errors import Language, Place, Problem, Severity, told

__all__ = ["sarif"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_LINK = re.compile(r"\]\(")
"""What a viewer would take for a link in a message (§3.11.6)."""
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def sarif(problems: Iterable[Problem], language: Language, properties: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a log of one run. Both languages are in every result: `message` in `language`, `properties` in the other.

    Files are relative to the working folder, as places are; a code is a rule, listed once.
    """
    found = tuple(problems)
    codes = sorted({p.code for p in found})
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "govcloud", "rules": [_rule(code) for code in codes]}},
                "language": language.value,
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {_ROOT: {"description": {"text": "Root of the repository"}}},
                "results": [_result(p, codes, language) for p in found],
                **({"properties": properties} if properties else {}),
            }
        ],
    }


def _rule(code: str) -> dict[str, Any]:
    """Return the descriptor of a code; its area is the word in the middle."""
    area = re.sub(r"^GC-|-[0-9]+$", "", code).lower()
    return {"id": code, "name": code, "shortDescription": {"text": f"{code} ({area})"}, "properties": {"tags": [area]}}


def _result(problem: Problem, codes: list[str], language: Language) -> dict[str, Any]:
    place = problem.place
    extra = {"value": told(problem.value, Language.EN), "allowed": told(problem.allowed, Language.EN)}
    return {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": _LEVELS[problem.severity],
        "message": {
            "text": _LINK.sub("] (", f"{problem.message.in_language(language)}. {problem.fix.in_language(language)}"),
        },
        **({"locations": [_location(place)]} if place is not None and place.file else {}),
        "partialFingerprints": {"govcloud/v1": f"{problem.code}:{place.file if place else ''}:{problem.message.en}"},
        "properties": {
            "message": {"en": problem.message.en, "vi": problem.message.vi},
            "fix": {"en": problem.fix.en, "vi": problem.fix.vi},
            **{name: value for name, value in extra.items() if value is not None},
        },
    }


def _location(place: Place) -> dict[str, Any]:
    artifact: dict[str, Any] = {"uri": quote(place.file)}
    if not place.file.startswith("/"):
        artifact["uriBaseId"] = _ROOT
    region: dict[str, Any] = {}
    if place.line:
        region = {"region": {"startLine": place.line, **({"startColumn": place.column} if place.column else {})}}
    return {"physicalLocation": {"artifactLocation": artifact, **region}}
