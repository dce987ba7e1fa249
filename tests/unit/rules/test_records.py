"""Records are of days that have come, names are compared whatever their spelling, texts are composed."""

from __future__ import annotations

import datetime
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from made_country import ROOT, agency, cloud, country, declared, link, segment, tenant

from govcloud.country.characters import folded, uncomposed
from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.country.law import load
from govcloud.model.declaration import Declaration, Shape
from govcloud.model.link import Link
from govcloud.rules import lifecycles, records, sites, texts
from govcloud_base.errors import GovCloudError, Problem

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
    assert law.catalogue.keys() == {path.stem for path in (ROOT / "policies" / "controls").glob("*.yaml")}
    assert [waiver("a", "b", control) for control in law.catalogue] == [[]] * len(law.catalogue)
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
        ("2031/QĐ-UBND ngày 22/11/2026", 0),
        ("12/2026/QĐ-UBND, hiệu lực từ 01/01/2027", 0),  # a document of today may speak of a day to come
        ("CPQH-2027/12", 1),
        ("QĐ số 5 năm 2027", 1),
        ("QĐ 5 ngày 23/11/2026", 1),
        ("QĐ 5 ngày 22-11-2026", 0),
        ("QĐ 5, 2026-11-23", 1),
        ("QĐ 5 ngày 23 tháng 11 năm 2026", 1),
        ("QĐ 5 ngày 22 tháng 11 năm 2026", 0),
        ("QĐ 5 ngày 45/13/2027", 1),  # no day, but a year
        ("QĐ 5 ngày 31/02/2026", 0),
    ],
)
def test_a_reference_of_a_day_or_year_to_come_is_refused(reference: str, found: int) -> None:
    made = country([cloud(), agency("H41"), tenant("H41", levelDossier=reference)])
    assert [(p.code, p.severity.value) for p in records.judge(made, DAY)] == [("GC-RECORD-002", "error")] * found


@pytest.mark.parametrize("reference", ["2031/QĐ-UBND", "HSCD-2031/QĐ-UBND", "CV 2031"])
def test_a_running_number_that_may_be_a_year_is_told(reference: str) -> None:
    made = country([cloud(), agency("H41"), tenant("H41", levelDossier=reference)])
    assert [(p.code, p.severity.value) for p in records.judge(made, DAY)] == [("GC-RECORD-002", "warning")]


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


PLANS = {
    "Agency.validFrom": "a reform is declared before it comes",
    "Agency.validTo": "so is its end",
    "Cloud.objectStore.sealedDisks.until": "an end",
    "Link.validFrom": "agreed on today, used later",
    "Link.validTo": "an end",
    "Tenant.lifecycle.reviewBy": "a deadline",
    "Tenant.lifecycle.expires": "an end",
    "Tenant.lifecycle.legalHold.since": "an order may begin later",
    "Tenant.lifecycle.legalHold.until": "an end",
    "Tenant.lifecycle.plannedStops.0.first": "a plan",
    "Tenant.lifecycle.plannedStops.0.last": "a plan",
    "Tenant.storage.buckets.*.grants.0.until": "an end",
    "Tenant.storage.keysSince": "no record; a day to come is refused for what it would do (GC-LEVEL-022)",
    "Tenant.transition.until": "an end",
    "Waiver.expires": "an end",
}
"""Days that may lie in the future. Whatever day is not named here tells of what has happened."""
REFERENCES = {
    "Cloud.objectStore.sealedDisks.reference",
    "Cloud.prices.source",
    "Link.approvals.0.reference",
    "Segment.allocation",
    "Segment.inherited.0.allocation",
    "Tenant.levelDossier",
    "Tenant.lifecycle.export.reference",
    "Tenant.lifecycle.legalHold.reference",
    "Tenant.transition.levelDossier",
}
"""Fields that name a document that exists."""


def fields(shape: type[Shape], before: str) -> Iterator[tuple[str, bool]]:
    """Yield the path of every field of a kind, and whether it is a day."""
    for name, field in shape.model_fields.items():
        path, wanted = f"{before}.{field.alias or name}", str(field.annotation)
        inner = [t for t in parts(field.annotation) if isinstance(t, type) and issubclass(t, Shape)]
        for part in inner:
            yield from fields(part, path + (".0" if "tuple" in wanted else ".*" if "dict" in wanted else ""))
        if not inner:
            yield path, datetime.date in parts(field.annotation)


def spec_of(model: type[Declaration]) -> type[Shape]:
    """Return the shape of a kind's `spec`."""
    shape = model.model_fields["spec"].annotation
    assert isinstance(shape, type) and issubclass(shape, Shape)
    return shape


def parts(annotation: object) -> set[object]:
    """Return every type within an annotation."""
    return {annotation}.union(*(parts(part) for part in get_args(annotation)))


def filled() -> list[dict[str, Any]]:
    """Return declarations in which every day and every reference is stated, and has come."""
    stop = {"first": "2026-12-10", "last": "2026-12-11", "reason": "xxx", "fallback": "xxx", "announced": "2026-11-01"}
    life = {
        "state": "exported",
        "since": "2026-11-01",
        "reviewBy": "2027-01-01",
        "expires": "2027-01-01",
        "export": {"reference": "BB 1", "date": "2026-11-01"},
        "legalHold": {"reference": "Lệnh 1", "since": "2026-11-01", "until": "2027-01-01"},
        "plannedStops": [stop],
    }
    other = {"regime": "nd85-2016", "level": 2, "levelDossier": "HS 1", "until": "2027-02-01"}
    inherited = [{"pool": "10.80.7.0/24", "allocation": "CPQH", "from": "H42"}]
    prices = {"cpu": 1, "memory": 1, "storage": 1, "objectStorage": 1, "source": "QĐ 1"}
    store = {
        "adapter": "radosgw",
        "endpoint": "https://s3.test",
        "sealedDisks": {"reference": "BB 1", "until": "2099-01-01"},
    }
    return [
        cloud(prices=prices, objectStore=store),
        agency("H41"),
        agency("H42", validTo="2026-06-30", mergedInto="H41"),
        tenant("H41", lifecycle=life, transition=other),
        segment("H41", "10.80.1.0/24", allocated="2026-10-01", inherited=inherited),
        link("H41", "H42", validTo="2027-01-01"),
        declared(
            "Waiver",
            "w",
            {
                "control": "NET-04",
                "tenant": "h41",
                "reason": "x" * 20,
                "author": "a",
                "approver": "b",
                "expires": "2027-01-01",
            },
        ),
    ]


def stated(path: str, value: str) -> list[Problem]:
    """Return what is wrong with a country in which the field at `path` says `value`."""
    kind, *keys = path.split(".")
    documents = filled()
    place: Any = next(d["spec"] for d in documents if d["kind"] == kind and (kind != "Agency" or keys[-1] in d["spec"]))
    for key in keys[:-1]:
        place = place[int(key) if key.isdigit() else key]
    assert keys[-1] in place, f"{path} is stated nowhere"
    place[keys[-1]] = value
    made = country(documents)
    return [p for rule in (records, lifecycles) for p in rule.judge(made, DAY) if p.value == value]


def test_every_day_of_every_kind_is_a_plan_or_a_record() -> None:
    found = {p for kind, model in COUNTRY_KINDS.items() for p, day in fields(spec_of(model), kind) if day}
    assert PLANS.keys() <= found
    happened = found - PLANS.keys()
    assert len(happened) >= 5
    for path in happened:
        wrong = stated(path, "2026-11-23")
        assert [p.code for p in wrong] in (["GC-RECORD-001"], ["GC-LIFECYCLE-003"]), path
        assert wrong[0].severity.value == "error"
        assert stated(path, "2026-11-22") == []


def test_every_reference_is_looked_at() -> None:
    found = {p for kind, model in COUNTRY_KINDS.items() for p, _ in fields(spec_of(model), kind)}
    named = {p for p in found if p.rsplit(".", 1)[-1] in ("reference", "allocation", "levelDossier", "source")}
    assert named == REFERENCES
    for path in REFERENCES:
        assert [p.code for p in stated(path, "12/2027/QĐ-UBND")] == ["GC-RECORD-002"], path


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
