"""What a change of inputs would do to an object: a detailed diff by field, and whether it must be replaced."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from govcloud_base.wire.values import Unknown
from govcloud_offline.kubernetes.changes.prune import pruned
from govcloud_offline.kubernetes.changes.replacement import IDENTITY, forces_replacement, replacing_fields
from govcloud_offline.kubernetes.inputs.field_types import BUILTIN, Types
from govcloud_offline.kubernetes.inputs.manifest import Manifest
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
    old_inputs: Manifest,
    live: Manifest,
    new_inputs: Manifest,
    namespaced: bool = True,
    config_map_mutable: bool = False,
    secret_mutable: bool = False,
    ignore: Sequence[str] = (),
    unready: bool = False,
    types: Types = BUILTIN,
) -> Difference:
    """Return what an update from the recorded state (`old_inputs`, `live`) to `new_inputs` would change.

    The new inputs are compared with the live object cut down to the shape of the old inputs: drift in fields that
    the program sets shows, what the server and other managers added does not. `ignore` lists property paths, `unready`
    says that the object is to be made anew because it did not work, `types` what its fields hold.
    """
    new = new_inputs.changed(normal_form(new_inputs.body, types)[0])
    old = live.changed(pruned(live.body, normal_form(old_inputs.body, types)[0]))
    if new.kind.name == "Secret" and not old.body.get("data") and new.body.get("data") == {}:
        new = new.changed({key: value for key, value in new.body.items() if key != "data"})  # as the server keeps it
    old, new = (_placed(side, namespaced) for side in (old, new))
    said: dict[str, Any] = {key: new.body[key] for key in ("apiVersion", "kind") if key in new.body}
    old = old.changed({**said, **old.body}).with_metadata("resourceVersion", "")
    if new.name:
        old = old.with_metadata("name", live.name)

    patterns = (
        IDENTITY
        if new.patch
        else replacing_fields(new.kind, new.body, config_map_mutable=config_map_mutable, secret_mutable=secret_mutable)
    )
    ignored = [parse_path(text) for text in ignore]
    changes: dict[str, ChangeKind] = {}
    for change in compare(old.body, new.body):
        if any(contains(pattern, change.path) for pattern in ignored):
            continue
        replacing = forces_replacement(change.path, change.value, patterns)
        changes[format_path(change.path)] = ChangeKind(change.kind + 1) if replacing else change.kind

    replaces = [path for path, kind in changes.items() if kind.replaces]
    if changes.get("metadata") is ChangeKind.DELETE:
        replaces.append("metadata")
    if unready:
        replaces.append(_UNREADY)
    delete_first = (
        bool(replaces) and not new.options.autonamed and (new.name, new.namespace) == (live.name, live.namespace)
    )
    return Difference(changes, replaces, delete_first)


def _placed(side: Manifest, namespaced: bool) -> Manifest:
    """Return an object with the namespace that it is in also where it does not say so."""
    if side.pending("namespace"):
        return side
    return side.with_metadata("namespace", side.namespace or "default" if namespaced else "")
