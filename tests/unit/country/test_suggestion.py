"""The nearest name is found through typing errors, case, diacritics and by its title; nonsense finds nothing."""

from __future__ import annotations

import pytest

from govcloud.country.suggestion import did_you_mean, nearest

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


def test_the_sentence_exists_in_both_languages_and_shows_the_title() -> None:
    english, vietnamese = did_you_mean("nghe an", AGENCIES, AGENCIES)
    assert english == "did you mean 'H41' (Ủy ban nhân dân tỉnh Nghệ An)?"
    assert vietnamese == "có phải ý bạn là 'H41' (Ủy ban nhân dân tỉnh Nghệ An)?"
    assert did_you_mean("qqqq", AGENCIES, AGENCIES) == ("", "")
