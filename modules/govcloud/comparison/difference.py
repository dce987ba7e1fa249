"""How a live object differs from its declaration, over the whole of both.

What only the live object has is a difference as well, unless the API server itself adds it
(:mod:`govcloud.comparison.server_defaults`): a port range, an excluded rule or a selector that somebody added opens
as much as a rule that was changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from govcloud.comparison.amounts import holds_amounts, same_amount
from govcloud.comparison.server_defaults import filled_in

__all__ = ["Change", "changes"]

_NOT_COMPARED = frozenset({"apiVersion", "kind"})
_CONTENT = frozenset({"data", "stringData"})
"""Fields of Secrets: their values are never looked at here."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is live otherwise than declared; None stands for a field that is not there."""

    path: tuple[str | int, ...]
    """Keys and places in lists that lead to the field."""
    declared: Any
    live: Any

    @property
    def field(self) -> str:
        """The path as people write it: `spec.ingress[0].ports`."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in an object of `kind` the walk is."""

    kind: str
    path: tuple[str | int, ...] = ()
    parent: str = ""
    """The path of the field around, with `[]` for the items of a list, as tables of fields write it."""
    key: str = ""

    @property
    def pattern(self) -> str:
        return f"{self.parent}.{self.key}".lstrip(".")

    def inside(self, step: str | int) -> _Spot:
        if isinstance(step, int):
            return _Spot(self.kind, (*self.path, step), self.parent, f"{self.key}[]")
        return _Spot(self.kind, (*self.path, step), self.pattern, step)


def changes(declared: Mapping[str, Any], live: Mapping[str, Any]) -> Iterator[Change]:
    """Yield how `live` differs from the manifest `declared`, field by field and in both directions.

    Lists must agree in length and order, because the declaration owns a list whole. Amounts are compared by what they
    amount to, in fields that hold amounts. Status and the server's own notes are no part of the comparison.
    """
    kind = str(declared["kind"])
    left_out = _NOT_COMPARED | (_CONTENT if kind == "Secret" else frozenset())
    ours, theirs = ({k: v for k, v in side.items() if k not in left_out} for side in (declared, live))
    yield from _compare(_Spot(kind), ours, theirs)


def _compare(spot: _Spot, declared: Any, live: Any) -> Iterator[Change]:
    if isinstance(declared, Mapping) and isinstance(live, Mapping):
        for key in [*declared, *(key for key in live if key not in declared)]:
            yield from _compare(spot.inside(key), declared.get(key), live.get(key))
    elif isinstance(declared, list) and isinstance(live, list) and len(declared) == len(live):
        for index, (ours, theirs) in enumerate(zip(declared, live, strict=True)):
            yield from _compare(spot.inside(index), ours, theirs)
    elif not _same(spot, declared, live):
        yield Change(spot.path, declared, live)


def _same(spot: _Spot, declared: Any, live: Any) -> bool:
    if declared is None:
        # `{}` is no absence: as a selector it means everything.
        return live in (None, "", []) or _added_by_server(spot, live)
    if live is None:
        return declared in ({}, [], "", False)
    if type(declared) is bool or type(live) is bool:
        return declared is live
    return declared == live or (holds_amounts(spot.kind, spot.parent, spot.key) and same_amount(declared, live))


def _added_by_server(spot: _Spot, live: Any) -> bool:
    """Tell whether all of what only the live object has is the server's."""
    if filled_in(spot.kind, spot.pattern, live):
        return True
    return (
        isinstance(live, Mapping) and bool(live) and all(_added_by_server(spot.inside(k), v) for k, v in live.items())
    )
