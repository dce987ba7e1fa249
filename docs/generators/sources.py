"""The project's Python sources as syntax trees: functions, constants and imports by name, and who calls what."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

__all__ = ["ROOT", "Function", "Module", "Sources", "project"]

ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = ("modules", "policies", "stacks")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """One source file."""

    name: str
    """As it is imported: `govcloud.rules.quotas`."""
    path: Path
    tree: ast.Module
    functions: dict[str, list[Function]] = field(default_factory=lambda: defaultdict(list))
    """Functions and methods by their name alone."""
    constants: dict[str, ast.expr] = field(default_factory=dict)
    """Values of names that the module sets."""
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What a name here stands for elsewhere: (module, name), the name empty for a module itself."""
    inside: dict[ast.AST, Function | None] = field(default_factory=dict)
    """The innermost function around each node."""
    above: dict[ast.AST, ast.AST] = field(default_factory=dict)
    """The node around each node."""

    def __post_init__(self) -> None:
        self._walk(self.tree, None)
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self.constants[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                self.constants[node.target.id] = node.value

    def _walk(self, node: ast.AST, function: Function | None) -> None:
        for child in ast.iter_child_nodes(node):
            self.inside[child], self.above[child] = function, node
            if isinstance(child, ast.ImportFrom) and child.module and not child.level:
                for alias in child.names:
                    self.imports[alias.asname or alias.name] = (child.module, alias.name)
            if isinstance(child, Function):
                self.functions[child.name].append(child)
                self._walk(child, child)
            else:
                self._walk(child, function)

    def precedes(self, statement: ast.AST, node: ast.AST) -> bool:
        """Return whether a statement has always run before a node is evaluated: it stands earlier in a block around."""
        block = self.above.get(statement)
        inner: ast.AST | None = node
        while inner is not None and self.above.get(inner) is not block:
            inner = self.above.get(inner)
        if block is None or inner is None or inner is statement:
            return False
        return any(
            statement in body and inner in body and body.index(statement) < body.index(inner)
            for _, body in ast.iter_fields(block)
            if isinstance(body, list)
        )


class Sources:
    """Every source below `modules/`, `policies/` and `stacks/`."""

    def __init__(self, root: Path = ROOT) -> None:
        self.modules: dict[str, Module] = {}
        for folder in _FOLDERS:
            for path in sorted((root / folder).rglob("*.py")):
                steps = path.relative_to(root / folder).with_suffix("").parts
                steps = steps[:-1] if steps[-1] == "__init__" else steps
                name = ".".join(steps if folder == "modules" else (folder, *steps))
                self.modules[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))

    def function(self, module: Module, name: str) -> tuple[Module, Function] | None:
        """Return the one function that `name` stands for in a module; None where there is none, or several."""
        if name in module.imports:
            source, original = module.imports[name]
            found = self.modules.get(source)
            return self.function(found, original) if found and found is not module else None
        known = module.functions.get(name, [])
        return (module, known[0]) if len(known) == 1 else None

    def constant(self, module: Module, name: str) -> tuple[Module, ast.expr] | None:
        """Return the value that a module sets for `name`, or imports under it."""
        if name in module.constants:
            return module, module.constants[name]
        source, original = module.imports.get(name, ("", ""))
        found = self.modules.get(source)
        return self.constant(found, original) if found and found is not module else None

    def calls(self, module: Module, function: Function) -> Iterator[tuple[Module, ast.Call]]:
        """Yield the calls of a function, in its own module and wherever it is imported."""
        for where, call, name, attribute_of in self._calls.get(function.name, ()):
            target = self.modules.get(".".join(filter(None, where.imports.get(attribute_of, ("", "")))))
            if where is module or target is module or self.function(where, name) == (module, function):
                yield where, call

    @cached_property
    def _calls(self) -> dict[str, list[tuple[Module, ast.Call, str, str]]]:
        found: dict[str, list[tuple[Module, ast.Call, str, str]]] = defaultdict(list)
        for module in self.modules.values():
            for node in module.inside:
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    found[node.func.id].append((module, node, node.func.id, ""))
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    owner = node.func.value
                    of = owner.id if isinstance(owner, ast.Name) else ""
                    found[node.func.attr].append((module, node, node.func.attr, of))
        return found


@cache
def project() -> Sources:
    """Return the sources of this checkout."""
    return Sources()
