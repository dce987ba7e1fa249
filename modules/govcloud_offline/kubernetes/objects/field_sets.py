"""Field sets of `metadata.managedFields` (fieldsV1), and what an object would be without, or with, some fields.

A set is a tree: `f:NAME` is a field, `k:{…}` the element of a list with these keys, `v:…` an element of a set, `.` the
thing itself; a tree without branches stands for the value as a whole. It is all that is known about lists without the
schema of the kind: which have keys, and which.
(https://kubernetes.io/docs/reference/using-api/server-side-apply/, structured-merge-diff's fieldpath/serialize.go)
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any

__all__ = ["Fields", "kept", "overlaid", "shell", "union"]

Fields = dict[str, Any]


def union(sets: Iterable[Fields]) -> Fields:
    """Return what is in any of the sets."""
    result: Fields = {}
    for fields in sets:
        _merge(result, fields)
    return result


def _merge(target: Fields, other: Fields) -> None:
    for key, value in other.items():
        if key in target and isinstance(target[key], dict):
            _merge(target[key], value)
        else:
            target[key] = copy.deepcopy(value)


def shell(fields: Fields, said: Any) -> Fields:
    """Return the set without what lies within maps and lists of which `said` says that they are empty."""
    if isinstance(said, dict | list) and not said:
        return {branch: inner for branch, inner in fields.items() if branch == "."}
    return {branch: shell(inner, _at(said, branch)) for branch, inner in fields.items()}


def _at(said: Any, branch: str) -> Any:
    """Return what `said` says of a branch; None where it says nothing."""
    if branch.startswith("f:") and isinstance(said, dict):
        return said.get(branch[2:])
    if branch.startswith("k:") and isinstance(said, list):
        keys = json.loads(branch[2:])
        # A key that is not said is the server's default.
        fitting = (item for item in said if isinstance(item, dict) and {**keys, **item}.items() >= keys.items())
        return next(fitting, None)
    return None


def kept(live: Any, said: Any, ours: Fields, theirs: Fields) -> Any:
    """Return what stays of `live` when all goes that `ours` holds, `theirs` does not, and `said` does not say.

    `said` is what we would apply. What nobody owns stays, but for elements of lists that are ours.
    """
    if isinstance(live, dict) and ours:
        wanted = said if isinstance(said, dict) else {}
        result = {}
        for key, value in live.items():
            mine, other = ours.get(f"f:{key}"), theirs.get(f"f:{key}")
            rest = value if mine is None else kept(value, wanted.get(key), mine, other or {})
            whole = not mine or not isinstance(value, dict | list)
            if mine is None or key in wanted or other is not None or (rest and not whole):
                result[key] = rest
        return result
    if isinstance(live, list) and ours:
        elements = said if isinstance(said, list) else []
        return [
            kept(item, _counterpart(item, elements, ours), ours.get(key) or {}, theirs.get(key) or {})
            for item in live
            for key in (_key_of(item, ours),)
            if key == "" or key in theirs or _counterpart(item, elements, ours) is not None
        ]
    return live


def overlaid(live: Any, said: Any, fields: Fields | None) -> Any:
    """Return `live` with what `said` says; `fields` tell which lists and maps are more than one value.

    `fields` are None where nobody owns anything: there maps are merged and lists replaced.
    """
    whole = fields is not None and not fields
    if isinstance(live, dict) and isinstance(said, dict) and not whole:
        known = fields or {}
        return live | {key: overlaid(live.get(key), value, known.get(f"f:{key}")) for key, value in said.items()}
    if isinstance(live, list) and isinstance(said, list) and fields:
        return _joined(live, said, fields)
    return said


def _joined(live: list[Any], said: list[Any], fields: Fields) -> list[Any]:
    """Return the elements of both lists, those of `said` in its order, others where they stood before."""
    result: list[Any] = []
    taken: list[Any] = []
    others = iter([(item, _counterpart(item, said, fields)) for item in live])
    following = next(others, None)
    for item in said:
        while following is not None and (following[1] is None or any(following[0] is other for other in taken)):
            result += [following[0]] if following[1] is None else []
            following = next(others, None)
        found = _counterpart(item, live, fields)
        if found is None:
            result.append(item)
        else:
            taken.append(found)
            result.append(overlaid(found, item, fields.get(_key_of(found, fields)) or {".": {}}))
    rest = [following, *others] if following is not None else []
    return result + [item for item, counterpart in rest if counterpart is None]


def _key_of(item: Any, fields: Fields) -> str:
    """Return the branch of `fields` that stands for an element of a list; "" where none does."""
    for branch in fields:
        if branch.startswith("v:") and json.loads(branch[2:]) == item:
            return branch
        if branch.startswith("k:") and isinstance(item, dict) and json.loads(branch[2:]).items() <= item.items():
            return branch
    return ""


def _counterpart(item: Any, others: list[Any], fields: Fields) -> Any:
    """Return the element of another list that is the same one as `item`; None where there is none.

    A key that one of them leaves to the server's default (a port's protocol) is no difference.
    """
    if not isinstance(item, dict):
        return next((other for other in others if other == item), None)
    names = {name for branch in fields if branch.startswith("k:") for name in json.loads(branch[2:])}
    for other in others:
        if not isinstance(other, dict):
            continue
        shared = [name for name in names if name in item and name in other]
        if shared and all(item[name] == other[name] for name in shared):
            return other
    return None
