"""What a sentence of the code looks like before anything is filled in, read off its syntax tree.

The code makes its sentences where it knows the values: literals, f-strings, constants of a module, what a function
returns. A shape is such a sentence with :data:`BLANK` for each value. One expression may say several sentences (a
choice, a variable set in several branches): its shapes are listed in the order of the source, so that expressions which
follow the same branches have theirs in the same order.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from sources import Function, Module, Sources

from govcloud_base.errors import Text

__all__ = ["BLANK", "Reader", "Scope", "Shape", "paired"]

BLANK = "…"
_MOST = 12
"""Alternatives beyond which an expression is not told apart any more."""
_DEEPEST = 7
_LISTED = 6
"""Entries of a table beyond which it is a blank to say that one of them is filled in."""
_OPAQUE = frozenset({"described", "join", "quotation", "quoted", "refusal", "shown"})
"""Functions that pass on what somebody else wrote: what they return is filled in, and no sentence of ours."""

Shape = str | Text | tuple["Shape", ...] | None
"""A sentence, one in both languages, several values in one, or nothing at all."""


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: module and function, and the arguments with which that function was called."""

    module: Module
    function: Function | None
    given: dict[str, tuple[ast.expr, Scope]] = field(default_factory=dict)
    depth: int = 0

    @property
    def parameters(self) -> list[str]:
        """Names of the function's parameters that nothing is known about."""
        if self.function is None:
            return []
        all_ = self.function.args
        names = [a.arg for a in (*all_.posonlyargs, *all_.args, *all_.kwonlyargs)]
        return [name for name in names if name not in self.given]


def paired(*lists: Sequence[Shape]) -> list[tuple[Shape, ...]]:
    """Return alternatives side by side: those of as many in their order, a lone one with each, else nothing known."""
    length = max(map(len, lists), default=0)
    columns = [list(items) * length if len(items) == 1 else list(items) for items in lists]
    if any(len(column) != length for column in columns):
        columns = [column if len(column) == length else [BLANK] * length for column in columns]
    return list(zip(*columns, strict=True))


class Reader:
    """Reads shapes of expressions."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def shapes(self, node: ast.expr | None, scope: Scope) -> list[Shape]:
        """Return what an expression may be, without doubles where it may be many; [BLANK] where nothing is known."""
        if node is None or scope.depth > _DEEPEST:
            return [BLANK]
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        found: list[Shape] = method(node, scope) if method else [BLANK]
        return found if 0 < len(found) <= _MOST else [BLANK]

    def texts(self, node: ast.expr | None, scope: Scope) -> list[Text]:
        """Return what an expression says in both languages."""
        return [_text(shape) for shape in self.shapes(node, scope)]

    def _constant(self, node: ast.Constant, scope: Scope) -> list[Shape]:
        return [None if node.value is None else str(node.value)]

    def _joinedstr(self, node: ast.JoinedStr, scope: Scope) -> list[Shape]:
        return self._concatenated([self.shapes(part, scope) for part in node.values])

    def _formattedvalue(self, node: ast.FormattedValue, scope: Scope) -> list[Shape]:
        return [shape if isinstance(shape, str) else BLANK for shape in self.shapes(node.value, scope)]

    def _binop(self, node: ast.BinOp, scope: Scope) -> list[Shape]:
        if not isinstance(node.op, ast.Add):
            return [BLANK]
        return self._concatenated([self.shapes(node.left, scope), self.shapes(node.right, scope)])

    def _concatenated(self, parts: list[list[Shape]]) -> list[Shape]:
        return ["".join(p if isinstance(p, str) else BLANK for p in row) for row in paired(*parts)]

    def _ifexp(self, node: ast.IfExp, scope: Scope) -> list[Shape]:
        return [*self.shapes(node.body, scope), *self.shapes(node.orelse, scope)]

    def _boolop(self, node: ast.BoolOp, scope: Scope) -> list[Shape]:
        found = [shape for value in node.values for shape in self.shapes(value, scope)]
        return [shape for shape in found if shape not in (None, BLANK)] or [BLANK]

    def _tuple(self, node: ast.Tuple, scope: Scope) -> list[Shape]:
        return list(paired(*(self.shapes(item, scope) for item in node.elts)))

    def _namedexpr(self, node: ast.NamedExpr, scope: Scope) -> list[Shape]:
        return self.shapes(node.value, scope)

    def _name(self, node: ast.Name, scope: Scope) -> list[Shape]:
        if scope.function is not None and (found := self._assigned(node, scope)):
            return found
        if node.id in scope.given:
            argument, where = scope.given[node.id]
            return self.shapes(argument, where)
        if scope.function is not None and node.id in scope.parameters:
            return [BLANK]
        if (constant := self._sources.constant(scope.module, node.id)) is None:
            return [BLANK]
        return self.shapes(constant[1], Scope(constant[0], None, depth=scope.depth + 1))

    def _assigned(self, used: ast.Name, scope: Scope) -> list[Shape]:
        """Return what a function may have set a variable to where it is used, in the order of its lines."""
        assert scope.function is not None
        name, further = used.id, Scope(scope.module, scope.function, scope.given, scope.depth + 1)
        settings = [
            (statement, target, value)
            for statement, target, value in _settings(scope.function)
            if name in _names(target) and statement.lineno <= used.lineno
        ]
        certain = [n for n, (statement, _, _) in enumerate(settings) if scope.module.precedes(statement, used)]
        found: list[Shape] = []
        for _, target, value in settings[certain[-1] if certain else 0 :]:
            whole = self.shapes(value, further)
            if isinstance(target, ast.Tuple):
                whole = [_item(shape, _names(target).index(name)) for shape in whole]
            found += whole
        several = len(found) > 1
        return [shape for shape in found if not (several and shape is None)]

    def _attribute(self, node: ast.Attribute, scope: Scope) -> list[Shape]:
        owner = self.shapes(node.value, scope)
        if node.attr in ("en", "vi"):
            return [getattr(_text(shape), node.attr) for shape in owner]
        return [BLANK]

    def _subscript(self, node: ast.Subscript, scope: Scope) -> list[Shape]:
        if (table := self._table(node.value, scope)) is not None:
            return self._entries(table, node.slice, None)
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
            return [_item(shape, node.slice.value) for shape in self.shapes(node.value, scope)]
        return [BLANK]

    def _table(self, node: ast.expr, scope: Scope) -> tuple[ast.Dict, Scope] | None:
        """Return the dictionary that an expression names, and where it stands."""
        if isinstance(node, ast.Dict):
            return node, scope
        if isinstance(node, ast.Name):
            found = self._sources.constant(scope.module, node.id)
            if found is None and scope.function is not None:
                for inner in ast.walk(scope.function):
                    match inner:
                        case ast.Assign(targets=[ast.Name(id=node.id)], value=ast.Dict() as table):
                            return table, scope
            if found is not None and isinstance(found[1], ast.Dict):
                return found[1], Scope(found[0], None, depth=scope.depth + 1)
        return None

    def _entries(
        self, table: tuple[ast.Dict, Scope], key: ast.expr, default: list[Shape] | None, asked: Scope | None = None
    ) -> list[Shape]:
        entries, scope = table
        known = {self.shapes(k, scope)[0]: v for k, v in zip(entries.keys, entries.values, strict=True) if k}
        wanted = self.shapes(key, asked or scope)
        if wanted != [BLANK] and len(wanted) == 1:
            return self.shapes(known[wanted[0]], scope) if wanted[0] in known else default or [BLANK]
        if len(known) > _LISTED:
            return [BLANK]
        return [*(shape for value in known.values() for shape in self.shapes(value, scope)), *(default or [])]

    def _call(self, node: ast.Call, scope: Scope) -> list[Shape]:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        arguments = {keyword.arg: keyword.value for keyword in node.keywords}
        if name == "Text":
            english, vietnamese = (
                arguments.get(language) or (node.args[index] if len(node.args) > index else None)
                for index, language in enumerate(("en", "vi"))
            )
            if english is None and node.args and isinstance(node.args[0], ast.Starred):
                return list(self.texts(node.args[0].value, scope))
            both = paired(self.shapes(english, scope), self.shapes(vietnamese, scope))
            return [Text(_words(en), _words(vi)) for en, vi in both]
        if name in _OPAQUE:
            return [BLANK]
        if name == "did_you_mean":
            return [("did you mean …?", "có phải ý bạn là …?")]
        if isinstance(node.func, ast.Attribute):
            if name == "format":
                return [_filled(shape) for shape in self.shapes(node.func.value, scope)]
            if name == "get" and node.args and (table := self._table(node.func.value, scope)) is not None:
                default = self.shapes(node.args[1], scope) if len(node.args) > 1 else None
                return self._entries(table, node.args[0], default, scope)
        return self._returned(node, name, scope)

    def _returned(self, node: ast.Call, name: str, scope: Scope) -> list[Shape]:
        owner = (
            node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
        )
        module = scope.module
        if owner and owner != "self":
            module_name = ".".join(filter(None, module.imports.get(owner, ("", ""))))
            if module_name not in self._sources.modules:
                return [BLANK]
            module = self._sources.modules[module_name]
        elif isinstance(node.func, ast.Attribute) and owner != "self":
            return [BLANK]
        if (found := self._sources.function(module, name)) is None:
            return [BLANK]
        inner = self.called(found[0], found[1], node, scope)
        own = [n for n in ast.walk(found[1]) if isinstance(n, ast.Return) and found[0].inside.get(n) is found[1]]
        return [shape for statement in own if statement.value for shape in self.shapes(statement.value, inner)]

    def called(self, module: Module, function: Function, call: ast.Call, scope: Scope) -> Scope:
        """Return the scope of a function's body for one call of it."""
        names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
        if names[:1] in (["self"], ["cls"]):
            names = names[1:]
        given: dict[str, tuple[ast.expr, Scope]] = {}
        for name, argument in zip(names, call.args, strict=False):
            if isinstance(argument, ast.Starred):
                break
            given[name] = (argument, scope)
        given |= {k.arg: (k.value, scope) for k in call.keywords if k.arg}
        every = function.args.defaults
        for name, default in zip(names[len(names) - len(every) :], every, strict=False):
            given.setdefault(name, (default, Scope(module, None, depth=scope.depth + 1)))
        return Scope(module, function, given, scope.depth + 1)


@cache
def _settings(function: Function) -> list[tuple[ast.stmt | ast.NamedExpr, ast.expr, ast.expr]]:
    """Return where a function sets variables, in the order of its lines: statement, target and value."""
    found: list[tuple[ast.stmt | ast.NamedExpr, ast.expr, ast.expr]] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            found += [(node, target, node.value) for target in node.targets]
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            found.append((node, node.target, node.value))
    return sorted(found, key=lambda setting: setting[0].lineno)


def _names(target: ast.expr) -> list[str]:
    """Return the variables of an assignment's left side, in order."""
    items = target.elts if isinstance(target, ast.Tuple) else [target]
    return [item.id if isinstance(item, ast.Name) else "" for item in items]


def _item(shape: Shape, index: int) -> Shape:
    if isinstance(shape, tuple) and index < len(shape):
        return shape[index]
    return BLANK


def _words(shape: Shape) -> str:
    return shape if isinstance(shape, str) else BLANK


def _text(shape: Shape) -> Text:
    match shape:
        case Text():
            return shape
        case (str(english), str(vietnamese)):
            return Text(english, vietnamese)
        case str():
            return Text.quoted(shape)
    return Text.quoted(BLANK)


def _filled(shape: Shape) -> Shape:
    return re.sub(r"\{[^{}]*\}", BLANK, shape) if isinstance(shape, str) else BLANK
