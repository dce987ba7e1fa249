"""The reachability relation: who reaches whom, by which hops, and what a change adds or takes."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import pytest
from made_country import QUOTA, agency, cloud, country, link, platform, segment, tenant

from govcloud import render
from govcloud.country import Country
from govcloud.rules import reachability
from govcloud.rules.chains import chain

DAY = datetime.date(2026, 11, 22)
BOTH_LGSP = (platform("lgsp-g09", "G09"), platform("lgsp-h41", "H41"))
NDXP = platform("ndxp", "G15", "ndxp")


def made(*documents: dict[str, Any], **settings: Any) -> Country:
    """Return a ministry, a province with a department, and the ministry that runs the national platforms."""
    bodies = [
        agency("G09", "ministry"),
        agency("G15", "ministry"),
        agency("H41"),
        agency("H41.5", "province-unit", "H41"),
    ]
    parts = [tenant(code) for code in ("G09", "G15", "H41", "H41.5")]
    segments = [segment(code, f"10.80.{n}.0/24") for n, code in enumerate(("G09", "G15", "H41", "H41.5"))]
    return country([cloud(), *bodies, *parts, *segments, *documents], **settings)


def hops(relation: frozenset[reachability.Reach]) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(r.source, r.target): r.hops for r in relation if r.because.startswith("link")}


def test_a_national_way_leads_through_the_platform_of_each_body() -> None:
    found = made(*BOTH_LGSP, NDXP, link("G09", "H41.5", "ndxp", platform="ndxp"))
    assert hops(reachability.relation(found, DAY)) == {
        ("G09", "H41.5"): ("tsl-g09", "lgsp-g09", "ndxp", "lgsp-h41", "tsl-h41-5"),
        ("H41.5", "G09"): ("tsl-h41-5", "lgsp-h41", "ndxp", "lgsp-g09", "tsl-g09"),
    }


def test_other_ways_are_as_declared() -> None:
    found = made(*BOTH_LGSP, link("G09", "H41", "lgsp", platform="lgsp-h41"), link("H41", "H41.5", listen=9001))
    relation = hops(reachability.relation(found, DAY))
    assert relation["G09", "H41"] == ("tsl-g09", "lgsp-h41", "tsl-h41")
    assert relation["H41.5", "H41"] == ("tsl-h41-5", "tsl-h41")


def test_the_rendered_way_is_the_declared_one() -> None:
    """Every pair of neighbours on the way is a flow between namespaces, and nothing else is."""
    found = made(*BOTH_LGSP, NDXP, link("G09", "H41", "ndxp", platform="ndxp"))
    way = ["g09-prod-tsl", "g09-prod-xch", "g15-prod-ndxp", "h41-prod-xch", "h41-prod-tsl"]
    across = {
        (f.source, f.target) for f in render.reachability(found, DAY).flows if f.source in way and f.target in way
    }
    pairs = set(itertools.pairwise(way))
    assert across == pairs | {(b, a) for a, b in pairs}


def test_each_platform_on_the_way_asks_the_next_one() -> None:
    found = made(*BOTH_LGSP, NDXP, link("G09", "H41", "ndxp", platform="ndxp"))
    assert [p.name for p in chain(found, found.links["g09-h41"], source="H41")] == ["lgsp-h41", "ndxp", "lgsp-g09"]

    def configuration(stack: str) -> str:
        manifests = render.stack(found, stack).manifests.values()
        return next(str(m["data"]["nginx.conf"]) for m in manifests if m["kind"] == "ConfigMap")

    first, middle, last = (configuration(f"platform.{name}") for name in ("lgsp-g09", "ndxp", "lgsp-h41"))
    assert '"G09" "ndxp.g15-prod-ndxp.svc.cluster.local:8080"' in first
    assert '"G09" "/agencies/H41"' in first
    assert '"G09" "lgsp.h41-prod-xch.svc.cluster.local:8080"' in middle
    assert 'set $peer "gateway.h41-prod-tsl.svc.cluster.local:8080"' in last
    assert "$way_to_h41" not in last
    assert 'set $platform "lgsp.g09-prod-xch.svc.cluster.local:8080"' in configuration("segment.tsl-g09")


def test_what_is_not_in_force_reaches_nothing() -> None:
    found = made(link("H41", "H41.5", validTo="2026-11-21"))
    assert hops(reachability.relation(found, DAY)) == {}
    assert len(hops(reachability.relation(found, datetime.date(2026, 11, 21)))) == 2


@pytest.mark.parametrize(
    ("direction", "pairs"), [("first-to-second", {("H41", "H41.5")}), ("second-to-first", {("H41.5", "H41")})]
)
def test_a_direction_opens_one_way(direction: str, pairs: set[tuple[str, str]]) -> None:
    assert set(hops(reachability.relation(made(link("H41", "H41.5", direction=direction)), DAY))) == pairs


def test_a_published_service_gives_its_port() -> None:
    offer = {"zone": "srv", "service": "api", "port": 5432}
    documents = [segment("H41.5", "10.80.9.0/24", publishes=offer), link("H41", "H41.5", direction="first-to-second")]
    (reach,) = (r for r in reachability.relation(made(*documents), DAY) if r.because == "link h41-h41-5")
    assert (reach.port, reach.listen, reach.environment) == (5432, 9000, "prod")


def test_flows_inside_a_tenant_belong_to_it() -> None:
    flows = [{"from": "edge", "to": ["dmz", "srv"], "ports": [443]}]

    inside = tenant("H41", environments={"prod": {"quota": QUOTA, "flows": flows}})
    found = {r for r in reachability.relation(made(inside), DAY) if r.because == "tenant h41"}
    assert {(r.source, r.target, r.port) for r in found} == {
        ("h41-prod-edge", "h41-prod-dmz", 443),
        ("h41-prod-edge", "h41-prod-srv", 443),
    }


def test_two_revisions_differ_in_what_was_gained_and_lost() -> None:
    before = reachability.relation(made(link("H41", "H41.5")), DAY)
    after = reachability.relation(made(*BOTH_LGSP, link("G09", "H41", "lgsp", platform="lgsp-h41")), DAY)
    changes = reachability.changes(before, after)
    assert [(r.source, r.target) for r in changes.gained] == [("G09", "H41"), ("H41", "G09")]
    assert [(r.source, r.target) for r in changes.lost] == [("H41", "H41.5"), ("H41.5", "H41")]
    assert reachability.changes(after, after) == reachability.Changes((), ())


def test_dangling_references_reach_nothing() -> None:
    found = made(link("G09", "H41", "ndxp", platform="nowhere"), link("G09", "H99", listen=9001))
    assert hops(reachability.relation(found, DAY)) == {}
