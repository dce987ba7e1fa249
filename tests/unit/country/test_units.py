"""The tables of administrative units hold as many units as the law names, and lead from old ones to new ones."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from govcloud.country.units import UnitTable

TABLES = Path(__file__).parents[3] / "policies" / "administration"
OLD = UnitTable.at(TABLES / "units-2021.csv")
NEW = UnitTable.at(TABLES / "units-2025.csv", TABLES / "successors-2025.csv")


def test_every_unit_hangs_below_one_that_exists() -> None:
    for table in (OLD, NEW):
        for unit in table.all():
            assert unit.level == "province" or table.get(unit.parent) is not None, unit


def test_codes_keep_their_leading_zeros() -> None:
    ward = NEW.get("00070")
    assert ward is not None
    assert (ward.name, ward.type, ward.parent, ward.level) == ("Phường Hoàn Kiếm", "phường", "01", "commune")
    assert NEW.get("70") is None


@pytest.mark.parametrize(("old", "new"), [("02", "08"), ("77", "79"), ("74", "79"), ("46", "46")])
def test_a_former_province_leads_to_the_one_that_holds_it(old: str, new: str) -> None:
    assert [s.code for s in NEW.successors(old)] == [new]


def test_successors_exist() -> None:
    for unit in OLD.all():
        for successor in NEW.successors(unit.code):
            found = NEW.get(successor.code)
            assert found is not None
            assert found.level == unit.level


def test_a_divided_commune_has_several_successors() -> None:
    parts = [NEW.successors(u.code) for u in OLD.all() if len(NEW.successors(u.code)) > 1]
    assert parts
    assert all(successor.part for group in parts for successor in group)


def test_hue_merged_four_wards_in_2021() -> None:
    before, after = datetime.date(2021, 6, 30), datetime.date(2021, 7, 1)
    assert OLD.counts(before)["commune"] - OLD.counts(after)["commune"] == 4
