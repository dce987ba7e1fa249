"""Who owns which field of an object (`metadata.managedFields`)."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.inputs.property_path import Path, parse_path
from govcloud_offline.kubernetes.objects.field_sets import Fields, shell, union

__all__ = ["emptied", "ignored", "split", "taken_over", "with_ourselves"]

_APPLY: Final = "Apply"
_UPDATE: Final = "Update"

# Managers whose fields are ours to take over: plain creation by this plugin, and kubectl's apply. Prefixes.
_OURS: Final = (
    ("kubectl", _APPLY),
    ("kubectl", _UPDATE),
    ("before-first-apply", _UPDATE),
    ("pulumi-kubernetes", _UPDATE),
    ("pulumi-resource-kubernetes", _UPDATE),
)
_OWNER: Final = re.compile(r'conflict with "([^"]*)"')
_CREATORS: Final = (
    "pulumi-resource-kubernetes",
    "pulumi-kubernetes",
    "pulumi-kubernetes.exe",
    # What a server booked that was asked to move fields by a plugin that did not say its name.
    "pulumi-kubernetes (govcloud offline)",
)


def taken_over(entries: Sequence[dict[str, Any]], manager: str) -> list[dict[str, Any]] | None:
    """Return `entries` with the fields that we created moved to `manager`; None where nothing is to be moved."""
    mine = next((e for e in entries if e.get("manager") == manager and e.get("operation") == _APPLY), None)
    moved = [entry for entry in entries if entry is not mine and _is_ours(entry)]
    if not moved:
        return None
    rest = [entry for entry in entries if entry is not mine and entry not in moved]
    if mine is None:
        mine, moved = {**moved[0], "manager": manager, "operation": _APPLY}, moved[1:]
    return [*rest, {**mine, "fieldsV1": union(entry.get("fieldsV1") or {} for entry in (mine, *moved))}]


def emptied(entries: Sequence[dict[str, Any]], manager: str, said: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return `entries` where `manager` owns nothing within what `said` says is empty; None where it is so already."""
    mine = next((e for e in entries if e.get("manager") == manager and e.get("operation") == _APPLY), None)
    fields = (mine or {}).get("fieldsV1") or {}
    rest = shell(fields, said)
    if mine is None or rest == fields:
        return None
    return [{**entry, "fieldsV1": rest} if entry is mine else entry for entry in entries]


def split(entries: Sequence[dict[str, Any]], manager: str) -> tuple[Fields, Fields]:
    """Return the fields that `manager` owns or may take over, and those that others own."""
    ours = [e for e in entries if (e.get("manager") == manager and e.get("operation") == _APPLY) or _is_ours(e)]
    theirs = [e for e in entries if e not in ours]
    return union(e.get("fieldsV1") or {} for e in ours), union(e.get("fieldsV1") or {} for e in theirs)


def _is_ours(entry: dict[str, Any]) -> bool:
    return not entry.get("subresource") and any(
        str(entry.get("manager")).startswith(name) and entry.get("operation") == operation for name, operation in _OURS
    )


def with_ourselves(causes: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether all of a conflict's causes are fields that we own under the name of plain creation.

    A preview meets them, because it must not take them over as an update does; an update, where the server booked
    them under that name for the very request that took them over.
    """
    owners = [_OWNER.match(str(cause.get("message"))) for cause in causes]
    return bool(owners) and all(owner is not None and owner[1] in _CREATORS for owner in owners)


def ignored(inputs: dict[str, Any], live: Manifest, manager: str, paths: Iterable[str]) -> dict[str, Any]:
    """Return `inputs` for an update that leaves `paths` alone.

    A field that only others own is not mentioned, so that we do not become its owner; any other keeps its live value.
    """
    result = copy.deepcopy(inputs)
    entries = live.managed_fields
    for text in paths:
        path = parse_path(text)
        if not path or not all(isinstance(step, str) and step != "*" for step in path):
            continue  # elements of lists have no stable place
        ours = any(e.get("manager") == manager and _owns(e, path) for e in entries)
        theirs = any(e.get("manager") != manager and _owns(e, path) for e in entries)
        if theirs and not ours:
            _remove(result, path)
            continue
        found, value = _find(live.body, path)
        if found:
            _put(result, path, value)
    return result


def _owns(entry: dict[str, Any], path: Path) -> bool:
    fields = entry.get("fieldsV1")
    for step in path:
        if not isinstance(fields, dict) or f"f:{step}" not in fields:
            return False
        fields = fields[f"f:{step}"]
    return True


def _find(value: Any, path: Path) -> tuple[bool, Any]:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return False, None
        value = value[step]
    return True, value


def _put(target: dict[str, Any], path: Path, value: Any) -> None:
    for step in path[:-1]:
        inner = target.setdefault(str(step), {})
        if not isinstance(inner, dict):
            return
        target = inner
    target[str(path[-1])] = copy.deepcopy(value)


def _remove(target: dict[str, Any], path: Path) -> None:
    found, parent = _find(target, path[:-1])
    if found and isinstance(parent, dict):
        parent.pop(str(path[-1]), None)
