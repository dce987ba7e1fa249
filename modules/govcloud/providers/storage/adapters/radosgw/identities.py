"""Everybody whom a RADOS Gateway would let in, out of what it answers: users with all their keys, and roles.

Pure. What is read holds secret keys, which are dropped here; nothing of it may get into a message.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from govcloud.providers.storage.adapters import LiveIdentity

__all__ = ["ROLE", "SWIFT", "keys", "parsed", "role", "swift_user"]

ROLE = "role/"
"""What stands before the name of a role, which may be a user's as well."""
SWIFT = "swift:"
"""Stands before the name of a key that has no access key, but a user: one of Swift's."""
_OWN = "(its own)"
"""Scope of a right that reaches no bucket of others; no bucket can be called so."""


def parsed(
    user: Mapping[str, Any],
    policies: Mapping[str, Mapping[str, object]],
    buckets: Iterable[str],
    own_policy: str,
    untouchable: Collection[str],
) -> LiveIdentity:
    """Return one user with all that he may: by `policies`, as owner of `buckets`, and by what is called caps.

    Who holds one of the access keys `untouchable` is not ours to touch, and neither is a user whom the gateway only
    knows from elsewhere (LDAP, Keystone), or with whom gateways speak among each other.
    """
    held = tuple(sorted(keys(user)))
    elsewhere = user.get("type", "rgw") not in ("rgw", "")
    return LiveIdentity(
        name=_name(user),
        enabled=not int(user.get("suspended", 0)),
        managed=not (elsewhere or set(held) & set(untouchable) or _flag(user, "system")),
        policies=tuple(sorted(policies)),
        access_keys=held,
        document=policies.get(own_policy),
        others=tuple(document for name, document in sorted(policies.items()) if name != own_policy),
        actions=tuple(sorted([*_actions(user), *(f"Owner:{bucket}" for bucket in buckets)])),
    )


def role(name: str, policies: Mapping[str, Mapping[str, object]]) -> LiveIdentity:
    """Return a role, which has no key of its own: whoever it trusts is lent one."""
    documents = tuple(document for _, document in sorted(policies.items()))
    return LiveIdentity(f"{ROLE}{name}", True, False, tuple(sorted(policies)), (), None, documents)


def keys(user: Mapping[str, Any]) -> Iterator[str]:
    """Yield the public half of each key of a user, those of his subusers and of Swift included."""
    for row in user.get("keys") or ():
        yield str(row["access_key"])
    for row in user.get("swift_keys") or ():
        yield f"{SWIFT}{row['user']}"


def swift_user(access_key: str) -> str | None:
    """Return whose key of Swift is meant; None where it is none of Swift's."""
    return access_key.removeprefix(SWIFT) if access_key.startswith(SWIFT) else None


def _name(user: Mapping[str, Any]) -> str:
    tenant, name = user.get("tenant"), str(user["user_id"])
    return f"{tenant}${name}" if tenant and not name.startswith(f"{tenant}$") else name


def _actions(user: Mapping[str, Any]) -> Iterator[str]:
    for row in user.get("caps") or ():
        yield _capability(str(row["type"]), str(row["perm"]))
    for flag in ("system", "admin"):
        if _flag(user, flag):
            yield flag
    if user.get("temp_url_keys"):
        yield "TempURL"
    if int(user.get("max_buckets", 1000)) >= 0:
        yield f"CreateBucket:{_OWN}"


def _capability(kind: str, may: str) -> str:
    """Return a capability as an action, with a scope where nobody gets at objects by it.

    Whoever may read users, or all metadata, reads their secret keys.
    """
    harmless = kind == "usage" or (may == "read" and kind not in ("users", "user", "metadata"))
    return f"{kind}={may}" + (f":{_OWN}" if harmless else "")


def _flag(user: Mapping[str, Any], name: str) -> bool:
    return str(user.get(name, False)).lower() == "true"
