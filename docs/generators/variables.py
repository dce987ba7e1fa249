"""docs/reference/environment-variables: every variable that the code reads, found where it is read."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from page import cell, head, table, text
from shapes import BLANK, Reader, Scope
from sources import Module, Sources, project

from govcloud_base.errors import Language, Text

__all__ = ["pages", "read_by", "undescribed"]

_TITLE = Text("Environment variables", "Biến môi trường")
_INTRODUCTION = (
    Text(
        "Every variable that the code reads, and who reads it. `govcloud local env` prints those that lead to the "
        "embedded cloud. Secrets are given in variables, or in files that variables name, never in files of the "
        "country: a declaration holds the name of the variable alone. What a declaration names so (`endpointFrom`, "
        "`authorityFrom`) is a variable as well, called as its writer likes.",
        "Mọi biến mà mã nguồn đọc, và phần nào đọc. `govcloud local env` in ra các biến dẫn tới đám mây nhúng. Bí "
        "mật được "
        "đưa qua biến, hoặc qua tệp mà biến trỏ tới, không bao giờ nằm trong tệp của quốc gia: khai báo chỉ chứa tên "
        "biến. "
        "Biến mà khai báo nêu theo cách đó (`endpointFrom`, `authorityFrom`) cũng là biến môi trường, tên do người "
        "viết "
        "đặt.",
    ),
)
_COLUMNS = {
    Language.EN: ("Variable", "Meaning", "Read by"),
    Language.VI: ("Biến", "Ý nghĩa", "Nơi đọc"),
}
_GROUPS = {
    "govcloud": Text("Of GovCloud", "Của GovCloud"),
    "cloud": Text("Of the clouds", "Của các đám mây"),
    "pulumi": Text("Of Pulumi and its parts", "Của Pulumi và các thành phần"),
    "machine": Text("Of the shell and the machine", "Của phiên làm việc và máy"),
}
_VARIABLE = re.compile(r"_?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$")
_MAPPINGS = ("environ", "environment", "env")
"""What a mapping of variables is called, wherever it comes from."""


def pages() -> dict[str, str]:
    """Return the page in both languages by file name. Raises ValueError where a variable is not described."""
    if missing := undescribed():
        raise ValueError("\n".join(missing))
    names = {Language.EN: "environment-variables.md", Language.VI: "environment-variables.vi.md"}
    return {f"reference/{name}": text(_page(language)) for language, name in names.items()}


def undescribed() -> list[str]:
    """Return the variables that variables.toml does not describe, and those that it does in vain."""
    described = {name for group in _described().values() for name in group}
    return [f"{name}: describe it" for name in sorted(read_by().keys() - described)] + [
        f"{name}: nothing reads it" for name in sorted(described - read_by().keys())
    ]


@cache
def _described() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@cache
def read_by() -> dict[str, list[str]]:
    """Return the rooms that read each variable."""
    sources, found = project(), dict[str, dict[str, None]]()
    for module in sources.modules.values():
        room = ".".join(module.name.split(".")[:2])
        for node in module.inside:
            names = list(_prefixed(sources, module, node))
            if (key := _key(node)) is not None:
                names += _names(sources, module, key, Scope(module, module.inside.get(key)), 2)
            for name in names:
                found.setdefault(name, {})[room] = None
    return {name: list(found[name]) for name in sorted(found)}


def _key(node: ast.AST) -> ast.expr | None:
    """Return what is looked up, where a node looks something up in the environment."""
    match node:
        case ast.Subscript(value=owner, slice=key, ctx=ast.Load()) if _is_environment(owner):
            return key
        case ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[key, *_]) if _is_environment(owner):
            return key
        case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()], comparators=[owner]) if _is_environment(owner):
            return key
    return None


def _prefixed(sources: Sources, module: Module, node: ast.AST) -> Iterator[str]:
    """Yield the variables that are found by how they begin, where that is put together: `GOVCLOUD_…_…`."""
    match node:
        case ast.comprehension(iter=ast.Call(func=ast.Attribute(value=owner, attr="items")), ifs=[condition, *_]):
            match condition:
                case ast.Call(func=ast.Attribute(attr="startswith"), args=[key]) if _is_environment(owner):
                    shapes = Reader(sources).shapes(key, Scope(module, module.inside[node]))
                    yield from (f"{s}{BLANK}" for s in shapes if isinstance(s, str) and BLANK in s.strip(BLANK))


def _is_environment(owner: ast.expr) -> bool:
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return name.lstrip("_") in _MAPPINGS


def _names(sources: Sources, module: Module, key: ast.expr, scope: Scope, up: int) -> Iterator[str]:
    """Yield the variables that an expression names: itself, each of what is looped over, or what callers give."""
    reader = Reader(sources)
    if isinstance(key, ast.Name) and (items := _looped(sources, module, key, scope)):
        for item in items:
            yield from (shape for shape in reader.shapes(item, Scope(module, None)) if isinstance(shape, str))
        return
    for shape in reader.shapes(key, scope):
        if isinstance(shape, str) and shape not in (BLANK, ""):
            yield shape
        elif up and isinstance(key, ast.Name) and key.id in scope.parameters and scope.function is not None:
            for where, call in sources.calls(module, scope.function):
                inner = reader.called(module, scope.function, call, Scope(where, where.inside[call]))
                if key.id in inner.given:
                    argument, outer = inner.given[key.id]
                    yield from _names(sources, where, argument, outer, up - 1)


def _looped(sources: Sources, module: Module, key: ast.Name, scope: Scope) -> list[ast.expr]:
    """Return the names of variables in the constant over which a loop runs that sets `key`, alone or beside others."""
    for node in ast.walk(scope.function or module.tree):
        if not isinstance(node, (ast.For, ast.comprehension)):
            continue
        if key.id not in {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}:
            continue
        for named in (n.id for n in ast.walk(node.iter) if isinstance(n, ast.Name)):
            found = sources.constant(module, named)
            if found is not None:
                return [n for n in ast.walk(found[1]) if isinstance(n, ast.Constant) and _VARIABLE.match(str(n.value))]
    return []


def _page(language: Language) -> Iterator[str]:
    yield from head(_TITLE, "environment-variables", language, *_INTRODUCTION)
    rooms = read_by()
    for group, title in _GROUPS.items():
        yield from (f"## {title.in_language(language)}", "")
        rows = [
            (f"`{name}`", cell(said[language.value]), ", ".join(f"`{room}`" for room in rooms[name]))
            for name, said in sorted(_described()[group].items())
        ]
        yield from table(_COLUMNS[language], rows)
