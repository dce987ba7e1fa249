"""Everybody whom a MinIO would let in, out of what its administration tells of groups, users and their accounts.

Pure. A group is an identity and its members are its keys; a user in no group is an identity that is not this project's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.adapters.minio import guarded

__all__ = ["ROOT", "Known", "named", "parsed"]

ROOT: Final = "root"
"""The name under which the administrator of the server's own settings is shown."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the administration told, as it was told: records by name."""

    groups: Mapping[str, Mapping[str, Any]]
    users: Mapping[str, Mapping[str, Any]]
    accounts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Access keys of each user's service accounts, which have its rights."""
    policies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def parsed(known: Known, own_policy: Callable[[str], str]) -> tuple[LiveIdentity, ...]:
    """Return the identities, each with all that it may by whatever way; `own_policy` names the one that is kept for it.

    `known` must hold every group of every user in it, and every policy of these.
    """
    grouped = {member for group in known.groups.values() for member in members(group)}
    return (
        *(_group(name, known, own_policy(name)) for name in known.groups),
        *(_user(name, known) for name in known.users if name not in grouped),
    )


def root(access_key: str) -> LiveIdentity:
    """Return the administrator of the server's own settings, who may do everything and is in no list."""
    return LiveIdentity(ROOT, True, False, (), (access_key,), None, actions=("Admin",))


def members(group: Mapping[str, Any]) -> list[str]:
    """Return the users in a group."""
    return [str(member) for member in group.get("members") or ()]


def named(record: Mapping[str, Any]) -> list[str]:
    """Return the names of the policies of a user or a group."""
    text = record.get("policyName") or record.get("policy") or ""
    return [name for part in str(text).split(",") if (name := part.strip())]


def _group(name: str, known: Known, own: str) -> LiveIdentity:
    group = known.groups[name]
    mine = named(group)
    there = [member for member in members(group) if member in known.users]
    beside = {policy for member in there for policy in _rights(member, known, without=name)}
    document, enabled = None, True
    if own in mine and own in known.policies:
        document, enabled = guarded.opened(known.policies[own])
    others = {*mine, *(policy.rpartition("/")[2] for policy in beside)} - {own}
    return LiveIdentity(
        name=name,
        enabled=enabled and _enabled(group),
        managed=True,
        policies=tuple(sorted({*mine, *beside})),
        access_keys=tuple(sorted(key for member in there for key in _keys(member, known))),
        document=document,
        others=_documents(others, known),
    )


def _user(name: str, known: Known) -> LiveIdentity:
    user = known.users[name]
    mine = named(user)
    return LiveIdentity(
        name=name,
        enabled=_enabled(user),
        managed=False,
        policies=tuple(sorted(mine)),
        access_keys=tuple(sorted(_keys(name, known))),
        document=None,
        others=_documents(mine, known),
    )


def _rights(user: str, known: Known, *, without: str) -> Iterator[str]:
    """Yield what a key has beside the group `without`: `key/policy` of its own, `group/policy` through others."""
    yield from (f"{user}/{policy}" for policy in named(known.users[user]))
    for name, group in known.groups.items():
        if name != without and user in members(group) and _enabled(group):
            yield from (f"{name}/{policy}" for policy in named(group))


def _keys(user: str, known: Known) -> list[str]:
    """Return the keys that have a user's rights and work; a disabled user's accounts may do nothing either."""
    return [user, *known.accounts.get(user, ())] if _enabled(known.users[user]) else []


def _documents(names: set[str] | Sequence[str], known: Known) -> tuple[Mapping[str, object], ...]:
    return tuple(known.policies[name] for name in sorted(names) if name in known.policies)


def _enabled(record: Mapping[str, Any]) -> bool:
    return record.get("status") != "disabled"
