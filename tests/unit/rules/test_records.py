"""Records are of days that have come, names are compared whatever their spelling, texts are composed."""

from __future__ import annotations

import datetime
import shutil
import unicodedata
from pathlib import Path

import pytest
from made_country import ROOT, agency, cloud, country, declared, link, segment, tenant

from govcloud.country.characters import folded, uncomposed
from govcloud.country.law import load
from govcloud.errors import GovCloudError, Problem
from govcloud.model.link import Link
from govcloud.rules import records, sites, texts

DAY = datetime.date(2026, 11, 22)
WHO = "Phòng Hạ tầng số"


def waiver(author: str, approver: str, control: str = "NET-04") -> list[Problem]:
    spec = {"control": control, "tenant": "h41", "reason": "x" * 20, "author": author, "approver": approver}
    made = country([cloud(), agency("H41"), tenant("H41"), declared("Waiver", "w", spec | {"expires": "2027-01-01"})])
    return [p for p in sites.judge(made, DAY) if p.code.startswith("GC-WAIVER")]


@pytest.mark.parametrize(
    "other",
    [
        unicodedata.normalize("NFD", WHO),
        WHO.upper(),
        f"  {WHO.replace(' ', chr(0xA0))} ",
        unicodedata.normalize("NFKD", WHO.lower()),
        WHO.replace("P", "\u0420").replace("n", "\u0578"),
        WHO.replace("P", "\uff30"),
    ],
)
def test_one_person_is_one_whatever_the_spelling(other: str) -> None:
    assert other != WHO
    assert [p.code for p in waiver(WHO, other)] == ["GC-WAIVER-001"]


@pytest.mark.parametrize("other", ["Phòng Ha tầng số", "Phòng Hạ tầng sổ", "Phòng Hạ tầng", "Phòng Hạ tầng số 2"])
def test_who_differs_by_a_mark_is_somebody_else(other: str) -> None:
    assert waiver(WHO, other) == []


def test_folding_is_done_once_and_for_all() -> None:
    assert folded("Straße") == folded("STRASSE")
    for name in (WHO, "\u1e9b\u0323", "ﬃ", "İstanbul", "Ω"):
        assert folded(folded(name)) == folded(name)


def test_every_control_of_the_catalogue_can_be_set_aside_and_no_other() -> None:
    law = load(ROOT / "policies")
    assert law.controls == {path.stem for path in (ROOT / "policies" / "controls").glob("*.yaml")}
    assert [waiver("a", "b", control) for control in sorted(law.controls)] == [[]] * len(law.controls)
    (problem,) = waiver("a", "b", "XXX-99")
    assert (problem.code, problem.value) == ("GC-WAIVER-003", "XXX-99")


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("HSCD-H41-2026", 0),
        ("2031/2026/QĐ-UBND", 0),  # a running number that looks like a year
        ("12-120301", 0),
        ("HSCD-H41-2027", 1),
        ("HSCD-2031/2027", 1),
        ("D", 0),
    ],
)
def test_a_reference_of_a_year_to_come_is_told(reference: str, found: int) -> None:
    made = country([cloud(), agency("H41"), tenant("H41", levelDossier=reference)])
    assert [p.code for p in records.judge(made, DAY)] == ["GC-RECORD-002"] * found


def test_what_happened_today_has_happened() -> None:
    stop = {"first": "2026-12-10", "last": "2026-12-10", "reason": "xxx", "fallback": "xxx", "announced": str(DAY)}
    life = {"reviewBy": "2027-01-01", "export": {"reference": "BB 1", "date": str(DAY)}, "plannedStops": [stop]}
    hold = {"reference": "Lệnh 1", "since": "2026-12-01"}  # an order may begin later
    made = country(
        [
            cloud(),
            agency("H41"),
            tenant("H41", lifecycle=life | {"legalHold": hold}),
            segment("H41", "10.80.1.0/24", allocated=str(DAY)),
            link("H41", "H42"),
        ]
    )
    assert list(records.judge(made, DAY)) == []
    assert len(list(records.judge(made, DAY - datetime.timedelta(1)))) == 3


def test_a_span_of_one_day_is_one() -> None:
    days = {"validFrom": "2026-10-01", "validTo": "2026-10-01"}
    (made,) = country([link("H41", "H42", **days)]).links.values()
    assert isinstance(made, Link)
    with pytest.raises(ValueError, match="the last day is before the first"):
        country([link("H41", "H42", **days | {"validTo": "2026-09-30"})])


def test_a_law_whose_last_day_is_before_its_first_is_no_law(tmp_path: Path) -> None:
    law = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", law)
    file = law / "regimes" / "nd85-2016.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("validTo: 2027-06-30", "validTo: 2016-06-30"))
    with pytest.raises(GovCloudError) as caught:
        load(law)
    (problem,) = caught.value.problems
    assert (problem.code, problem.allowed) == ("GC-DATE-001", ">= 2016-07-01")
    assert "ngày cuối trước ngày đầu" in problem.message.vi


def test_the_word_that_is_not_composed_is_named() -> None:
    apart = unicodedata.normalize("NFD", "số")
    assert uncomposed(f"a: ổ\nb: hạ {apart} x") == (2, 7, apart)
    assert uncomposed(f'a: "{apart}, x"') == (1, 5, apart)
    assert uncomposed("a: hạ tầng số") is None
    made = country([cloud(), agency("H41", title={"vi": unicodedata.normalize("NFD", WHO)}), tenant("H41")])
    (problem,) = texts.judge(made, DAY)
    assert (problem.code, problem.severity.value) == ("GC-TEXT-001", "warning")
