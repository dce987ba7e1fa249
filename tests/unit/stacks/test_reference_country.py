"""The reference country against what it must hold: every body, the targets, the examples, ten live stacks."""

from __future__ import annotations

import csv
import datetime
import ipaddress
from pathlib import Path

import pytest

from govcloud import country, render, rules
from govcloud.country import Country
from govcloud.model.agency import Agency

ROOT = Path(__file__).parents[3]
DATE = datetime.date(2026, 11, 22)
TARGETS = ("portal", "lgsp", "analytics", "open-data", "reporting", "soc")
"""What each ministry and province has: 100% portals of public services, one exchange, analytics, open data, reports,
and a monitoring centre that is linked with the national one.
"""
MONITOR = "soc-g01"


@pytest.fixture(scope="module")
def vn() -> Country:
    return country.load(ROOT / "stacks" / "vn")


def bodies(vn: Country) -> list[Agency]:
    return [agency for agency in vn.agencies.values() if agency.spec.tier in ("ministry", "province")]


def test_it_is_clean(vn: Country) -> None:
    assert rules.judge(vn, DATE) == []


def test_every_body_of_the_register_is_declared_as_it_stands_there(vn: Country) -> None:
    with (ROOT / "policies" / "administration" / "agencies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    tiers = [row["tier"] for row in rows]
    assert (tiers.count("ministry"), tiers.count("government-body"), tiers.count("province")) == (17, 5, 34)
    for row in rows:
        agency = vn.agencies_by_code[row["code"]].spec
        assert (agency.tier, agency.title.vi, agency.administrative_unit or "") == (row["tier"], row["vi"], row["unit"])
        assert agency.provisional == bool(row["provisional"]), row["code"]


def test_all_provinces_of_the_day_are_governed_by_one_body_each(vn: Country) -> None:
    units = vn.law.units(DATE)
    assert units is not None
    governed = [a.spec.administrative_unit for a in vn.agencies.values() if a.spec.tier == "province"]
    assert sorted(map(str, governed)) == sorted(unit.code for unit in units.below())


@pytest.mark.parametrize("kind", TARGETS)
def test_each_ministry_and_province_meets_the_target(vn: Country, kind: str) -> None:
    owners = {p.spec.owner for p in vn.platforms.values() if p.spec.kind == kind}
    assert [agency.code for agency in bodies(vn) if agency.code not in owners] == []


def test_each_monitoring_centre_is_linked_with_the_national_one(vn: Country) -> None:
    centres = [p for p in vn.platforms.values() if p.spec.kind == "soc" and p.name != MONITOR]
    assert [p.name for p in centres if MONITOR not in p.spec.depends_on] == []
    linked = {end for link in vn.links.values() if link.spec.kind == "monitoring" for end in link.spec.ends}
    site = vn.tenants_by_agency["G01"].spec.cloud
    same_site = [a.code for a in bodies(vn) if vn.tenants_by_agency[a.code].spec.cloud == site]
    assert len(same_site) > 40
    assert [code for code in same_site if code not in linked] == []


def test_each_ministry_and_province_is_attached_to_the_dedicated_network(vn: Country) -> None:
    attached = {vn.tenants[segment.spec.tenant].spec.agency for segment in vn.segments.values()}
    assert [agency.code for agency in bodies(vn) if agency.code not in attached] == []


def test_what_has_no_blueprint_says_that_it_is_planned(vn: Country) -> None:
    assert [p.name for p in vn.platforms.values() if p.spec.state == "active" and not p.provisioned] == []


def test_the_city_has_an_address_for_each_of_its_778_network_points(vn: Country) -> None:
    segment = vn.segments["tsl-h29"].spec
    assert segment.endpoints == 778
    assert ipaddress.IPv4Network(segment.pool).num_addresses - 2 >= 778
    assert "751 đơn vị" in vn.tenants["h29"].spec.purpose.vi


@pytest.mark.parametrize("tenant", ["h29", "h29-01", "h29-02", "h49", "h49-01", "h57", "h57-01", "h38", "h38-01"])
def test_the_examples_are_there_and_linked(vn: Country, tenant: str) -> None:
    code = vn.tenants[tenant].spec.agency
    assert vn.links_by_agency[code]


def test_national_databases_lie_at_the_national_data_centre(vn: Country) -> None:
    national = [p for p in vn.platforms.values() if p.spec.national_database]
    assert national
    for platform in national:
        assert vn.clouds[vn.tenants_by_agency[platform.spec.owner].spec.cloud].spec.national_data_centre


def test_the_embedded_cloud_carries_ten_stacks_that_nothing_else_touches(vn: Country) -> None:
    whole = rules.require(vn, DATE)
    here = whole.within({"cgc-hn1"})
    assert set(here.stacks()) == {
        "cluster.cgc-hn1",
        *(f"tenant.{name}" for name in ("g09", "g09-20", "h41", "h41-101")),
        *(f"segment.tsl-{name}" for name in ("g09", "g09-20", "h41", "h41-101")),
        "platform.lgsp-h41",
    }
    for name in here.stacks():
        assert render.stack(whole, name) == render.stack(here, name)
