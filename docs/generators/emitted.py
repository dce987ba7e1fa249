"""Every problem that the code can report: its code, what it says and what it advises, as shapes of both languages."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shapes import BLANK, Reader, Scope, Shape, paired
from sources import Module, Sources

from govcloud_base.errors import Text

__all__ = ["CODE", "Said", "emitted", "written_codes"]

CODE = re.compile(r"GC-[A-Z0-9]+-\d{3}")
_NOTHING = Text.quoted(BLANK)
_UP = 4
"""Callers of callers of a helper that are looked at for the code and words which it is given."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a code may say."""

    message: Text
    fix: Text
    room: str
    """Module that says it."""


def written_codes(sources: Sources) -> set[str]:
    """Return every code that stands alone in a string of the sources: what is reported, or looked for."""
    return {
        node.value
        for module in sources.modules.values()
        for node in module.inside
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def emitted(sources: Sources) -> dict[str, list[Said]]:
    """Return what each code says, in the order of the sources, each thing once."""
    found: dict[str, dict[Said, None]] = defaultdict(dict)
    for module in sources.modules.values():
        for node in module.inside:
            if isinstance(node, ast.Call) and _is_problem(node):
                for code, said in _Emission(sources, module, node).said():
                    found[code][said] = None
    return {code: _told(list(said)) for code, said in found.items()}


def _is_problem(node: ast.Call) -> bool:
    if isinstance(node.func, ast.Name):
        return node.func.id in ("Problem", "PydanticCustomError")
    return isinstance(node.func, ast.Attribute) and node.func.attr == "problem"


def _told(said: list[Said]) -> list[Said]:
    """Leave out what says nothing, where something else does."""
    return [one for one in said if BLANK not in (one.message.en, one.fix.en)] or said


class _Emission:
    """One call that makes a problem."""

    def __init__(self, sources: Sources, module: Module, call: ast.Call) -> None:
        self._sources = sources
        self._reader = Reader(sources)
        self._module = module
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        self._code, self._message, self._fix = (
            named.get(name) or (call.args[index] if index < len(call.args) else None)
            for index, name in enumerate(("code", "message", "fix"))
        )
        self._plain = isinstance(call.func, ast.Name) and call.func.id == "PydanticCustomError"
        self._scope = Scope(module, module.inside[call])

    def said(self) -> Iterator[tuple[str, Said]]:
        yield from self._in(self._scope, _UP)

    def _in(self, scope: Scope, up: int) -> Iterator[tuple[str, Said]]:
        codes = self._reader.shapes(self._code, scope)
        messages = self._reader.texts(self._message, scope)
        fixes = [_NOTHING] if self._plain else self._reader.texts(self._fix, scope)
        unknown = codes == [BLANK] or _NOTHING in messages or (not self._plain and _NOTHING in fixes)
        if unknown and up and scope.parameters:
            callers = list(self._callers(scope))
            for outer in callers:
                yield from self._in(outer, up - 1)
            if callers:
                return
        for code, message, fix in _rows(codes, messages, fixes):
            if isinstance(code, str) and CODE.fullmatch(code):
                yield code, Said(message, fix, self._module.name)

    def _callers(self, scope: Scope) -> Iterator[Scope]:
        """Yield the same place as each call of the outermost function that is still open leads to it."""
        chain = [scope]
        while (outer := _open(chain[-1])) is not None:
            chain.append(outer)
        last = chain[-1]
        if last.function is None:
            return
        for module, call in self._sources.calls(last.module, last.function):
            if module.inside.get(call) is not last.function:
                where = Scope(module, module.inside[call])
                yield _rebound(scope, last, self._reader.called(last.module, last.function, call, where))


def _open(scope: Scope) -> Scope | None:
    """Return the scope in which the arguments of a call stand, if the arguments came from a call."""
    return next((where for _, where in scope.given.values() if where.function is not None), None)


def _rebound(scope: Scope, last: Scope, bound: Scope) -> Scope:
    """Return a scope in which `last`, at the end of its chain of calls, is replaced by `bound`."""
    if scope is last:
        return bound
    given = {
        name: (argument, _rebound(where, last, bound) if where.function is not None else where)
        for name, (argument, where) in scope.given.items()
    }
    return Scope(scope.module, scope.function, given, scope.depth)


def _rows(codes: Sequence[Shape], messages: Sequence[Text], fixes: Sequence[Text]) -> list[tuple[Shape, Text, Text]]:
    """Return code, message and fix side by side; where branches can't be told apart, each message with all fixes."""
    if len(codes) == 1 and len(messages) > 1 and len(fixes) > 1 and len(messages) != len(fixes):
        return [(codes[0], message, fix) for message in messages for fix in fixes]
    return [(code, _of(message), _of(fix)) for code, message, fix in paired(codes, messages, fixes)]


def _of(shape: Shape) -> Text:
    return shape if isinstance(shape, Text) else _NOTHING
