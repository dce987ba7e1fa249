"""The values of any declaration: as the file writes them, else the model's defaults; of tenants, also what follows."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from govcloud.country import Country
from govcloud.country.document import Document
from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.country.suggestion import did_you_mean
from govcloud.explanation import budget, tenant
from govcloud.explanation.value import Origin, Value
from govcloud.model.declaration import Declaration
from govcloud.model.tenant import Tenant
from govcloud_base.errors import Problem, Text, UsageError

__all__ = ["explain", "find"]

_ABSENT = object()
_ORDER = ("Tenant", *(kind for kind in reversed(COUNTRY_KINDS) if kind != "Tenant"))
"""Kinds in the order in which a bare name is looked for: an agency and its tenant have the same one."""


def find(country: Country, name: str) -> Declaration:
    """Return what `name` means: a declaration's name, `Kind/name`, or an agency's code (its tenant, where it has one).

    Raises UsageError where it means nothing, with the nearest name.
    """
    kind, slash, rest = name.rpartition("/")
    names = country.declarations
    by_code = country.tenants_by_agency.get(name) or country.agencies_by_code.get(name)
    candidates = (kind,) if slash else _ORDER
    found = next((names[k, rest] for k in candidates if (k, rest) in names), by_code)
    if found is not None:
        return found
    english, vietnamese = did_you_mean(name, {n for _, n in names} | country.agencies_by_code.keys())
    raise UsageError(
        Problem(
            "GC-EXPLAIN-001",
            Text(f"nothing is called {name!r}", f"không có gì tên {name!r}"),
            Text(
                english or "name a declaration, Kind/name, or an agency's code",
                vietnamese or "nêu tên khai báo, Loại/tên, hoặc mã cơ quan",
            ),
            value=name,
        )
    )


def explain(
    country: Country, declared: Declaration, date: datetime.date, field: str | None = None
) -> tuple[Value, ...]:
    """Return the effective values of a declaration on `date`, or those at and below `field` (`quota.cpu`).

    Raises UsageError where it has no such field, with the nearest one.
    """
    values = {v.path: v for v in _written(country.document(declared), declared)}
    if isinstance(declared, Tenant):
        values.update({v.path: _merged(values.get(v.path), v) for v in tenant.values(country, declared)})
    for path, bounds in budget.bounds(country, declared, date):
        if path in values:
            values[path] = dataclasses.replace(values[path], bounds=(*values[path].bounds, *bounds))
    chosen = tuple(v for p, v in sorted(values.items()) if field is None or _below(p, field))
    if not chosen:
        english, vietnamese = did_you_mean(field or "", _fields(values))
        raise UsageError(
            Problem(
                "GC-EXPLAIN-002",
                Text(f"{declared.name} has no field {field!r}", f"{declared.name} không có trường {field!r}"),
                Text(english or "leave the field out to see all", vietnamese or "bỏ tên trường để xem tất cả"),
                value=field,
            )
        )
    return chosen


def _below(path: tuple[str, ...], field: str) -> bool:
    wanted = tuple(field.removeprefix("spec.").split("."))
    return path[: len(wanted)] == wanted


def _fields(paths: Iterable[tuple[str, ...]]) -> set[str]:
    """Return every field that can be asked for: values, and the parts that hold them."""
    return {".".join(path[:end]) for path in paths for end in range(1, len(path) + 1)}


def _merged(written: Value | None, value: Value) -> Value:
    """Return what is known of a value that the file writes and that something else bounds."""
    if written is None or value.origin is not written.origin:
        return value
    return dataclasses.replace(written, bounds=(*written.bounds, *value.bounds))


def _written(document: Document, declared: Declaration) -> Iterator[Value]:
    dumped = declared.model_dump(by_alias=True)["spec"]
    yield from _leaves(document, (), dumped, document.value.get("spec", {}))


def _leaves(document: Document, path: tuple[str, ...], value: Any, raw: Any) -> Iterator[Value]:
    if isinstance(value, dict) and value:
        for step, part in value.items():
            yield from _leaves(
                document, (*path, str(step)), part, raw.get(step, _ABSENT) if isinstance(raw, dict) else _ABSENT
            )
        return
    if raw is _ABSENT:
        if value is not None and value not in ((), {}):
            yield Value(path, _text(value), Origin.DEFAULT)
    else:
        yield Value(path, _text(raw), Origin.FILE, document.place("spec", *path))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_text(v) for v in value) + "]"
    return str(value)
