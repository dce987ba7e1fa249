"""What a distribution asks to be installed it uses, and what it imports it asks for."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(folder.parent.name for folder in (ROOT / "modules").glob("*/pyproject.toml"))
BESIDE = {"govcloud": (ROOT / "policies",)}
"""Code that travels in a package from elsewhere."""
MODULES = {
    "boto3": {"boto3", "botocore"},  # botocore comes with boto3, in the version that fits
    "grpcio": {"grpc"},
    "protobuf": {"google"},
    "pydantic": {"pydantic", "pydantic_core"},
    "pyyaml": {"yaml"},
    "websocket-client": {"websocket"},
}
"""What a distribution brings to be imported, where that is not its own name."""


def brought(name: str) -> set[str]:
    return MODULES.get(name, {name.replace("-", "_")})


def required(package: str) -> set[str]:
    project = tomllib.loads((ROOT / "modules" / package / "pyproject.toml").read_text())["project"]
    return {re.split(r"[<>=!~\[; ]", line)[0] for line in project["dependencies"]}


def trees(package: str) -> Iterator[ast.Module]:
    for folder in (ROOT / "modules" / package, *BESIDE.get(package, ())):
        for file in folder.rglob("*.py"):
            if file.name != "hatch_build.py":  # runs where a wheel is built, and is not in it
                yield ast.parse(file.read_bytes())


def run(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield a tree's nodes but for those that only a type checker reads."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING"):
            yield from run(child)


def used(package: str) -> tuple[set[str], set[str]]:
    """Return the modules that a package imports, and the distributions for whose version or place it asks."""
    modules, asked = set[str](), set[str]()
    for node in (node for tree in trees(package) for node in run(tree)):
        match node:
            case ast.Import(names=names):
                modules |= {alias.name.split(".")[0] for alias in names}
            case ast.ImportFrom(module=str(module), level=0):
                modules.add(module.split(".")[0])
            case ast.Call(func=ast.Attribute(attr="version" | "find_spec"), args=[ast.Constant(value=str(name))]):
                asked.add(name)
    return modules, asked


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_installed_is_used_and_what_is_imported_is_installed(package: str) -> None:
    modules, asked = used(package)
    # Modules of the policy pack import one another by their bare names, as the engine starts them.
    own = {package, *(file.stem for folder in BESIDE.get(package, ()) for file in folder.rglob("*.py"))}
    foreign = modules - set(sys.stdlib_module_names) - own
    names = required(package)
    assert {name for name in names if not brought(name) & modules and name not in asked} == set()
    assert foreign - {module for name in names for module in brought(name)} == set()
