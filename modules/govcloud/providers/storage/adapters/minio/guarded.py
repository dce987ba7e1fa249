"""A policy as this project writes it on a MinIO: with statements of its own, which a reader of the policy does not see.

Pure. Everybody with a key may give it another secret there, and copy what lies in another's bucket, unless his policy
denies it; and temporary keys work on when their user or his group is disabled, so that a disabled identity is one whose
policy denies everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from govcloud.providers.storage import policy as policies

__all__ = ["opened", "sealed"]

_GUARDS: Final[tuple[tuple[Mapping[str, Any], Mapping[str, Any]], ...]] = (
    (
        {"Sid": "GovcloudIssuesKeys", "Effect": "Deny", "Action": ["admin:*"]},
        {"Effect": "Allow", "Action": ["admin:CreateUser"]},
    ),
    (
        {
            "Sid": "GovcloudNoWayUp",
            "Effect": "Deny",
            "Action": ["s3:*"],
            "Resource": ["arn:aws:s3:::*/..", "arn:aws:s3:::*/../*"],
        },
        {"Effect": "Allow", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::*/../*"]},
    ),
)
"""What everybody is denied, each with what he may who is not. A key that comes in no address, as the source of a copy
does, may lead up and into another's bucket (JuiceFS 1.4.2): it is judged as one of the bucket that it leaves."""
_DISABLED: Final[Mapping[str, Any]] = {
    "Sid": "GovcloudDisabled",
    "Effect": "Deny",
    "Action": ["s3:*"],
    "Resource": ["arn:aws:s3:::*"],  # not both forms, which make the policy of one who is shut out
}
_NAMELESS: Final = frozenset({"s3:PutBucketAcl", "s3:PutBucketCORS", "s3:PutObjectAcl"})
"""Actions that a policy must not name there. Access lists need `s3:PutBucketPolicy` instead, and can't open anything;
rules for browsers can't be set."""
_WITHOUT: Final = "without "


def sealed(document: Mapping[str, Any], *, enabled: bool) -> dict[str, Any]:
    """Return the policy that says `document` to an enabled identity, and nothing at all to a disabled one.

    No statement is in it twice: of two that differ in their `Sid` at most the server drops one, and not always one of
    these, so that a denial might be what is lost.
    """
    ours = [guard for guard, _ in _GUARDS] + ([] if enabled else [_DISABLED])
    once: dict[str, Any] = {}
    for statement in (*ours, *map(_speakable, _listed(document, "Statement"))):
        once.setdefault(_meaning(statement), statement)
    return {**document, "Statement": list(once.values())}


def opened(policy: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return what a policy on the server says beside this project's statements, and whether it is of an enabled one.

    One that lost a statement by which something is denied to all reads as one that allows it: it is seen, and mended.
    """
    there = _listed(policy, "Statement")
    lost = [allowed for guard, allowed in _GUARDS if not _marked(there, guard)]
    disabled = _marked(there, _DISABLED)
    ours = [statement for guard, _ in _GUARDS for statement in _marked(there, guard)] + disabled
    theirs = [_spoken(statement) for statement in there if statement not in ours]
    return {**policy, "Statement": [*theirs, *lost]}, not disabled


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


def _marked(statements: list[Any], ours: Mapping[str, Any]) -> list[Any]:
    """Return the statement of this project among these: its `Sid` and its meaning are ours, in whatever order."""
    return [
        statement
        for statement in statements
        if isinstance(statement, Mapping)
        and statement.get("Sid") == ours["Sid"]
        and _meaning(statement) == _meaning(ours)
    ]


def _meaning(statement: Any) -> str:
    """Return what a statement says as text, without its `Sid`."""
    bare = {k: v for k, v in statement.items() if k != "Sid"} if isinstance(statement, Mapping) else statement
    return policies.canonical({"Statement": [bare]})


def _listed(document: Mapping[str, Any], member: str) -> list[Any]:
    found = document.get(member, [])
    return found if isinstance(found, list) else [found]
