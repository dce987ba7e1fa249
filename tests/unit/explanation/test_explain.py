"""Provenance: every value names its file and line, default, law or parent, and who bounds it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from govcloud import country as countries
from govcloud.country import Country
from govcloud.explanation import Origin, Value, explain, find
from govcloud_base.errors import Language, UsageError

ROOT = Path(__file__).parents[3]
DATE = datetime.date(2026, 11, 22)


@pytest.fixture(scope="module")
def vn() -> Country:
    return countries.load(ROOT / "tests" / "fixtures" / "country", ROOT / "policies")


def value(vn: Country, name: str, field: str) -> Value:
    (found,) = explain(vn, find(vn, name), DATE, field)
    return found


def test_a_budget_names_line_holders_and_the_parent(vn: Country) -> None:
    cpu = value(vn, "h41-101", "quota.cpu")
    assert (cpu.shown, cpu.origin) == ("280m", Origin.FILE)
    assert cpu.place is not None
    assert cpu.place.file.endswith("tenants/h41-101/tenant.yaml")
    line = (
        Path(ROOT / "tests/fixtures/country/tenants/h41-101/tenant.yaml").read_text().splitlines()[cpu.place.line - 1]
    )
    assert line[cpu.place.column - 1 :].startswith("280m")
    given, above = cpu.bounds
    assert "environment prod 250m" in given.what.en
    assert above.what.en == "drawn from Tenant h41: 720m in all, 0 remains"
    assert above.place is not None
    assert above.place.file.endswith("tenants/h41/tenant.yaml")


def test_the_top_draws_on_the_cloud(vn: Country) -> None:
    assert "drawn from Cloud cgc-hn1: 2 in all" in value(vn, "h41", "quota.cpu").bounds[-1].what.en


def test_a_level_names_the_criteria_and_articles(vn: Country) -> None:
    level = value(vn, "H41", "level")
    said = "\n".join(b.what.vi for b in level.bounds)
    assert level.shown == "3"
    assert "NĐ 331/2026/NĐ-CP" in said
    assert "administrativeProcedures: true" in said


def test_law_overrides_what_is_declared(vn: Country) -> None:
    found = value(vn, "h41", "storage.buckets.records.versioning")
    assert (found.shown, found.origin) == ("true", Origin.LAW)


def test_defaults_and_settings_of_the_country_say_so(vn: Country) -> None:
    assert value(vn, "tsl-h41", "environment").origin is Origin.DEFAULT
    regime = value(vn, "h41", "regime")
    assert (regime.shown, regime.origin) == ("nd331-2026", Origin.COUNTRY)
    assert regime.place is not None
    assert regime.place.file.endswith("country.yaml")


def test_zones_follow_from_the_level_and_share_the_quota(vn: Country) -> None:
    found = {v.field: v for v in explain(vn, find(vn, "h41"), DATE, "environments.prod.zones")}
    assert found["environments.prod.zones.db.namespace"].origin is Origin.LAW
    shares = [v for name, v in found.items() if name.endswith("quota.cpu")]
    assert sum(int(v.shown.removesuffix("m")) for v in shares) == 350


@pytest.mark.parametrize("language", list(Language))
def test_everything_can_be_said_in_both_languages(vn: Country, language: Language) -> None:
    for name in ("h41", "tsl-h41", "g09-h41", "lgsp-h41", "cgc-hn1", "Agency/h41", "vn"):
        for found in explain(vn, find(vn, name), DATE):
            assert found.render(language)
            assert found.as_dict()["field"] == found.field


def test_the_nearest_name_and_field_are_offered(vn: Country) -> None:
    with pytest.raises(UsageError, match="did you mean 'h41-101'"):
        find(vn, "h41-110")
    with pytest.raises(UsageError, match=r"did you mean 'quota\.cpu'"):
        explain(vn, find(vn, "h41"), DATE, "quota.cup")
