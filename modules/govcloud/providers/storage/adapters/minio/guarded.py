"""A policy as this project writes it on a MinIO: with statements of its own, which a reader of the policy does not see.

Pure. Everybody with a key may give himself another secret and further keys there, unless his policy denies it; and a
disabled user's or group's temporary keys work on, so that a disabled identity is one whose policy denies everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["opened", "sealed"]

_NO_KEYS: Final[Mapping[str, Any]] = {"Sid": "GovcloudIssuesKeys", "Effect": "Deny", "Action": ["admin:*"]}
_DISABLED: Final[Mapping[str, Any]] = {
    "Sid": "GovcloudDisabled",
    "Effect": "Deny",
    "Action": ["s3:*"],
    "Resource": ["arn:aws:s3:::*"],
}
_ITS_OWN_KEYS: Final[Mapping[str, Any]] = {"Effect": "Allow", "Action": ["admin:CreateUser"]}
"""What everybody may who is not denied it, as a statement."""
_NAMELESS: Final = frozenset({"s3:PutBucketAcl", "s3:PutBucketCORS", "s3:PutObjectAcl"})
"""Actions that a policy must not name there. Access lists need `s3:PutBucketPolicy` instead, and can't open anything;
rules for browsers can't be set."""
_WITHOUT: Final = "without "


def sealed(document: Mapping[str, Any], *, enabled: bool) -> dict[str, Any]:
    """Return the policy that says `document` to an enabled identity, and nothing at all to a disabled one."""
    ours = [_NO_KEYS] if enabled else [_NO_KEYS, _DISABLED]
    return {**document, "Statement": [*ours, *(_speakable(statement) for statement in _listed(document, "Statement"))]}


def opened(policy: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return what a policy on the server says beside this project's statements, and whether it is of an enabled one.

    One that lost the statement by which it issues no keys reads as one that lets it: so it is seen, and mended.
    """
    there = _listed(policy, "Statement")
    theirs = [_spoken(statement) for statement in there if statement not in (_NO_KEYS, _DISABLED)]
    lost = [] if _NO_KEYS in there else [_ITS_OWN_KEYS]
    return {**policy, "Statement": [*theirs, *lost]}, _DISABLED not in there


def _speakable(statement: Any) -> Any:
    """Return a statement without the denied actions that the server has no name for; its `Sid` remembers them."""
    if not isinstance(statement, Mapping) or statement.get("Effect") != "Deny" or "Sid" in statement:
        return statement
    actions = _listed(statement, "Action")
    nameless = sorted(str(action) for action in actions if action in _NAMELESS)
    named = [action for action in actions if action not in _NAMELESS]
    if not nameless or not named:
        return statement
    return {"Sid": _WITHOUT + " ".join(nameless), **statement, "Action": named}


def _spoken(statement: Any) -> Any:
    sid = statement.get("Sid") if isinstance(statement, Mapping) else None
    if not isinstance(sid, str) or not sid.startswith(_WITHOUT) or statement.get("Effect") != "Deny":
        return statement
    nameless = [action for action in sid.removeprefix(_WITHOUT).split() if action in _NAMELESS]
    whole = {**statement, "Action": [*_listed(statement, "Action"), *nameless]}
    del whole["Sid"]
    return whole


def _listed(document: Mapping[str, Any], member: str) -> list[Any]:
    found = document.get(member, [])
    return found if isinstance(found, list) else [found]
