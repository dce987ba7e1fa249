"""A kind of platforms says itself all that rooms ask of it."""

from __future__ import annotations

import pkgutil
from pathlib import Path

import pytest

from govcloud.model.platform_kind import KINDS, Reach
from govcloud.render import blueprints

ROOT = Path(__file__).parents[3]


def test_each_blueprint_is_named_by_a_kind_and_each_that_is_named_is_there() -> None:
    there = {module.name for module in pkgutil.iter_modules(blueprints.__path__)}
    assert there == {kind.blueprint for kind in KINDS.values() if kind.blueprint}


def test_each_kind_has_a_zone_of_its_own() -> None:
    assert len({kind.zone for kind in KINDS.values()}) == len(KINDS)


def test_only_what_can_be_provisioned_carries_links() -> None:
    assert all(kind.blueprint for kind in KINDS.values() if kind.reach is not Reach.OWN)


@pytest.mark.parametrize("name", ["lgsp", "ngsp", "ndxp", "ndop"])
def test_no_other_file_knows_a_kind(name: str) -> None:
    """Data of the made-up country apart, which says what stands where."""
    knowing = {
        str(file.relative_to(ROOT / "modules" / "govcloud"))
        for file in (ROOT / "modules" / "govcloud").rglob("*.py")
        if f'"{name}"' in file.read_text(encoding="utf-8") and file.parent.name != "synthesis"
    }
    assert knowing == {"model/platform_kind.py"}
