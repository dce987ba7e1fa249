"""Flows are judged tenant by tenant: one that cannot be looked at is named, and spoils nobody else's result."""

from __future__ import annotations

import pytest
from probe_image import PROBE
from probed_cluster import Cluster

from govcloud.audit.access import Access, DeclaredFlow, TenantAccess
from govcloud.audit.checks import flows
from govcloud.audit.probe_pods import standing
from govcloud.audit.run import Run
from govcloud.audit.verdict import Verdict
from govcloud.clouds.object_store import ObjectStore

DECLARED = frozenset({DeclaredFlow("g-srv", "h-srv", 80)})


def access_to(cluster: Cluster) -> Access:
    tenants = {
        name: TenantAccess(name, cluster, f"{name}-srv", (f"{name}-db", f"{name}-srv"), (f"{name}-srv",), PROBE, {})
        for name in ("g", "h", "k")
    }
    return Access(
        tenants, cluster, ObjectStore("https://store.invalid", "vn-hn-1"), Run(PROBE), flows=DECLARED, prober=cluster
    )


def verdicts(cluster: Cluster) -> dict[str, Verdict]:
    access = access_to(cluster)
    return {subject: flows.CHECK(subject, access).verdict for subject in flows.CHECK.subjects(access)}


def declared(source: str, target: str, port: int) -> bool:
    return DeclaredFlow(source, target, port) in DECLARED


def test_each_tenant_is_a_subject(cluster: Cluster) -> None:
    cluster.opened = declared
    assert verdicts(cluster) == dict.fromkeys("ghk", Verdict.PASS)
    assert cluster.policies == {}


def test_a_tenant_that_fills_its_zone_is_named_and_the_others_are_judged(cluster: Cluster) -> None:
    cluster.opened, cluster.full = declared, {"h-srv"}
    assert verdicts(cluster) == {"g": Verdict.PASS, "h": Verdict.ERROR, "k": Verdict.PASS}
    finding = next(f for f in flows.CHECK("h", access_to(cluster)).findings if f.verdict is Verdict.ERROR)
    assert finding.name.en == "probe in h-srv"
    assert "exceeded quota" in finding.reason.en


def test_a_tenant_that_fills_a_zone_hides_no_open_door_of_another_zone(cluster: Cluster) -> None:
    cluster.full = {"h-srv"}
    cluster.opened = lambda source, target, port: (source, target) == ("h-db", "k-srv")
    assert verdicts(cluster)["h"] is Verdict.FAIL


@pytest.mark.parametrize("nodes", [[], [{"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}]])
def test_where_no_node_runs_pods_nothing_is_made_and_every_tenant_is_told_so_at_once(
    cluster: Cluster, nodes: list[dict[str, object]]
) -> None:
    cluster.nodes = nodes
    access = access_to(cluster)
    with standing(access.prober, access.run, access.namespaces(), (80,)):
        found = [flows.CHECK(subject, access) for subject in flows.CHECK.subjects(access)]
    assert {result.verdict for result in found} == {Verdict.ERROR}
    assert all(f"of {len(nodes)} nodes none is ready" in result.reason.en for result in found)
    assert all("không nút nào sẵn sàng" in result.reason.vi for result in found)
    assert (cluster.created, cluster.policies) == (0, {})


def test_an_open_door_is_found_at_its_source(cluster: Cluster) -> None:
    cluster.opened = lambda s, t, p: declared(s, t, p) or (s, t) == ("k-db", "g-srv")
    assert verdicts(cluster) == {"g": Verdict.PASS, "h": Verdict.PASS, "k": Verdict.FAIL}


def test_everybody_blind_is_nobodys_pass(cluster: Cluster) -> None:
    cluster.full = {f"{name}-{zone}" for name in "ghk" for zone in ("srv", "db")}
    assert verdicts(cluster) == dict.fromkeys("ghk", Verdict.ERROR)


def test_a_tenant_that_takes_no_further_rule_spoils_no_ones_canary_but_its_own(cluster: Cluster) -> None:
    cluster.opened, cluster.ruled_out = declared, {"h-srv", "h-db"}
    assert verdicts(cluster) == {"g": Verdict.PASS, "h": Verdict.ERROR, "k": Verdict.PASS}
    canary = next(f for f in flows.CHECK("h", access_to(cluster)).findings if f.name.en == "canary")
    assert canary.verdict is Verdict.ERROR
    assert "exceeded quota" in canary.reason.en


def test_without_a_canary_an_open_door_is_still_one(cluster: Cluster) -> None:
    cluster.ruled_out = {f"{name}-{zone}" for name in "ghk" for zone in ("srv", "db")}
    cluster.opened = lambda s, t, p: declared(s, t, p) or (s, t) == ("k-db", "g-srv")
    assert verdicts(cluster)["k"] is Verdict.FAIL
