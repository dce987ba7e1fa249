"""What a level demands to be apart is apart, and criteria agree with what the tenant says that it holds."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from made_country import agency, cloud, country, link, segment, tenant

from govcloud.country import Country
from govcloud.rules import levels, separation
from govcloud_base.errors import Problem, Severity

DAY = datetime.date(2026, 11, 22)
TRANSITION = {"regime": "nd85-2016", "level": 4, "until": "2027-02-19"}


def site(level: int, own: str | None = None, state: str = "active", **spec: Any) -> list[Problem]:
    """Return what is found of a tenant of H41 at a level, on a site that serves `own` alone where it is given."""
    more = {"dedicatedTo": own} if own else {}
    life = {"reviewBy": "2027-01-01", "state": state}
    made = country([cloud(**more), agency("H41"), tenant("H41", level=level, lifecycle=life, **spec)])
    return list(separation.judge(made, DAY))


@pytest.mark.parametrize(
    ("level", "spec", "shared"),
    [
        (4, {}, False),
        (5, {}, True),
        (3, {"regime": "nd85-2016"}, False),
        (4, {"regime": "nd85-2016"}, True),
        (4, {"transition": TRANSITION}, True),
        (4, {"transition": TRANSITION | {"level": 3}}, False),
    ],
)
def test_from_a_level_of_the_law_a_system_has_a_site_of_its_own(level: int, spec: dict[str, Any], shared: bool) -> None:
    assert [p.code for p in site(level, **spec)] == ["GC-LEVEL-011"] * shared
    assert site(level, "H41", **spec) == []
    assert [p.code for p in site(level, "H42", **spec)] == ["GC-CLOUD-008"]


def test_who_leaves_is_not_sent_elsewhere() -> None:
    assert site(5, state="removed") == []


def test_a_site_of_ones_own_is_offered() -> None:
    made = country([cloud(), cloud("own", dedicatedTo="H41"), agency("H41"), tenant("H41", level=5)])
    (problem,) = separation.judge(made, DAY)
    assert (problem.fix.en, problem.fix.vi, problem.allowed) == (
        "move the tenant to own",
        "chuyển tenant sang own",
        "own",
    )


def joined(level: int, zones: tuple[str, str] = ("db", "db"), via: dict[str, Any] | None = None) -> list[str]:
    """Return what is found of two provinces' data zones with a direct link between them, the first of `level`."""
    ends = (("H41", level), ("H42", 2))
    documents = [cloud(), *(agency(code) for code, _ in ends), link("H41", "H42", **(via or {}))]
    documents += [tenant(code, level=at) for code, at in ends]
    documents += [segment(code, f"10.80.{n}.0/24", zones=[zones[n]]) for n, (code, _) in enumerate(ends)]
    return [p.code for p in separation.judge(country(documents), DAY)]


def test_from_a_level_of_the_law_data_zones_are_not_joined() -> None:
    assert joined(2) == []
    assert joined(3) == ["GC-LEVEL-012"]
    assert joined(3, ("db", "srv")) == []
    assert joined(3, via={"via": "lgsp", "platform": "lgsp"}) == []
    assert joined(3, via={"validTo": "2026-11-21"}) == []


def holding(criteria: dict[str, Any], personal: tuple[str, ...]) -> list[Problem]:
    buckets = {"ho-so": {"quota": "1Gi", "personalData": "bucket" in personal}}
    datasets = {"dan-cu": {"personalData": "dataset" in personal}}
    spec = {"criteria": {"information": "public"} | criteria, "storage": {"buckets": buckets}, "datasets": datasets}
    found = levels.judge(country([cloud(), agency("H41"), tenant("H41", **spec)]), DAY)
    return [p for p in found if p.code == "GC-LEVEL-013"]


@pytest.mark.parametrize("personal", [("bucket",), ("dataset",), ("bucket", "dataset")])
def test_who_holds_personal_data_counts_the_people(personal: tuple[str, ...]) -> None:
    (problem,) = holding({}, personal)
    assert ("ho-so" in problem.message.en, "dan-cu" in problem.message.vi) == (
        "bucket" in personal,
        "dataset" in personal,
    )
    assert len(holding({"dataSubjects": {"basic": 0, "sensitive": 0}}, personal)) == 1
    assert holding({"dataSubjects": {"basic": 1}}, personal) == []
    assert holding({"dataSubjects": {"sensitive": 1}}, personal) == []


def test_who_holds_none_need_not_count() -> None:
    assert holding({}, ()) == []
    assert holding({"dataSubjects": {"basic": 9}}, ()) == []  # people's data may lie in volumes


def test_a_dataset_is_personal_wherever_it_is_held() -> None:
    def made(*personal: bool) -> list[str]:
        codes = [f"H4{n}" for n in range(len(personal))]
        parts = [agency(code) for code in codes]
        parts += [
            tenant(c, datasets={"x": {"personalData": p}, c.lower(): {}}) for c, p in zip(codes, personal, strict=True)
        ]
        return [str(p.place and p.place.file) for p in levels.judge(country([cloud(), *parts]), DAY) if "014" in p.code]

    assert made(True, True) == made(False, False, False) == []
    assert made(True, False, False) == ["tenants/h41/h41.yaml", "tenants/h42/h42.yaml"]


def running(level: int, *documents: dict[str, Any], state: str = "active") -> Country:
    spec: dict[str, Any] = {"criteria": {"information": "public"}, "levelDossier": None, "level": level}
    life = {"reviewBy": "2027-01-01", "state": state, "expires": "2027-01-01"}
    return country([cloud(), agency("H41"), tenant("H41", lifecycle=life, **spec), *documents])


def test_a_system_on_the_dedicated_network_has_its_dossier() -> None:
    def severities(made: Country) -> list[Severity]:
        return [p.severity for p in levels.judge(made, DAY) if p.code == "GC-LEVEL-004"]

    attached = segment("H41", "10.80.1.0/24", zones=["int"])
    assert severities(running(2, attached)) == severities(running(3, attached)) == [Severity.ERROR]
    assert severities(running(1, attached)) == severities(running(2)) == [Severity.WARNING]
    assert severities(running(2, attached, state="trial")) == []
