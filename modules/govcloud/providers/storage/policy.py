"""Access policies as documents: when two say the same, and the one that says no to everything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

__all__ = ["NOTHING", "canonical", "same"]

NOTHING: Final[Mapping[str, object]] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Nothing", "Effect": "Deny", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::*"]}],
}
"""The policy of an identity that is shut out."""


def canonical(document: Mapping[str, object]) -> str:
    """Return `document` as JSON in which order and the one-element forms that servers rewrite do not matter."""
    return json.dumps(_normal(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Say whether two policy documents mean the same text for text, whatever a server did to their form."""
    return canonical(one) == canonical(other)


def _normal(document: Mapping[str, object]) -> dict[str, object]:
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
            normal[key] = sorted({str(v) for v in value} if isinstance(value, list) else {str(value)})
        else:
            normal[key] = value
    return normal
