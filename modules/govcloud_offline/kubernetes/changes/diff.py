"""What a change of inputs would do to an object: a detailed diff by field, and whether it must be replaced."""

from __future__ import annotations

import copy
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from govcloud_base.wire.values import Unknown
from govcloud_offline.kubernetes.changes.prune import pruned
from govcloud_offline.kubernetes.changes.replacement import IDENTITY, forces_replacement, replacing_fields
from govcloud_offline.kubernetes.inputs import metadata
from govcloud_offline.kubernetes.inputs.field_types import BUILTIN, Types
from govcloud_offline.kubernetes.inputs.kinds import kind_of
from govcloud_offline.kubernetes.inputs.normal import normal_form
from govcloud_offline.kubernetes.inputs.property_path import Path, contains, format_path, parse_path

__all__ = ["Change", "ChangeKind", "Difference", "compare", "difference"]


class ChangeKind(enum.IntEnum):
    """What happens to a field, with the protocol's numbers."""

    ADD = 0
    ADD_REPLACE = 1
    DELETE = 2
    DELETE_REPLACE = 3
    UPDATE = 4
    UPDATE_REPLACE = 5

    @property
    def replaces(self) -> bool:
        """True where the change replaces the object."""
        return self.value % 2 == 1


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one field."""

    path: Path
    kind: ChangeKind
    value: Any = None
    """The new value; None for a deletion."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The answer to the engine's question what an update would change."""

    changes: dict[str, ChangeKind]
    """By property path."""
    replaces: list[str]
    delete_first: bool
    """The new object has the same name, so the old one must go before."""


_MISSING: Final = object()
_UNREADY: Final = '.metadata.annotations["pulumi.com/replaceUnready"]'


def compare(old: Any, new: Any, path: Path = ()) -> list[Change]:
    """Return the changes that turn `old` into `new`, as deep as both have the same structure.

    Null and absent are the same. Lists are compared by position: they have no keys that every kind agrees on.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*new, *(key for key in old if key not in new)]
        return [
            change for key in keys for change in compare(old.get(key, _MISSING), new.get(key, _MISSING), (*path, key))
        ]
    if isinstance(old, list) and isinstance(new, list):
        return [
            change
            for index in range(max(len(old), len(new)))
            for change in compare(_at(old, index), _at(new, index), (*path, index))
        ]
    old_absent, new_absent = old is None or old is _MISSING, new is None or new is _MISSING
    if (old_absent and new_absent) or (old is None and new in ([], {})):
        return []  # a list without elements comes back as null
    if new_absent:
        return [Change(path, ChangeKind.DELETE)]
    if old_absent:
        return [Change(path, ChangeKind.ADD, new)]
    if not isinstance(new, Unknown) and old == new and isinstance(old, bool) == isinstance(new, bool):
        return []
    return [Change(path, ChangeKind.UPDATE, new)]


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else _MISSING


def difference(
    *,
    old_inputs: dict[str, Any],
    live: dict[str, Any],
    new_inputs: dict[str, Any],
    name_pending: bool = False,
    namespaced: bool = True,
    patch: bool = False,
    config_map_mutable: bool = False,
    secret_mutable: bool = False,
    ignore: Sequence[str] = (),
    unready: bool = False,
    types: Types = BUILTIN,
) -> Difference:
    """Return what an update from the recorded state (`old_inputs`, `live`) to `new_inputs` would change.

    The new inputs are compared with the live object cut down to the shape of the old inputs: drift in fields that
    the program sets shows, what the server and other managers added does not. `name_pending` says that the new name
    is not known yet, `patch` that the resource owns only some fields of an object, `ignore` lists property paths,
    `unready` says that the object is to be made anew because it did not work, `types` what its fields hold.
    """
    new = normal_form(new_inputs, types)[0]
    old = pruned(live, normal_form(old_inputs, types)[0])
    if kind_of(new).name == "Secret" and not old.get("data") and new.get("data") == {}:
        del new["data"]  # as little as the server keeps
    for side in (old, new):
        namespace = metadata.namespace_of(side) or "default" if namespaced else ""
        if not isinstance((side.get("metadata") or {}).get("namespace"), Unknown):
            metadata.set_metadata(side, "namespace", namespace)
    for key in ("apiVersion", "kind"):
        if key not in old and key in new:
            old[key] = copy.deepcopy(new[key])
    metadata.set_metadata(old, "resourceVersion", "")
    if metadata.name_of(new):
        metadata.set_metadata(old, "name", metadata.name_of(live))

    patterns = (
        IDENTITY
        if patch
        else replacing_fields(kind_of(new), new, config_map_mutable=config_map_mutable, secret_mutable=secret_mutable)
    )
    ignored = [parse_path(text) for text in ignore]
    changes: dict[str, ChangeKind] = {}
    for change in compare(old, new):
        if any(contains(pattern, change.path) for pattern in ignored):
            continue
        replacing = forces_replacement(change.path, change.value, patterns)
        changes[format_path(change.path)] = ChangeKind(change.kind + 1) if replacing else change.kind

    replaces = [path for path, kind in changes.items() if kind.replaces]
    if changes.get("metadata") is ChangeKind.DELETE:
        replaces.append("metadata")
    if unready:
        replaces.append(_UNREADY)
    named = name_pending or bool(metadata.name_of(new))
    delete_first = (
        bool(replaces)
        and named
        and not metadata.is_true(new, "autonamed")
        and metadata.name_of(new) == metadata.name_of(live)
        and metadata.namespace_of(new) == metadata.namespace_of(live)
    )
    return Difference(changes, replaces, delete_first)
