"""What differs between two revisions of a declaration, value by value and by meaning: `1` and `1000m` do not differ."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from govcloud.country import Country
from govcloud.country.document import Document
from govcloud.model.review_policy import Order, Sense
from govcloud_base.errors import Place

__all__ = ["Change", "changes", "matches"]

Path = tuple[str, ...]
_Key = tuple[str, str]
_ABSENT = object()


@dataclass(frozen=True)
class Change:
    """One value that differs, or a whole declaration that comes or goes (then `path` is empty)."""

    kind: str
    """Kind of the declaration."""
    name: str
    """Its name."""
    file: str
    """Its file, in the head revision where it still exists there."""
    path: Path
    """Field names as in the file; of a list, the list's."""
    sense: Sense
    """How it differs."""
    before: Any
    """Value before, as the model holds it; None where there was none."""
    after: Any
    """Value after."""
    written_before: str | None
    """Value before as the file writes it."""
    written_after: str | None
    """Value after as the file writes it."""
    place: Place
    """Where to look: in the head revision, or in the base where it is gone."""

    @property
    def field(self) -> str:
        """The path with dots: `spec.environments.prod.quota.cpu`."""
        return ".".join(self.path)


def matches(pattern: str, path: Path) -> bool:
    """Return whether a path fits a pattern of ChangeRule: `*` is one step, a last `**` any number of them."""
    steps = pattern.split(".")
    if steps[-1] == "**":
        steps = steps[:-1]
        if len(path) < len(steps):
            return False
        path = path[: len(steps)]
    return len(steps) == len(path) and all(step in ("*", name) for step, name in zip(steps, path, strict=True))


def changes(base: Country, head: Country, orders: Iterable[Order]) -> tuple[Change, ...]:
    """Return every change between two countries, by kind, name and path."""
    ordered = tuple(orders)
    found: list[Change] = []
    for key in sorted({*base.documents, *head.documents}):
        old, new = base.documents.get(key), head.documents.get(key)
        if old is not None and new is not None and (old is new or old.data == new.data):
            continue
        found.extend(_of_declaration(key, (base, old), (head, new), ordered))
    return tuple(found)


def _of_declaration(
    key: _Key,
    before: tuple[Country, Document | None],
    after: tuple[Country, Document | None],
    orders: tuple[Order, ...],
) -> Iterable[Change]:
    kind, name = key
    (base, old), (head, new) = before, after
    olden, newer = base.declarations.get(key), head.declarations.get(key)
    if old is None or olden is None:
        assert new is not None
        yield Change(kind, name, new.file, (), "added", None, newer, None, None, new.place())
    elif new is None or newer is None:
        yield Change(kind, name, old.file, (), "removed", olden, None, None, None, old.place())
    else:
        left, right = olden.model_dump(by_alias=True), newer.model_dump(by_alias=True)
        for path, one, other in _differences((), left, right):
            sense = _sense(kind, path, one, other, orders)
            gone = sense == "removed" and other is _ABSENT
            yield Change(
                kind,
                name,
                new.file,
                path,
                sense,
                None if one is _ABSENT else one,
                None if other is _ABSENT else other,
                _written(old, path, one),
                _written(new, path, other),
                old.place(*path, key=True) if gone else new.place(*path),
            )


def _differences(path: Path, one: Any, other: Any) -> Iterable[tuple[Path, Any, Any]]:
    if one == other and type(one) is type(other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for step in sorted({*one, *other}):
            yield from _differences((*path, str(step)), one.get(step, _ABSENT), other.get(step, _ABSENT))
    elif isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        # Order of a list says little, and an element has no name: what left and what joined is what a reader asks.
        moved = [(path, element, _ABSENT) for element in one if element not in other]
        moved += [(path, _ABSENT, element) for element in other if element not in one]
        yield from moved or [(path, one, other)]
    else:
        yield path, one, other


def _sense(kind: str, path: Path, one: Any, other: Any, orders: tuple[Order, ...]) -> Sense:
    if one is _ABSENT or one is None:
        return "added"
    if other is _ABSENT or other is None:
        return "removed"
    if isinstance(one, str) and isinstance(other, str):
        for order in orders:
            if order.kind == kind and matches(order.field, path) and {one, other} <= set(order.values):
                return "raised" if order.values.index(other) > order.values.index(one) else "lowered"
        return "changed"
    if isinstance(one, (int, Decimal)) and isinstance(other, (int, Decimal)):
        return "raised" if other > one else "lowered"
    if isinstance(one, datetime.date) and isinstance(other, datetime.date):
        return "raised" if other > one else "lowered"
    return "changed"


def _written(document: Document, path: Path, value: Any) -> str | None:
    """Return a value as the file writes it; a default, which no file writes, as the model holds it."""
    if value is _ABSENT or value is None:
        return None
    found = document.value
    for step in path:
        found = found.get(step, _ABSENT) if isinstance(found, dict) else _ABSENT
    if found is _ABSENT or isinstance(found, (dict, tuple, list)):
        found = value
    return _shown(found)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_shown(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_shown(v) for v in value) + "]"
    return str(value)
