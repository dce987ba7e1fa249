"""NET-02 and NET-04: shown an open door, or a closed one, each check says FAIL; blinded, it says ERROR.

A check that cannot fail proves nothing, and the commonest way to pass is not to have looked.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from planting import Dead, Denied, changed, network_policy, planted, removed
from verdicts import OTHER, TENANT, fails, passes

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks import default_deny, flows, hosts, services
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Api, Request, collection, resource
from govcloud.render.network import POLICY

pytestmark = pytest.mark.cloud


def policy_of(tenant: TenantAccess) -> str:
    return resource("networking.k8s.io", "networkpolicies", POLICY, tenant.home)


@contextmanager
def without_rule(platform: Api, tenant: TenantAccess, which: Callable[[Any], bool]) -> Iterator[None]:
    """Take the outward rules for which `which` says so from the policy of a tenant's home, and bring them back."""
    path = policy_of(tenant)
    rules = platform.send(Request("GET", path)).json()["spec"]["egress"]
    kept = [rule for rule in rules if not which(rule)]
    assert len(kept) < len(rules)
    with changed(platform, path, {"spec": {"egress": kept}}, {"spec": {"egress": rules}}):
        yield


class TestDefaultDeny:
    check = default_deny.CHECK

    def test_a_policy_that_allows_all(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        path = collection("networking.k8s.io", "networkpolicies", tenant.home)
        with planted(platform, path, network_policy(tenant.home, ingress=[{}])):
            assert "everybody" in fails(self.check, TENANT, access).reason.en

    def test_no_default_deny(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        with removed(platform, policy_of(tenant)):
            assert f"default deny in {tenant.home}" in fails(self.check, TENANT, access).reason.en
        passes(self.check, TENANT, access)

    def test_one_rule_for_everybody_in_the_declared_policy(
        self, access: Access, platform: Api, tenant: TenantAccess
    ) -> None:
        path = policy_of(tenant)
        rules = platform.send(Request("GET", path)).json()["spec"].get("ingress")
        with changed(platform, path, {"spec": {"ingress": [*(rules or ()), {}]}}, {"spec": {"ingress": rules}}):
            result = fails(self.check, TENANT, access)
        named = {finding.name.en for finding in result.findings if finding.verdict is Verdict.FAIL}
        assert named == {f"default deny in {tenant.home}", f"NetworkPolicy {tenant.home}/{POLICY}"}

    def test_a_port_that_became_a_range(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        path = policy_of(tenant)
        rules = platform.send(Request("GET", path)).json()["spec"]["egress"]
        wide = copy.deepcopy(rules)
        wide[0]["ports"][0]["endPort"] = 65535
        with changed(platform, path, {"spec": {"egress": wide}}, {"spec": {"egress": rules}}):
            assert "endPort is 65535, declared absent" in fails(self.check, TENANT, access).reason.en
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        assert self.check(TENANT, dataclasses.replace(access, auditor=Dead())).verdict is Verdict.ERROR
        stranger = access.tenants[OTHER].api
        assert self.check(TENANT, dataclasses.replace(access, auditor=stranger)).verdict is Verdict.ERROR


@pytest.mark.node
@pytest.mark.usefixtures("probes")
class TestFlows:
    check = flows.CHECK

    def test_an_open_door_has_witnesses(
        self, access: Access, platform: Api, tenant: TenantAccess, other: TenantAccess
    ) -> None:
        path = "networking.k8s.io", "networkpolicies"
        inwards = network_policy(tenant.home, ingress=[{}])
        outwards = network_policy(other.home, egress=[{}], policyTypes=["Egress"])
        with (
            planted(platform, collection(*path, tenant.home), inwards),
            planted(platform, collection(*path, other.home), outwards),
        ):
            result = fails(self.check, OTHER, access)
            # and it is that tenant's finding: nobody else's flows are in doubt
            passes(self.check, "h41-101", access)
        witness = f"{other.home} > {tenant.home}:8080 declared closed, measured open"
        assert any(witness in f.reason.en for f in result.findings), str(result)

    def test_blinded(self, access: Access) -> None:
        assert access.prober is not None
        assert self.check(TENANT, dataclasses.replace(access, prober=None)).verdict is Verdict.ERROR
        assert self.check(TENANT, dataclasses.replace(access, prober=Dead())).verdict is Verdict.ERROR
        denied = Denied(access.prober, ())
        assert self.check(TENANT, dataclasses.replace(access, prober=denied)).verdict is Verdict.ERROR
        assert self.check(TENANT, dataclasses.replace(access, flows=frozenset())).verdict is Verdict.ERROR


@pytest.mark.node
@pytest.mark.usefixtures("probes")
class TestHosts:
    check = hosts.CHECK

    def test_a_way_to_the_store_for_a_zone_without_keys(
        self, access: Access, platform: Api, tenant: TenantAccess
    ) -> None:
        way = min(access.hosts)
        zone = next(name for name in tenant.zones if name != tenant.home)
        everybody = network_policy(
            zone, egress=[{"to": [{"ipBlock": {"cidr": f"{way.address}/32"}}]}], policyTypes=["Egress"]
        )
        with planted(platform, collection("networking.k8s.io", "networkpolicies", zone), everybody):
            result = fails(self.check, TENANT, access)
        assert f"{zone} > {way.address}:{way.port}" in [f.name.en for f in result.findings if f.verdict is Verdict.FAIL]

    def test_a_holder_of_keys_that_is_cut_off(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        with without_rule(platform, tenant, lambda rule: any("ipBlock" in peer for peer in rule["to"])):
            assert "declared open, measured closed" in fails(self.check, TENANT, access).reason.en
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access) -> None:
        assert access.prober is not None
        assert self.check(TENANT, dataclasses.replace(access, prober=None)).verdict is Verdict.ERROR
        denied = Denied(access.prober, ())
        assert self.check(TENANT, dataclasses.replace(access, prober=denied)).verdict is Verdict.ERROR
        assert self.check(TENANT, dataclasses.replace(access, hosts=frozenset())).verdict is Verdict.ERROR
        nobody_there = frozenset(dataclasses.replace(way, port=way.port + 1) for way in access.hosts)
        assert self.check(TENANT, dataclasses.replace(access, hosts=nobody_there)).verdict is Verdict.ERROR


@pytest.mark.node
@pytest.mark.usefixtures("probes")
class TestServices:
    check = services.CHECK

    def test_names_that_no_longer_resolve(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        with without_rule(platform, tenant, lambda rule: {"protocol": "UDP", "port": 53} in rule["ports"]):
            assert f"names in {tenant.home}" in fails(self.check, TENANT, access).reason.en

    def test_another_end_answers(self, access: Access) -> None:
        assert any(service.source.startswith(f"{TENANT}-") for service in access.services)
        swapped = frozenset(dataclasses.replace(service, answer="X99") for service in access.services)
        assert "expected X99" in fails(self.check, TENANT, dataclasses.replace(access, services=swapped)).reason.en

    def test_blinded(self, access: Access) -> None:
        assert self.check(TENANT, dataclasses.replace(access, prober=None)).verdict is Verdict.ERROR
        assert self.check(TENANT, dataclasses.replace(access, prober=Dead())).verdict is Verdict.ERROR
