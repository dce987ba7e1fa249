"""A synthetic country is clean, the same for the same seed, and as large as the real one."""

from __future__ import annotations

import datetime
import ipaddress
import itertools
from collections import Counter
from pathlib import Path

import pytest
import yaml

from govcloud import country, rules
from govcloud.country.units import UnitTable
from govcloud.synthesis import text
from govcloud.synthesis.amounts import Amounts
from govcloud.synthesis.bodies import Body, bodies, register
from govcloud.synthesis.plan import Plan, plan, platforms

LAW = Path(__file__).parents[3] / "policies"
UNITS = UnitTable.at(LAW / "administration" / "units-2025.csv")
DAY = datetime.date(2026, 11, 22)


def planned(seed: int, count: int | None) -> Plan:
    top = register(LAW / "administration" / "agencies.csv")
    return plan(bodies(top, UNITS, seed, count), seed, 2026)


def write(made: Plan, folder: Path) -> Path:
    for path, content in text.files(made):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def whole() -> Plan:
    return planned(1, None)


@pytest.mark.parametrize(("seed", "count"), [(1, 8), (2, 150)])
def test_a_small_country_is_clean(tmp_path: Path, seed: int, count: int) -> None:
    declared = country.load(write(planned(seed, count), tmp_path), LAW)
    assert rules.judge(declared, DAY) == []
    assert len(declared.tenants) == count


def test_the_seed_decides_every_byte() -> None:
    first, again, other = (dict(text.files(planned(seed, 120))) for seed in (7, 7, 8))
    assert first == again
    assert len({path for path in first if first[path] != other.get(path)}) > len(first) / 2


def test_one_agency_more_changes_no_other_draw() -> None:
    """What depends on the agency alone stays; budgets above and pools behind it follow."""
    fewer, more = planned(3, 100), planned(3, 101)
    for one, other in zip(fewer.wishes, more.wishes, strict=False):
        assert (one.body, one.level, one.environments) == (other.body, other.level, other.environments)


def test_the_whole_country_is_as_large_as_the_real_one(whole: Plan) -> None:
    tiers = Counter(wish.body.tier for wish in whole.wishes)
    assert (tiers["ministry"], tiers["province"], tiers["commune"]) == (17, 34, 3321)
    assert len(whole.wishes) >= 3400
    assert whole.environments >= 6000
    assert len(whole.connections) >= 15000


def test_levels_and_sites_are_mixed(whole: Plan) -> None:
    levels = Counter(wish.level for wish in whole.wishes)
    assert set(levels) == {1, 2, 3, 4}
    assert levels[2] > levels[4]
    assert {site.kind for site in whole.sites} == {"CGC", "AGC"}


def test_beyond_the_natural_size_ministries_get_branches() -> None:
    made = planned(1, 4300)
    tiers = Counter(wish.body.tier for wish in made.wishes)
    assert sum(tiers.values()) == 4300
    assert tiers["commune"] == 3321
    assert len({wish.body.code for wish in made.wishes}) == 4300


def test_pools_are_apart_and_ports_are_not_shared(whole: Plan) -> None:
    pools = sorted(map(ipaddress.IPv4Network, whole.pools.values()))
    assert all(a.broadcast_address < b.network_address for a, b in itertools.pairwise(pools))
    ports = Counter((end.code, c.port) for c in whole.connections for end in (c.first, c.second))
    assert set(ports.values()) == {1}
    assert all(9000 <= c.port <= 9999 for c in whole.connections)


def test_more_agencies_than_addresses_are_refused() -> None:
    crowd = tuple(Body(f"G{n:02}", "province", "x", "x") for n in range(600))
    with pytest.raises(ValueError, match="addresses"):
        plan(crowd, 1, 2026)


def test_names_are_read_back_as_they_are_written() -> None:
    names = [unit.name for unit in UNITS.all()]
    for name in (*names, "Ea H'Leo", "yes", "a: b", 'the "old" one', "a, b", "back\\slash", "12", "{x}", "x #y"):
        written = text.scalar(name)
        assert yaml.safe_load(f"{{vi: {written}, en: x}}")["vi"] == name


def test_amounts_are_written_as_people_do() -> None:
    assert Amounts(2000, 2048, 5, 3).written() == "{cpu: 2, memory: 2Gi, storage: 5Gi, pods: 3}"
    assert Amounts(1001, 100).scaled(1).written() == "{cpu: 1050m, memory: 128Mi}"


def test_every_ministry_and_province_has_its_platforms(whole: Plan) -> None:
    owners = [w.body for w in whole.wishes if platforms(w.body)]
    assert len(owners) == 17 + 34
    assert all({"portal", "lgsp", "analytics", "soc", "open-data", "reporting"} <= set(platforms(b)) for b in owners)
    ways = Counter(str(c.platform).partition("-")[0] for c in whole.connections)
    assert min(ways["ndxp"], ways["lgsp"]) > 100
    assert sum(c.kind == "monitoring" for c in whole.connections) > 30
