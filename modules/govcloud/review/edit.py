"""The smallest edit of a change: said in words, and made on the country, so that it is judged before it is offered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from govcloud.country import Country
from govcloud.model.tenant import Tenant, ZoneFlow
from govcloud.review.difference import Change
from govcloud_base.errors import Text

__all__ = ["Edit", "assigning", "closing", "elsewhere", "restoring", "undoing"]

_Key = tuple[str, str]
_Path = tuple[str, ...]
Step = Callable[[Country, Country], Country]
"""From the base and the country as a change leaves it to that country with the edit made."""

_ABSENT: Any = object()


@dataclass(frozen=True)
class Edit:
    """What somebody could write in place of what the change says."""

    says: Text
    """In words."""
    makes: Step
    """On the country."""
    undoes: bool = False
    """Whether it takes the whole of what gave the reason back."""


def elsewhere(base: Country, head: Country) -> Country:
    """Return the country as it is: the edit moves something that is no declaration, or some of them, elsewhere."""
    return head


def undoing(change: Change) -> Step:
    """Return the step that takes one change back, of a list's element only that element."""

    def step(base: Country, head: Country) -> Country:
        key = (change.kind, change.name)
        old, new = base.declarations.get(key), head.declarations.get(key)
        if not change.path or old is None or new is None:
            return restoring(key, change.path)(base, head)
        before, after = _at(old, change.path), _at(new, change.path)
        if isinstance(after, tuple) and change.before is None:
            return _set(head, key, change.path, tuple(v for v in after if _plain(v) != change.after))
        if isinstance(after, tuple) and isinstance(before, tuple) and change.after is None:
            gone = tuple(v for v in before if _plain(v) == change.before and v not in after)
            return _set(head, key, change.path, (*after, *gone))
        return _set(head, key, change.path, before)

    return step


def restoring(key: _Key, path: _Path) -> Step:
    """Return the step that gives a value, or without a path a whole declaration, back what it was in the base."""

    def step(base: Country, head: Country) -> Country:
        old, new = base.declarations.get(key), head.declarations.get(key)
        if old is None:
            return head.without(key)
        if new is None or not path:
            return head.including(old, base.documents[key])
        return _set(head, key, path, _at(old, path))

    return step


def assigning(key: _Key, values: Mapping[_Path, Any]) -> Step:
    """Return the step that writes `values` by their paths into a declaration that the change has."""

    def step(base: Country, head: Country) -> Country:
        for path, value in values.items():
            head = _set(head, key, path, value)
        return head

    return step


def closing(key: _Key, environment: str, source: str, target: str, ports: Collection[int]) -> Step:
    """Return the step that takes one way between two zones out of a tenant's flows and leaves every other."""

    def step(base: Country, head: Country) -> Country:
        tenant = head.declarations[key]
        assert isinstance(tenant, Tenant)
        kept = []
        for flow in tenant.spec.environments[environment].flows:
            for end in flow.to:
                through = flow.ports
                if (flow.source, end) == (source, target):
                    through = tuple(port for port in flow.ports if port not in ports)
                if through:
                    kept.append(ZoneFlow.model_construct(source=flow.source, to=(end,), ports=through))
        return _set(head, key, ("spec", "environments", environment, "flows"), tuple(kept))

    return step


def _set(country: Country, key: _Key, path: _Path, value: Any) -> Country:
    return country.including(_with(country.declarations[key], path, value), country.documents[key])


def _with(whole: Any, path: _Path, value: Any) -> Any:
    """Return `whole` with the part at `path` replaced, or left out where `value` is _ABSENT."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(whole, BaseModel):
        name = _field(whole, step)
        return whole.model_copy(update={name: _with(getattr(whole, name), rest, value)})
    entries = dict(whole or {})
    changed = _with(entries.get(step), rest, value)
    if changed is _ABSENT:
        entries.pop(step, None)
    else:
        entries[step] = changed
    return entries


def _at(whole: Any, path: _Path) -> Any:
    for step in path:
        whole = getattr(whole, _field(whole, step)) if isinstance(whole, BaseModel) else whole.get(step, _ABSENT)
        if whole is _ABSENT:
            return whole
    return whole


def _field(model: BaseModel, alias: str) -> str:
    return next(name for name, field in type(model).model_fields.items() if (field.alias or name) == alias)


def _plain(value: Any) -> Any:
    return value.model_dump(by_alias=True) if isinstance(value, BaseModel) else value
