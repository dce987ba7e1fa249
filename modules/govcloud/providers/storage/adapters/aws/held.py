"""What an account keeps for one user or role, and what that means for the store. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from govcloud.model import names
from govcloud.providers.storage import policy
from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.adapters.aws import documents

if TYPE_CHECKING:
    from mypy_boto3_iam.type_defs import TagTypeDef

__all__ = [
    "CONSOLE",
    "RESTING",
    "Attached",
    "Group",
    "Held",
    "Inline",
    "Key",
    "live",
    "marked",
    "ours",
    "resting",
    "rests",
    "tag_map",
    "tags",
]

CONSOLE: Final = "login-profile"
"""Stands among the keys of an identity that has a password for the console: a way in like any other."""
UNSEEN: Final = "unseen"
"""Stands for the rights of somebody of whom this dialect sees none, on a server that may give rights by other ways."""
_UNBOUND: Final = "without-boundary"
_MARK: Final = names.label("managed-by")
RESTING: Final = names.label("disabled-keys")
"""Tag of a user who is disabled, or was: the access keys that worked until then, which work again after it."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A managed policy."""

    arn: str
    document: Mapping[str, object] | None
    """None where it was not read."""

    @property
    def name(self) -> str:
        """Return its name, without the path."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Inline:
    """A policy that is part of a user, a group or a role."""

    name: str
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of which somebody is a member."""

    name: str
    attached: tuple[Attached, ...] = ()
    inline: tuple[Inline, ...] = ()

    @property
    def policies(self) -> tuple[Attached | Inline, ...]:
        """Return what its members may by it."""
        return (*self.attached, *self.inline)


@dataclass(frozen=True, slots=True)
class Key:
    """An access key without its secret."""

    access: str
    active: bool


@dataclass(frozen=True, slots=True)
class Held:
    """One user or role."""

    name: str
    tags: Mapping[str, str] = field(default_factory=dict)
    boundary: Attached | None = None
    """The policy that bounds all others."""
    attached: tuple[Attached, ...] = ()
    inline: tuple[Inline, ...] = ()
    groups: tuple[Group, ...] = ()
    keys: tuple[Key, ...] = ()
    console: bool = False

    @property
    def disabled(self) -> bool:
        """Whether it wears the mark of those who were disabled."""
        return any(documents.labelled(p.name) == documents.DISABLING for p in self.attached)

    def works(self, key: Key) -> bool:
        """Tell whether a key works, or will when the user is enabled."""
        return key.active or (self.disabled and rests(self.tags, key))


def tags() -> list[TagTypeDef]:
    """Return the tags that say that a user is of this project."""
    return [{"Key": _MARK, "Value": names.MANAGED_BY}]


def marked(worn: Mapping[str, str]) -> bool:
    """Tell whether tags say that a user is of this project."""
    return worn.get(_MARK) == names.MANAGED_BY


def resting(keys: Iterable[str]) -> list[TagTypeDef]:
    """Return the tag of a user whose keys rest while he is disabled."""
    return [{"Key": RESTING, "Value": " ".join(sorted(keys))}]


def rests(worn: Mapping[str, str], key: Key) -> bool:
    """Tell whether a key of a disabled user works when he is enabled: one that he had switched off before does not.

    Who was disabled without a word about keys gets all of them back.
    """
    return RESTING not in worn or key.access in worn[RESTING].split()


def ours(held: Held) -> bool:
    """Tell whether a user was made here, or is so bare that nobody can have begun anything with it.

    A run that died between making and tagging leaves a bare one, on servers that take no tags with the user.
    """
    if marked(held.tags):
        return True
    return not any((held.tags, held.boundary, held.attached, held.inline, held.groups, held.keys, held.console))


def live(held: Held, own_policy: str, partition: str, *, complete: bool) -> LiveIdentity:
    """Return what the store lets a user or a role do, and by which ways.

    `complete` says that the server speaks the whole dialect: it knows boundaries, and nobody has rights there but by
    policies. `own_policy` is the name that stands for ours.
    """
    mine = [p for p in held.attached if documents.labelled(p.name) == held.name]
    others = [p for p in held.attached if p not in mine and documents.labelled(p.name) != documents.DISABLING]
    worn = [own_policy] * bool(mine) + [p.name for p in (*mine[1:], *others)]
    worn += [f"inline:{p.name}" for p in held.inline]
    for group in held.groups:
        worn += [f"{group.name}/{p.name}" for p in group.policies]
    managed = ours(held)
    if managed and mine and complete and not _bound(held, partition):
        worn.append(_UNBOUND)
    read: list[Mapping[str, object] | None] = [p.document for p in (*mine[1:], *others)]
    read += [p.document for p in held.inline]
    read += [p.document for group in held.groups for p in group.policies]
    keys = [key.access for key in held.keys if held.works(key)]
    return LiveIdentity(
        name=held.name,
        enabled=not held.disabled,
        managed=managed,
        policies=tuple(sorted(worn)),
        access_keys=tuple(sorted(keys + [CONSOLE] * held.console)),
        document=_general(mine[0].document, partition) if mine else None,
        others=tuple(documents.about_storage(_general(d, partition) or {}) for d in read if d is not None),
        actions=() if complete or managed else (UNSEEN,),
    )


def _bound(held: Held, partition: str) -> bool:
    said = _general(held.boundary.document, partition) if held.boundary else None
    return said is not None and policy.same(said, documents.BOUNDARY)


def _general(document: Mapping[str, object] | None, partition: str) -> Mapping[str, object] | None:
    return None if document is None else documents.in_general(document, partition)


def tag_map(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return tags as Amazon lists them, as a mapping."""
    return {str(row["Key"]): str(row["Value"]) for row in rows}
