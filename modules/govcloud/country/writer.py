"""A declaration as the text of its file, in the form in which people write and review these files.

The schema line comes first, a small part stands on one line, a larger one is indented. Text that the strict reader
would take for something else is quoted, so that reading the result gives back exactly what was written.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import yaml

from govcloud.country.scalar import AmbiguousError, plain
from govcloud.country.schema import schema_file
from govcloud.model.declaration import API_VERSION

__all__ = ["declaration_text"]

_ONE_LINE = 120
"""Columns that a part may take to stand on one line."""
_TYPES = {bool: "bool", int: "int", Decimal: "float", datetime.date: "timestamp"}


def declaration_text(
    kind: str, name: str, spec: Mapping[str, Any], path: PurePosixPath, notes: Iterable[str] = ()
) -> str:
    """Return the text of the declaration `name` of `kind`, to stand at `path` within a country's folder.

    `spec` is plain data with the names of fields as in files (camelCase). None and empty parts are left out. `notes`
    become comments at the top.
    """
    document = {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": _stated(spec)}
    up = "../" * len(path.parts)
    body = "".join(_entry(key, value, 0) for key, value in document.items())
    comments = "".join(f"# {line}\n" for note in notes for line in note.splitlines())
    return f"# yaml-language-server: $schema={up}schema/{schema_file(kind)}\n{comments}{body}"


def _stated(value: Any) -> Any:
    """Return the value without what says nothing."""
    if isinstance(value, Mapping):
        kept = {str(k): _stated(v) for k, v in value.items()}
        return {k: v for k, v in kept.items() if v is not None and v not in ({}, [])}
    return [_stated(v) for v in value] if isinstance(value, list | tuple) else value


def _entry(key: str, value: Any, indent: int) -> str:
    """Return the lines of one field."""
    start = " " * indent + _inline(key) + ":"
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    line = f"{start} {_inline(value)}\n"
    only_parts = bool(parts) and all(isinstance(p, dict | list) for p in parts)
    if not parts or (indent > 0 and not only_parts and len(line) <= _ONE_LINE):
        return line
    if isinstance(value, dict):
        return start + "\n" + "".join(_entry(k, v, indent + 2) for k, v in value.items())
    return start + "\n" + "".join(f"{' ' * (indent + 2)}- {_inline(item)}\n" for item in value)


def _inline(value: Any) -> str:
    """Return the value on one line."""
    text: str = yaml.serialize(
        _node(value), Dumper=yaml.CSafeDumper, allow_unicode=True, width=1 << 20, explicit_end=False
    )
    return text.removesuffix("\n").removesuffix("\n...")


def _node(value: Any) -> yaml.Node:
    if isinstance(value, dict):
        pairs = [(_node(k), _node(v)) for k, v in value.items()]
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=True)
    if isinstance(value, list):
        return yaml.SequenceNode("tag:yaml.org,2002:seq", [_node(v) for v in value], flow_style=True)
    if isinstance(value, str):
        return yaml.ScalarNode("tag:yaml.org,2002:str", value, style=None if _reads_as_text(value) else '"')
    written = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return yaml.ScalarNode(f"tag:yaml.org,2002:{_TYPES[type(value)]}", written)


def _reads_as_text(value: str) -> bool:
    try:
        return plain(value) == value
    except AmbiguousError:
        return False
