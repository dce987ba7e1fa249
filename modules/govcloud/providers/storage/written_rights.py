"""Which grant, or own policy of a bucket, its statements were written for: the way back of :mod:`.statements`.

Pure. Nothing is guessed: what is read is written again, and counts only where word for word the same comes of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from govcloud.providers.storage import statements
from govcloud.providers.storage.statements import GrantSpec, PolicySpec, Statement

__all__ = ["grant_of", "policy_of"]


def grant_of(found: Sequence[Statement], name: str, bucket: str, identities: Mapping[str, str]) -> GrantSpec | None:
    """Return the grant of a name for which these statements stand in a bucket's policy; None where none makes them.

    `identities` are names of the store's identities by the ARN that a policy names them by. For how long the grant is
    given stands in no statement: the answer has no last day.
    """
    for statement in found:
        for principal in _principals(statement):
            for access in ("read", "write"):
                spec = GrantSpec(name, bucket, identities.get(principal, ""), access, _prefix(statement, bucket))
                if spec.grantee and statements.same(found, statements.of_grant(spec, principal)):
                    return spec
    return None


def policy_of(found: Sequence[Statement], bucket: str, identities: Mapping[str, str]) -> PolicySpec | None:
    """Return the own policy for which these statements stand in a bucket's policy; None where none makes them."""
    ordered = sorted(found, key=lambda statement: (len(str(statement.get("Sid"))), str(statement.get("Sid"))))
    spec = PolicySpec(bucket, tuple(_declared(statement, bucket, identities) for statement in ordered))
    names = {name for statement in spec.statements for name in statement.get("identities", ())}
    principals = {name: principal for principal, name in identities.items() if name in names}
    if not names <= principals.keys() or any(True for _ in statements.refused(spec.statements)):
        return None
    return spec if statements.same(found, statements.of_policy(spec, principals)) else None


def _declared(statement: Statement, bucket: str, identities: Mapping[str, str]) -> dict[str, Any]:
    declared: dict[str, Any] = {"effect": statement.get("Effect"), "actions": list(statement.get("Action") or ())}
    if names := [identities.get(principal, principal) for principal in _principals(statement) if principal != "*"]:
        declared["identities"] = names
    if prefix := _prefix(statement, bucket):
        declared["prefix"] = prefix
    if condition := statement.get("Condition"):
        declared["condition"] = {operator: _alone(keys) for operator, keys in condition.items()}
    return declared


def _alone(keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return a condition's values as people declare them: one value without a list around it."""
    return {key: values[0] if isinstance(values, list) and len(values) == 1 else values for key, values in keys.items()}


def _principals(statement: Statement) -> list[str]:
    named = statement.get("Principal")
    found = named.get("AWS") if isinstance(named, Mapping) else named
    return [str(one) for one in (found if isinstance(found, list) else [found])]


def _prefix(statement: Statement, bucket: str) -> str:
    """Return what keys begin with in the one resource that names keys."""
    keys = f"arn:aws:s3:::{bucket}/"
    for resource in statement.get("Resource") or ():
        if str(resource).startswith(keys):
            return str(resource).removeprefix(keys).removesuffix("*")
    return ""
