"""Policies as a RADOS Gateway takes them, and as they were before.

It judges the deletion of many objects at once as that of an object called like the bucket, so that whoever may delete
objects must be allowed that as well; nothing else comes of it. And it refuses a whole document for one action that it
does not know. What it does not know nobody can do there, so that such an action may be left out; the statement then
says so in its `Sid`. A reader is told of neither: else what was declared and what is there would differ for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["reading", "reduced", "told", "whole"]

_UNKNOWN: Final = frozenset({"s3:GetEncryptionConfiguration", "s3:PutEncryptionConfiguration"})
"""Of the actions that this project names, those that came after 16.2."""
_MARK: Final = " without "
_BATCHES: Final = "DeletionInBatches"
_DELETION: Final = "s3:DeleteObject"
_READING: Final = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectTagging",
    "s3:GetObjectVersionTagging",
    "s3:GetObjectRetention",
    "s3:GetObjectLegalHold",
)


def reading(prefix: str) -> dict[str, object]:
    """Return the right to read whatever lies in buckets whose names begin so, and nothing else."""
    allowed = {"Sid": "Reading", "Effect": "Allow", "Action": list(_READING), "Resource": [f"arn:aws:s3:::{prefix}*/*"]}
    return {"Version": "2012-10-17", "Statement": [allowed]}


def told(document: Mapping[str, object]) -> dict[str, object]:
    """Return a policy with what the gateway must be told besides."""
    statements = _statements(document)
    buckets = sorted({bucket for statement in statements for bucket in _emptied(statement)})
    batches = {"Sid": _BATCHES, "Effect": "Allow", "Action": [_DELETION], "Resource": buckets}
    return {**document, "Statement": [*statements, *([batches] if buckets else [])]}


def reduced(document: Mapping[str, object]) -> dict[str, object]:
    """Return a policy without the actions that older gateways do not know."""
    return {**document, "Statement": [_reduced(statement) for statement in _statements(document)]}


def whole(document: Mapping[str, object]) -> dict[str, object]:
    """Return a policy as it was before :func:`told` and :func:`reduced`.

    Any other is returned as it is, with a word where it lacks what :func:`told` would have put there.
    """
    declared = {**document, "Statement": [_whole(s) for s in _statements(document) if s.get("Sid") != _BATCHES]}
    if dict(document) in (told(declared), reduced(told(declared))):
        return declared
    return {**document, "Lacks": _BATCHES}


def _statements(document: Mapping[str, object]) -> list[Mapping[str, Any]]:
    found = document.get("Statement")
    rows = found if isinstance(found, list) else [found]
    return [row for row in rows if isinstance(row, Mapping)]


def _emptied(statement: Mapping[str, Any]) -> Iterator[str]:
    """Yield the buckets of which a statement lets all objects be deleted."""
    if statement.get("Effect") == "Allow" and _DELETION in (statement.get("Action") or ()):
        resources = statement.get("Resource") or []
        named = resources if isinstance(resources, list) else [resources]
        yield from (resource.removesuffix("/*") for resource in named if resource.endswith("/*"))


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
