"""The tables of administrative units hold as many units as the law names, and lead from old ones to new ones."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from govcloud.country import law
from govcloud.country.units import UnitTable
from govcloud.model.administration import Administration, UnitCount
from govcloud_base.errors import GovCloudError

LAW = Path(__file__).parents[3] / "policies"
TABLES = LAW / "administration"
OLD = UnitTable.at(TABLES / "units-2021.csv")
NEW = UnitTable.at(TABLES / "units-2025.csv", TABLES / "successors-2025.csv")


@pytest.mark.parametrize(
    ("administration", "count"),
    [(a, c) for a in law.load(LAW).administrations if a.spec.territories for c in a.spec.territories.counts],
    ids=lambda value: str(getattr(value, "date", "")),
)
def test_the_tables_count_as_the_law_does(administration: Administration, count: UnitCount) -> None:
    assert administration.spec.territories is not None
    table = UnitTable.at(TABLES / administration.spec.territories.table)
    assert table.counts(count.date) == {
        "province": count.province,
        "district": count.district,
        "commune": count.commune,
    }


def test_both_models_are_there_with_their_legal_numbers() -> None:
    legal = {
        (c.province, c.district, c.commune)
        for a in law.load(LAW).administrations
        if a.spec.territories
        for c in a.spec.territories.counts
        if not c.provisional
    }
    assert {(63, 705, 10599), (34, 0, 3321)} <= legal


def test_the_date_chooses_the_table() -> None:
    loaded = law.load(LAW)
    before, after = loaded.units(datetime.date(2025, 6, 30)), loaded.units(datetime.date(2025, 7, 1))
    assert before is not None
    assert after is not None
    assert (before.get("02") is None, after.get("02") is None) == (False, True)
    assert loaded.former_units(datetime.date(2025, 7, 1)) == (before,)
    assert loaded.former_units(datetime.date(2025, 6, 30)) == ()


def test_a_missing_table_is_a_problem_of_the_law(tmp_path: Path) -> None:
    for name in ("regimes", "levels"):
        shutil.copytree(LAW / name, tmp_path / name)
    with pytest.raises(GovCloudError, match="GC-LAW-002"):
        law.load(tmp_path)


@pytest.mark.parametrize(
    ("code", "place"), [("00070", "Hoàn Kiếm"), ("01", "Hà Nội"), ("79", "Hồ Chí Minh"), ("40", "Nghệ An")]
)
def test_a_place_is_the_name_without_its_type(code: str, place: str) -> None:
    unit = NEW.get(code)
    assert unit is not None
    assert unit.place == place


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


def test_a_broken_row_is_named_with_its_line(tmp_path: Path) -> None:
    table = tmp_path / "units.csv"
    table.write_text("code,parent,type,name,valid_from,valid_to\n01,,a,A,,\n02,,b\n", encoding="utf-8")
    with pytest.raises(GovCloudError, match=r"units\.csv:3: error GC-LAW-003"):
        UnitTable.at(table).get("01")
