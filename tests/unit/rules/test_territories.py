"""An agency's administrative unit is judged against the units of the date, and the error names the right one."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from govcloud.country import law
from govcloud_base.errors import Problem, Severity

ROOT = Path(__file__).parents[3]
DATE = datetime.date(2026, 11, 22)
Findings = Callable[..., list[Problem]]


def edit(folder: Path, agency: str, *changes: tuple[str, str]) -> None:
    path = folder / "agencies" / f"{agency}.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def only(problems: list[Problem]) -> Problem:
    (problem,) = problems
    return problem


def test_an_unknown_code_leads_to_the_unit_that_the_title_names(folder: Path, findings: Findings) -> None:
    edit(folder, "h41-101", ('"16681"', '"99999"'))
    problem = only(findings())
    assert (problem.code, problem.value) == ("GC-AGENCY-012", "99999")
    assert problem.place is not None
    assert (problem.place.file, problem.place.line) == ("agencies/h41-101.yaml", 11)
    assert "'16681' (Phường Thành Vinh)" in problem.fix.en
    assert "'16681' (Phường Thành Vinh)" in problem.fix.vi


def test_titles_without_diacritics_are_understood(folder: Path, findings: Findings) -> None:
    edit(
        folder,
        "h41-101",
        ('"16681"', '"99999"'),
        (
            "vi: Ủy ban nhân dân phường Thành Vinh, en: People's Committee of Thanh Vinh ward",
            "vi: UBND phuong Thanh Vinh",
        ),
    )
    assert "16681" in only(findings()).fix.en


def test_without_a_usable_title_the_nearest_code_of_the_province_is_offered(folder: Path, findings: Findings) -> None:
    edit(folder, "h41-101", ('"16681"', '"16682"'), ("Thành Vinh", "Mới"), ("Thanh Vinh", "New"))
    problem = only(findings())
    assert problem.code == "GC-AGENCY-012"
    assert "did you mean '" in problem.fix.en


@pytest.mark.parametrize(
    ("code", "title", "heir"),
    [("77", "Ủy ban nhân dân tỉnh Bà Rịa - Vũng Tàu", "79"), ("74", "Ủy ban nhân dân tỉnh Bình Dương", "79")],
)
def test_an_abolished_province_leads_to_its_successor(
    folder: Path, findings: Findings, code: str, title: str, heir: str
) -> None:
    edit(folder, "h29", ('"79"', f'"{code}"'), ("Ủy ban nhân dân Thành phố Hồ Chí Minh", title))
    problem = only(findings())
    assert (problem.code, problem.allowed) == ("GC-AGENCY-009", heir)
    assert "Thành phố Hồ Chí Minh" in problem.fix.vi
    assert "mergedInto" in problem.fix.en


def test_a_divided_ward_names_every_part(folder: Path, findings: Findings) -> None:
    loaded = law.load(ROOT / "policies")
    table, (former, *_) = loaded.units(DATE), loaded.former_units(DATE)
    assert table is not None
    code, heirs = next(
        (unit.code, found)
        for unit in former.all()
        if len(found := table.successors(unit.code)) > 1 and table.get(unit.code) is None
    )
    edit(folder, "h41-101", ('"16681"', f'"{code}"'))
    problem = only(findings())
    assert (problem.code, problem.allowed) == ("GC-AGENCY-009", ", ".join(heir.code for heir in heirs))
    assert problem.fix.en.count("a part") == len(heirs)


def test_the_model_of_the_day_decides(folder: Path, findings: Findings) -> None:
    """Under the model of four tiers Hồ Chí Minh City's neighbour still exists."""
    edit(
        folder,
        "h29",
        ('"79"', '"77"'),
        ("Ủy ban nhân dân Thành phố Hồ Chí Minh", "Ủy ban nhân dân tỉnh Bà Rịa - Vũng Tàu"),
        ("2025-07-01", "2021-01-01"),
    )
    old = [p.code for p in findings(datetime.date(2025, 6, 30)) if p.place and p.place.file == "agencies/h29.yaml"]
    new = [p.code for p in findings(datetime.date(2025, 7, 1)) if p.place and p.place.file == "agencies/h29.yaml"]
    assert (old, new) == ([], ["GC-AGENCY-009"])


def test_a_ward_of_another_province_is_refused(folder: Path, findings: Findings) -> None:
    edit(folder, "h41-101", ('"16681"', '"00070"'))
    problem = only(findings())
    assert problem.code == "GC-AGENCY-010"
    assert "Thành phố Hà Nội" in problem.message.vi
    assert "'16681' (Phường Thành Vinh)" in problem.fix.en


def test_a_title_that_names_another_place_is_a_warning(folder: Path, findings: Findings) -> None:
    edit(folder, "h29", ('"79"', '"40"'))
    problem = only(findings())
    assert (problem.code, problem.severity) == ("GC-AGENCY-011", Severity.WARNING)
    assert "Tỉnh Nghệ An" in problem.message.vi
    assert "'79'" in problem.fix.en
