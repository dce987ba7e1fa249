"""What documents let somebody do on a bucket: who may list, read, write, delete or open it, as far as policies say.

An explicit refusal wins over every permission, and what nothing permits is refused (AWS, IAM User Guide, "Policy
evaluation logic"). Of conditions only those are judged whose answer is known here; what hangs on another one, or holds
for some of the keys alone, is allowed in part. What a server makes of all that is for it to show: see who tries it.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from govcloud.providers.storage.policy import covers, covers_keys
from govcloud_base.errors import Text

__all__ = ["RIGHTS", "Decision", "Document", "Right", "Subject", "decide"]

Document = Mapping[str, object]
"""A policy document."""
_ARN: Final = "arn:aws:s3:::"
_EVERYBODY: Final = "allusers"
_SIGNED: Final = "authenticatedusers"
"""Groups of access lists, by the end of their address."""


class Decision(enum.IntEnum):
    """What follows from the documents; a greater one allows more."""

    REFUSED = 0
    PARTLY = 1
    """For some of the keys, or under a condition."""
    ALLOWED = 2


@dataclass(frozen=True, slots=True)
class Right:
    """Something that one may do on a bucket."""

    name: str
    words: Text
    actions: tuple[str, ...]
    """Actions of S3: whoever may do one of them has the right."""
    objects: bool
    """Whether it is about the objects in the bucket, not the bucket itself."""
    access_list: tuple[str, ...]
    """Permissions of access lists that give it."""
    server_words: tuple[str, ...]
    """What servers with rights beside policies call it (SeaweedFS: `actions` of an identity)."""


RIGHTS: Final[tuple[Right, ...]] = (
    Right("list", Text("list", "liệt kê"), ("s3:ListBucket",), False, ("READ",), ("List", "Read")),
    Right("read", Text("read", "đọc"), ("s3:GetObject",), True, ("READ",), ("Read",)),
    Right("write", Text("write", "ghi"), ("s3:PutObject",), True, ("WRITE",), ("Write",)),
    Right("delete", Text("delete", "xóa"), ("s3:DeleteObject",), True, ("WRITE",), ("Write",)),
    Right("erase", Text("erase versions", "xóa phiên bản"), ("s3:DeleteObjectVersion",), True, (), ("Write",)),
    Right(
        "open",
        Text("give rights", "cấp quyền"),
        ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPublicAccessBlock"),
        False,
        ("WRITE_ACP",),
        ("WriteAcp",),
    ),
    Right(
        "unguard",
        Text("change protection", "đổi bảo vệ"),
        (
            "s3:PutBucketVersioning",
            "s3:PutLifecycleConfiguration",
            "s3:PutEncryptionConfiguration",
            "s3:PutBucketObjectLockConfiguration",
            "s3:DeleteBucket",
        ),
        False,
        (),
        ("Write",),
    ),
)
"""What is asked of everybody, from the least to the most that could be lost."""


_SERVER_WORDS: Final = frozenset({"Admin", "List", "Read", "Tagging", "Write", "ReadAcp", "WriteAcp"})
"""Words of SeaweedFS for rights beside policies. Other servers' (Ceph RGW: `users=*`, `Owner:bucket`) are of who
administers."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody who may ask the store."""

    name: str
    """Name of the identity; empty for a reader without a key."""
    principal: str = ""
    """How a bucket policy names it."""
    documents: tuple[Document, ...] = ()
    """All policies of its own, by whatever way it has them."""
    actions: tuple[str, ...] = ()
    """What the server lets it do beside all policies: `Admin`, `Read:bucket`."""

    @property
    def anonymous(self) -> bool:
        """Whether it has no key."""
        return not self.name


def decide(
    subject: Subject,
    right: Right,
    bucket: str,
    bucket_policy: Document | None = None,
    access_list: Iterable[tuple[str, str]] = (),
) -> Decision:
    """Return whether `subject` has the `right` on `bucket`.

    `access_list` holds what the bucket's access list gives to others than its owner: who (`AllUsers`,
    `AuthenticatedUsers`, an id) and the permission.
    """
    return max(_action(subject, right, action, bucket, bucket_policy, tuple(access_list)) for action in right.actions)


def _action(
    subject: Subject,
    right: Right,
    action: str,
    bucket: str,
    bucket_policy: Document | None,
    access_list: Sequence[tuple[str, str]],
) -> Decision:
    permitted, forbidden = _beside(subject, right, bucket, access_list), Decision.REFUSED
    spoken = [(document, False) for document in subject.documents]
    for document, shared in [*spoken, (bucket_policy or {}, True)]:
        for statement in _statements(document):
            reach = _reach(statement, subject, action, bucket, objects=right.objects, shared=shared)
            if statement.get("Effect") == "Allow":
                permitted = max(permitted, reach)
            else:
                forbidden = max(forbidden, reach)
    around = _administers(subject, bucket)
    if forbidden is Decision.ALLOWED:
        return around
    return max(around, min(permitted, Decision.PARTLY) if forbidden is Decision.PARTLY else permitted)


def _administers(subject: Subject, bucket: str) -> Decision:
    """Return what follows from rights over the server itself, whatever policies refuse: who may read all secrets may do
    everything by a way around. Any word is one that nobody here knows to mean less."""
    for word, _, scope in (entry.partition(":") for entry in subject.actions):
        if word not in _SERVER_WORDS and (not scope or covers(scope, bucket)):
            return Decision.PARTLY
    return Decision.REFUSED


def _beside(subject: Subject, right: Right, bucket: str, access_list: Sequence[tuple[str, str]]) -> Decision:
    """Return what is permitted beside all policies: by rights of the server's own, and by the bucket's access list."""
    found = Decision.REFUSED
    for word, _, scope in (entry.partition(":") for entry in subject.actions):
        if word == "Admin" or word in right.server_words:
            if not scope or scope == bucket:
                return Decision.ALLOWED
            if covers(scope, bucket):
                found = Decision.PARTLY
    for grantee, permission in access_list:
        who = grantee.rpartition("/")[2].lower()
        meant = who == _EVERYBODY or (not subject.anonymous and (who == _SIGNED or grantee == subject.name))
        if meant and permission in ("FULL_CONTROL", *right.access_list):
            return Decision.ALLOWED
    return found


def _reach(
    statement: Mapping[str, Any], subject: Subject, action: str, bucket: str, *, objects: bool, shared: bool
) -> Decision:
    """Return for how much of what is asked a statement speaks: all of it, some, or nothing."""
    if shared and not _names(statement, subject):
        return Decision.REFUSED
    if not _acts(statement, action):
        return Decision.REFUSED
    reach = _lies(statement, bucket, objects=objects)
    if reach is Decision.REFUSED:
        return reach
    match _holds(statement.get("Condition"), subject):
        case True:
            return reach
        case False:
            return Decision.REFUSED
    return Decision.PARTLY


def _names(statement: Mapping[str, Any], subject: Subject) -> bool:
    def named(value: object) -> bool:
        if isinstance(value, Mapping):
            return any(named(part) for part in value.values())
        listed = value if isinstance(value, list) else [value]
        return any(one == "*" or (one == subject.principal and subject.principal) for one in listed)

    if "NotPrincipal" in statement:
        return not named(statement["NotPrincipal"])
    return named(statement.get("Principal"))


def _acts(statement: Mapping[str, Any], action: str) -> bool:
    def named(patterns: object) -> bool:
        return any(_fits(str(p).lower(), action.lower()) for p in _listed(patterns))

    if "NotAction" in statement:
        return not named(statement["NotAction"])
    return named(statement.get("Action", []))


def _lies(statement: Mapping[str, Any], bucket: str, *, objects: bool) -> Decision:
    if "NotResource" in statement:
        found = _most(statement["NotResource"], bucket, objects=objects)
        return {Decision.ALLOWED: Decision.REFUSED, Decision.REFUSED: Decision.ALLOWED}.get(found, found)
    # A bucket's policy may leave it out: it is about the bucket that it stands on.
    return _most(statement.get("Resource", "*"), bucket, objects=objects)


def _most(patterns: object, bucket: str, *, objects: bool) -> Decision:
    return max((_one(str(p), bucket, objects=objects) for p in _listed(patterns)), default=Decision.REFUSED)


def _one(pattern: str, bucket: str, *, objects: bool) -> Decision:
    scope = pattern.removeprefix(_ARN)
    variable = "${" in scope
    if not objects:
        if not variable:
            return Decision.ALLOWED if _fits(scope, bucket) else Decision.REFUSED
        return Decision.PARTLY if _fits(_opened(scope), bucket) else Decision.REFUSED
    # All keys are meant where the pattern ends in a star, and nothing of a key is needed to get there.
    if not variable and scope.endswith("*") and _fits(scope, f"{bucket}/"):
        return Decision.ALLOWED
    return Decision.PARTLY if covers_keys(scope, bucket) else Decision.REFUSED


def _opened(pattern: str) -> str:
    return re.sub(r"\$\{[^}]*\}", "*", pattern)


def _fits(pattern: str, text: str) -> bool:
    parts = re.split(r"([*?])", pattern)
    wild = {"*": ".*", "?": "."}
    return re.fullmatch("".join(wild.get(part, re.escape(part)) for part in parts), text, re.DOTALL) is not None


def _holds(condition: object, subject: Subject) -> bool | None:
    """Return whether a condition holds for the subject, who asks over TLS; None where that cannot be known here."""
    if not condition:
        return True
    if not isinstance(condition, Mapping):
        return None
    answers = [
        _test(str(operator), str(key), [str(v) for v in _listed(values)], subject)
        for operator, keys in condition.items()
        for key, values in (keys.items() if isinstance(keys, Mapping) else [("", keys)])
    ]
    if False in answers:
        return False
    return None if None in answers else True


def _test(operator: str, key: str, values: Sequence[str], subject: Subject) -> bool | None:
    known = {"aws:username": subject.name or None, "aws:securetransport": "true"}
    if key.lower() not in known:
        return None
    value = known[key.lower()]
    if value is None:  # a key that the request does not have: what asks for another value than this one holds
        return operator in ("StringNotEquals", "StringNotLike")
    match operator:
        case "StringEquals" | "StringNotEquals":
            equal = value in values
        case "StringLike" | "StringNotLike":
            equal = any(_fits(pattern, value) for pattern in values)
        case "Bool":
            equal = value in [v.lower() for v in values]
        case _:
            return None
    return equal != ("Not" in operator)


def _statements(document: Document) -> list[Mapping[str, Any]]:
    return [s for s in _listed(document.get("Statement", [])) if isinstance(s, Mapping)]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
