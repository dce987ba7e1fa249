"""Access policies as documents: when two say the same, what one may reach, and the one that says no to everything."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

__all__ = ["NOTHING", "canonical", "covers", "covers_keys", "normal", "reaches", "same"]

NOTHING: Final[Mapping[str, object]] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Nothing",
            "Effect": "Deny",
            "Action": ["s3:*"],
            "Resource": ["arn:aws:s3:::*", "arn:aws:s3:::*/*"],
        }
    ],
}
"""The policy of an identity that is shut out. It names both resources, so that it says the same as no statement of a
dialect's own: of two such statements a MinIO drops one, or another one for it."""


def canonical(document: Mapping[str, object]) -> str:
    """Return `document` as JSON in which order and the one-element forms that servers rewrite do not matter."""
    return json.dumps(normal(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Say whether two policy documents mean the same text for text, whatever a server did to their form."""
    return canonical(one) == canonical(other)


def reaches(document: Mapping[str, object], bucket: str) -> bool:
    """Say whether some statement of a policy allows anything on the bucket, or on objects in it.

    What other statements deny does not count: a right that somebody wrote down is one that somebody gave.
    """
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, Mapping) and statement.get("Effect") == "Allow":
            named = statement.get("Resource", [])
            patterns = named if isinstance(named, list) else [named]
            if "NotResource" in statement or any(covers(str(p).split(":", 5)[-1], bucket) for p in patterns):
                return True
    return False


def covers(pattern: str, bucket: str) -> bool:
    """Say whether a pattern of a resource (`name/key`, with `*`, `?`, `${variable}`) fits a bucket or a key in it."""
    pattern, places = _behind(pattern, bucket)
    return len(pattern) in places or any(_takes(pattern, place, "/") for place in places)


def covers_keys(pattern: str, bucket: str) -> bool:
    """Say whether such a pattern fits some key in the bucket; that it fits the bucket itself does not count."""
    pattern, places = _behind(pattern, bucket)
    return any(_takes(pattern, place, "/") for place in places)


def _behind(pattern: str, text: str) -> tuple[str, set[int]]:
    """Return the pattern with its variables opened, and the places in it that a text leads to."""
    # A variable may stand for anything: which of its values would do harm nobody can tell from here.
    pattern = re.sub(r"\$\{[^}]*\}", "*", pattern)
    places = _behind_stars(pattern, {0})
    for letter in text:
        places = _behind_stars(pattern, {p + (pattern[p] != "*") for p in places if _takes(pattern, p, letter)})
    return pattern, places


def _takes(pattern: str, place: int, letter: str) -> bool:
    return place < len(pattern) and pattern[place] in ("*", "?", letter)


def _behind_stars(pattern: str, places: set[int]) -> set[int]:
    """Return the places, and those behind them that are reached where stars stand for nothing."""
    found = set(places)
    for start in places:
        stars = len(pattern) - start - len(pattern[start:].lstrip("*"))
        found.update(range(start, start + stars + 1))
    return found


def normal(document: Mapping[str, object]) -> dict[str, object]:
    """Return `document` in the one form of those that mean the same: lists in order, also of one."""
    statements = document.get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    return {
        **{key: value for key, value in document.items() if key != "Statement"},
        "Statement": [_normal_statement(s) if isinstance(s, Mapping) else s for s in listed],
    }


def _normal_statement(statement: Mapping[str, object]) -> dict[str, object]:
    normal: dict[str, object] = {}
    for key, value in statement.items():
        if key in ("Action", "Resource", "NotAction", "NotResource"):
            normal[key] = _set(value)
        elif key in ("Principal", "NotPrincipal") and isinstance(value, Mapping):
            normal[key] = {kind: _set(names) for kind, names in value.items()}
        elif key == "Condition" and isinstance(value, Mapping):
            normal[key] = {
                operator: {name: _set(values) for name, values in tests.items()}
                if isinstance(tests, Mapping)
                else tests
                for operator, tests in value.items()
            }
        else:
            normal[key] = value
    return normal


def _set(value: object) -> list[str]:
    return sorted({str(v) for v in value} if isinstance(value, list) else {str(value)})
