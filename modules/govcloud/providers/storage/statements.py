"""Statements of a bucket's policy: those of grants and of a bucket's own policy, told apart by their names.

Pure. A bucket has one policy document, and several resources each own some of its statements: each statement's `Sid`
says whose it is. A name is no proof, so that nothing is believed for its sake: what a resource owns is compared word
for word, and a bucket takes away whatever it was not told of.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from govcloud.providers.storage import policy
from govcloud_base.errors import Text

__all__ = [
    "GrantSpec",
    "Owner",
    "PolicySpec",
    "beside",
    "denies_everybody",
    "grant_sids",
    "grants",
    "of_grant",
    "of_policy",
    "own_policy",
    "owned",
    "prefix_refused",
    "refused",
    "replaced",
    "same",
]

Statement = Mapping[str, Any]

Owner = Callable[[object], bool]
"""Tells by a statement's name whether it is its own."""

_POLICY: Final = "GovCloudPolicy"
"""What the names of the statements of a bucket's own policy begin with; a number follows."""
_GRANT: Final = "GovCloudGrant"
_LIST: Final = "List"
_ACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "read": ("s3:GetObject",),
    "write": ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"),
}
_FIELDS: Final = ("effect", "identities", "actions", "prefix", "condition")
_EFFECTS: Final = ("Allow", "Deny")
_INSECURE: Final[Mapping[str, Any]] = {"Bool": {"aws:SecureTransport": ["false"]}}
"""The one condition under which everybody may be denied: over TLS it never holds, and the provisioner comes so."""
_PATTERN_SIGNS: Final = ("*", "?", "${")
_LONGEST_PREFIX: Final = 512


@dataclass(frozen=True, slots=True)
class GrantSpec:
    """One identity's right on the bucket of somebody else."""

    name: str
    bucket: str
    grantee: str
    """Name of the identity on the store."""
    access: str
    """`read` or `write`."""
    prefix: str = ""
    """What the keys begin with; '' for all."""
    until: str | None = None
    """The last day (UTC); None for no end."""

    def active(self, now: datetime.datetime) -> bool:
        """Tell whether the right shall be there at this time."""
        return self.until is None or now.date() <= datetime.date.fromisoformat(self.until)


@dataclass(frozen=True, slots=True)
class PolicySpec:
    """What a bucket's own policy says beside its grants."""

    bucket: str
    statements: tuple[Statement, ...]
    """`{effect, identities, actions, prefix, condition}`; a denial without identities is everybody's."""


def grant_sids(name: str) -> tuple[str, str]:
    """Return the names of a grant's statements: letters and digits alone, as some servers take no other."""
    sid = _GRANT + name.replace("-", "X")  # a grant's name has no capitals, so that this stays one to one
    return sid, sid + _LIST


def of_grant(spec: GrantSpec, principal: str) -> list[dict[str, Any]]:
    """Return the statements of a grant to the identity that this store calls `principal`."""
    sid, listing = grant_sids(spec.name)
    arn = f"arn:aws:s3:::{spec.bucket}"
    allowed = {"Effect": "Allow", "Principal": {"AWS": [principal]}}
    found: list[dict[str, Any]] = [
        {"Sid": sid, **allowed, "Action": list(_ACTIONS[spec.access]), "Resource": [f"{arn}/{spec.prefix}*"]}
    ]
    if spec.access == "read":
        below = {"Condition": {"StringLike": {"s3:prefix": [f"{spec.prefix}*"]}}} if spec.prefix else {}
        found.append({"Sid": listing, **allowed, "Action": ["s3:ListBucket"], "Resource": [arn], **below})
    return found


def of_policy(spec: PolicySpec, principals: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the statements of a bucket's own policy; `principals` are what this store calls the identities."""
    arn = f"arn:aws:s3:::{spec.bucket}"
    found = []
    for number, declared in enumerate(spec.statements):
        names = declared.get("identities")
        rendered: dict[str, Any] = {
            "Sid": f"{_POLICY}{number}",
            "Effect": declared["effect"],
            "Principal": {"AWS": [principals[name] for name in names]} if names else "*",
            "Action": list(declared["actions"]),
            "Resource": [arn, f"{arn}/{declared.get('prefix') or ''}*"],
        }
        if declared.get("condition"):
            rendered["Condition"] = _conditions(declared["condition"])
        found.append(rendered)
    return found


def grants(*names: str) -> Owner:
    """Return who owns the statements of these grants."""
    sids = {sid for name in names for sid in grant_sids(name)}
    return lambda sid: sid in sids


def own_policy(sid: object) -> bool:
    """Tell whether a statement's name is one of a bucket's own policy."""
    return isinstance(sid, str) and sid.startswith(_POLICY) and sid.removeprefix(_POLICY).isdecimal()


def owned(document: object, owner: Owner) -> list[dict[str, Any]]:
    """Return the statements of a document that bear names of the owner, in one form."""
    return [statement for statement in _statements(document) if owner(statement.get("Sid"))]


def beside(document: object, *owners: Owner) -> object:
    """Return a document without what its owners may have in it; None where nothing else is."""
    if not isinstance(document, Mapping):
        return document
    left = [statement for statement in _statements(document) if not any(owns(statement.get("Sid")) for owns in owners)]
    return {**document, "Statement": left} if left or not document.get("Statement") else None


def replaced(document: object, owner: Owner, wanted: Sequence[Statement]) -> dict[str, Any] | None:
    """Return a document in which the owner's statements are `wanted` and all others as they were; None where nothing is
    left in it."""
    others = [statement for statement in _statements(document) if not owner(statement.get("Sid"))]
    known = document if isinstance(document, Mapping) else {}
    statements = [*others, *wanted]
    return {"Version": "2012-10-17", **known, "Statement": statements} if statements else None


def same(found: Iterable[Statement], wanted: Iterable[Statement]) -> bool:
    """Tell whether statements are the same word for word, whatever their order, and what a server did to their form."""

    def ordered(rows: Iterable[Statement]) -> list[str]:
        return sorted(json.dumps(row, sort_keys=True) for row in _statements({"Statement": list(rows)}))

    return ordered(found) == ordered(wanted)


def denies_everybody(statement: Statement) -> bool:
    """Tell whether a declared statement denies whom nobody named, in a way that might be the provisioner."""
    return (
        statement.get("effect") == "Deny"
        and not statement.get("identities")
        and _conditions(statement.get("condition") or {}) != _INSECURE
    )


def refused(statements: Sequence[Any]) -> Iterator[tuple[str, object, str | Text]]:
    """Yield what no store would take in declared statements, or what would open the bucket or lock the provisioner out:
    place, value, and what is allowed there."""
    if not statements:
        yield "", 0, "≥ 1"
    for place, statement in enumerate(statements):
        at = f"[{place}]"
        if not isinstance(statement, Mapping):
            yield at, statement, "{" + ", ".join(_FIELDS) + "}"
            continue
        yield from ((f"{at}.{name}", statement[name], ", ".join(_FIELDS)) for name in statement if name not in _FIELDS)
        yield from ((f"{at}{inner}", value, allowed) for inner, value, allowed in _faults(statement))


def _faults(statement: Statement) -> Iterator[tuple[str, object, str | Text]]:
    if statement.get("effect") not in _EFFECTS:
        yield ".effect", statement.get("effect", ""), ", ".join(_EFFECTS)
    names, actions = statement.get("identities") or [], statement.get("actions") or []
    if not _words(names):
        yield ".identities", names, "[…]"
    elif not names and statement.get("effect") == "Allow":
        yield (
            ".identities",
            "*",
            Text(
                "names of identities: a bucket is never open to all", "tên các danh tính: không kho nào mở cho tất cả"
            ),
        )
    if not _words(actions) or not actions or not all(action.startswith("s3:") for action in actions):
        yield ".actions", actions, "s3:…"
    prefix = statement.get("prefix") or ""
    yield from prefix_refused(prefix)
    condition = statement.get("condition") or {}
    if not _condition(condition):
        yield ".condition", condition, '{"Bool": {"aws:SecureTransport": "false"}}'
    elif denies_everybody(statement):
        allowed = Text(
            'identities, or the condition {"Bool": {"aws:SecureTransport": "false"}}: else nobody gets in again',
            'danh tính, hoặc điều kiện `{"Bool": {"aws:SecureTransport": "false"}}`: nếu không, không ai vào lại được',
        )
        yield ".identities", "*", allowed


def prefix_refused(prefix: object) -> Iterator[tuple[str, object, str | Text]]:
    """Yield what is wrong with a declared prefix: a sign in it would stand for other letters."""
    if not isinstance(prefix, str) or len(prefix.encode()) > _LONGEST_PREFIX or prefix.startswith("/"):
        yield ".prefix", prefix, f"≤ {_LONGEST_PREFIX} byte, …/"
    elif any(sign in prefix for sign in _PATTERN_SIGNS):
        yield ".prefix", prefix, Text("none of * ? ${", "không có * ? ${")


def _condition(condition: object) -> bool:
    if not isinstance(condition, Mapping):
        return False
    return all(
        isinstance(keys, Mapping) and keys and all(isinstance(v, str) or (_words(v) and v) for v in keys.values())
        for keys in condition.values()
    )


def _conditions(condition: Mapping[str, Any]) -> dict[str, Any]:
    return {
        operator: {key: [value] if isinstance(value, str) else list(value) for key, value in keys.items()}
        for operator, keys in condition.items()
    }


def _words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and word for word in value)


def _statements(document: object) -> list[dict[str, Any]]:
    found: Iterable[Any] = policy.normal(document)["Statement"] if isinstance(document, Mapping) else []  # type: ignore[assignment]
    return [dict(statement) for statement in found if isinstance(statement, Mapping)]
