"""Policies as a RADOS Gateway takes them: it refuses a whole document for one action that it does not know.

What it does not know nobody can do there, so that such an action may be left out. The statement then says so in its
`Sid`, and is read with the action in it: else what was declared and what is there would differ for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["reduced", "whole"]

_UNKNOWN: Final = frozenset({"s3:GetEncryptionConfiguration", "s3:PutEncryptionConfiguration"})
"""Of the actions that this project names, those that came after 16.2."""
_MARK: Final = " without "


def reduced(document: Mapping[str, object]) -> dict[str, object]:
    """Return a policy without the actions that older gateways do not know."""
    return {**document, "Statement": [_reduced(statement) for statement in _statements(document)]}


def whole(document: Mapping[str, object]) -> dict[str, object]:
    """Return a policy as it was before :func:`reduced`; one that never was is returned as it is."""
    if not any(_MARK in str(statement.get("Sid", "")) for statement in _statements(document)):
        return dict(document)
    return {**document, "Statement": [_whole(statement) for statement in _statements(document)]}


def _statements(document: Mapping[str, object]) -> list[Mapping[str, Any]]:
    found = document.get("Statement")
    rows = found if isinstance(found, list) else [found]
    return [row for row in rows if isinstance(row, Mapping)]


def _reduced(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    actions = statement.get("Action")
    left_out = sorted(_UNKNOWN.intersection(actions)) if isinstance(actions, list) else []
    kept = [action for action in actions or () if action not in left_out]
    if not left_out or not kept:
        return statement
    sid = f"{statement.get('Sid', '')}{_MARK}{','.join(left_out)}"
    return {**statement, "Sid": sid, "Action": kept}


def _whole(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    sid, mark, left_out = str(statement.get("Sid", "")).partition(_MARK)
    actions = statement.get("Action")
    again = left_out.split(",")
    if not mark or not isinstance(actions, list) or not _UNKNOWN.issuperset(again):
        return statement
    rest = {key: value for key, value in statement.items() if key != "Sid"}
    return {**({"Sid": sid} if sid else {}), **rest, "Action": [*actions, *again]}
