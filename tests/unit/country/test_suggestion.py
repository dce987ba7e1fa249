"""The nearest name is found through typing errors, case, diacritics and by its title; nonsense finds nothing."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from govcloud import country, rules
from govcloud.country.suggestion import did_you_mean, nearest

ROOT = Path(__file__).parents[3]
AGENCIES = {
    "G09": "Bộ Nội vụ",
    "G12": "Bộ Tài chính",
    "H26": "Ủy ban nhân dân Thành phố Hà Nội",
    "H29": "Ủy ban nhân dân Thành phố Hồ Chí Minh",
    "H41": "Ủy ban nhân dân tỉnh Nghệ An",
    "H15": "Ủy ban nhân dân tỉnh Đắk Lắk",
}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("h41", "H41"),
        ("Nghệ An", "H41"),
        ("nghe an", "H41"),
        ("Nge An", "H41"),
        ("dak lak", "H15"),
        ("Đak Lăk", "H15"),
        ("hồ chí minh", "H29"),
        ("ha-noi", "H26"),
        ("bo noi vu", "G09"),
        ("Bộ Nội vụ", "G09"),
        ("H410", "H41"),
    ],
)
def test_an_agency_is_found_by_code_or_by_place(written: str, name: str) -> None:
    assert nearest(written, AGENCIES, AGENCIES) == name


def test_d_stands_for_the_vietnamese_letter() -> None:
    assert nearest("do", ["Đò", "So"]) == "Đò"


def test_the_beginning_of_a_code_weighs_more_than_its_end() -> None:
    assert nearest("H41.101x", ["H10.411", "H14.101", "H41.10", "H41.99"]) == "H41.10"


@pytest.mark.parametrize("written", ["", "zzzzzzzz", "\x00", "!" * 10_000])
def test_nonsense_finds_nothing(written: str) -> None:
    assert nearest(written, AGENCIES, AGENCIES) is None


@pytest.mark.parametrize(
    ("written", "known", "name"),
    [
        ("levelDosier", ["level", "levelDossier", "lifecycle"], "levelDossier"),
        ("level_dossier", ["level", "levelDossier"], "levelDossier"),
        ("tier_level", ["tierLevel", "title"], "tierLevel"),
        ("tenent", ["Tenant", "Segment"], "Tenant"),
        ("srvs", ["edge", "dmz", "srv", "db"], "srv"),
    ],
)
def test_a_field_or_kind_is_found(written: str, known: list[str], name: str) -> None:
    assert nearest(written, known) == name


@pytest.mark.parametrize(
    ("file", "right", "wrong", "offered"),
    [
        ("agencies/h41.yaml", "tier: province", "tier: cap-tinh", "'province' (Ủy ban nhân dân cấp tỉnh)"),
        ("agencies/h41-101.yaml", "tier: commune", "tier: xa", "'commune' (Ủy ban nhân dân cấp xã)"),
        (
            "tenants/h41/tenant.yaml",
            "      flows:",
            "      zones: {nhatky: {share: 1}}\n      flows:",
            "'log' (Vùng nhật ký)",
        ),
    ],
)
def test_a_tier_and_a_zone_are_found_by_what_the_law_calls_them(
    tmp_path: Path, file: str, right: str, wrong: str, offered: str
) -> None:
    folder = tmp_path / "vn"
    shutil.copytree(ROOT / "stacks" / "vn", folder)
    spoilt = folder / file
    text = spoilt.read_text()
    assert right in text
    spoilt.write_text(text.replace(right, wrong, 1))
    problems = rules.judge(country.load(folder, ROOT / "policies"), datetime.date(2026, 11, 22))
    assert [p.fix.vi for p in problems if p.code in ("GC-AGENCY-003", "GC-ZONE-001")] == [
        f"có phải ý bạn là {offered}?"
    ]


def test_the_sentence_exists_in_both_languages_and_shows_the_title() -> None:
    english, vietnamese = did_you_mean("nghe an", AGENCIES, AGENCIES)
    assert english == "did you mean 'H41' (Ủy ban nhân dân tỉnh Nghệ An)?"
    assert vietnamese == "có phải ý bạn là 'H41' (Ủy ban nhân dân tỉnh Nghệ An)?"
    assert did_you_mean("qqqq", AGENCIES, AGENCIES) == ("", "")
