"""The rendered policies allow exactly the declared relation: for every ordered pair of namespaces and every port."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from typing import Any

import pytest

from govcloud import render
from govcloud.country import Country
from govcloud.model.cloud import WorkloadAccess
from govcloud.model.tenant import Storage

PORTS = (22, 53, 80, 443, 5432, 8080, 8443, 9041, 9101)


class Policies:
    """A small evaluator of NetworkPolicies for pods that carry no labels of their own."""

    def __init__(self, country: Country) -> None:
        manifests = [m for name in country.stacks() for m in render.stack(country, name).manifests.values()]
        self.namespaces = {
            m["metadata"]["name"]: m["metadata"]["labels"] for m in manifests if m["kind"] == "Namespace"
        }
        self._policies = [m for m in manifests if m["kind"] == "NetworkPolicy"]

    def allow(self, source: str, target: str, port: int) -> bool:
        """Return whether a TCP connection passes both ends; with no policy for a direction it would pass."""
        out = self._passes(source, "Egress", "egress", "to", target, port)
        return out and self._passes(target, "Ingress", "ingress", "from", source, port)

    def hosts(self) -> set[tuple[str, str, int]]:
        """Return every namespace with every range of addresses and port that is open to it."""
        return {
            (p["metadata"]["namespace"], peer["ipBlock"]["cidr"], port["port"])
            for p in self._policies
            for rule in p["spec"].get("egress", [])
            for peer in rule["to"]
            for port in rule["ports"]
            if "ipBlock" in peer
        }

    def _passes(self, here: str, kind: str, field: str, peers: str, other: str, port: int) -> bool:
        applying = [
            p["spec"] for p in self._policies if p["metadata"]["namespace"] == here and kind in p["spec"]["policyTypes"]
        ]
        assert all(spec["podSelector"] == {} for spec in applying)
        rules = [rule for spec in applying for rule in spec.get(field, [])]
        return not applying or any(self._rule(rule, peers, other, port) for rule in rules)

    def _rule(self, rule: dict[str, Any], peers: str, other: str, port: int) -> bool:
        labels = self.namespaces[other].items()
        named = any(
            peer["namespaceSelector"]["matchLabels"].items() <= labels and "podSelector" not in peer
            for peer in rule[peers]
            if "ipBlock" not in peer
        )
        return named and {"protocol": "TCP", "port": port} in rule["ports"]


@pytest.mark.parametrize("links", ["all", "none", "expired"])
def test_policies_allow_what_is_declared_and_nothing_else(vn: Country, day: datetime.date, links: str) -> None:
    if links == "none":
        vn = dataclasses.replace(vn, links={})
    on = datetime.date(2026, 10, 14) if links == "expired" else day
    policies = Policies(vn.on(on))
    declared = render.reachability(vn, on)
    assert declared.namespaces == set(policies.namespaces)
    for source, target in itertools.product(sorted(declared.namespaces), repeat=2):
        for port in PORTS:
            assert policies.allow(source, target, port) == declared.allows(source, target, port), (source, target, port)


def test_what_the_country_declares_between_tenants(vn: Country, day: datetime.date) -> None:
    across = {
        (f.source, f.target, f.port)
        for f in render.reachability(vn, day).flows
        if f.source.rsplit("-prod-")[0] != f.target.rsplit("-prod-")[0]
    }
    assert across == {
        ("g09-prod-tsl", "h41-prod-xch", 8080),
        ("h41-prod-xch", "g09-prod-tsl", 8080),
        ("h41-prod-tsl", "h41-101-prod-tsl", 8080),
        ("h41-101-prod-tsl", "h41-prod-tsl", 8080),
    }


def test_one_direction_opens_one_way(vn: Country, day: datetime.date) -> None:
    link = vn.links["h41-h41-101"]
    upwards = link.model_copy(update={"spec": link.spec.model_copy(update={"direction": "second-to-first"})})
    changed = dataclasses.replace(vn, links={**vn.links, link.name: upwards})
    declared = render.reachability(changed, day)
    assert declared.allows("h41-101-prod-tsl", "h41-prod-tsl", 8080)
    assert not declared.allows("h41-prod-tsl", "h41-101-prod-tsl", 8080)
    assert not declared.allows("h41-prod-srv", "h41-prod-tsl", 9101)
    policies = Policies(changed)
    for source, target in itertools.product(sorted(declared.namespaces), repeat=2):
        for port in PORTS:
            assert policies.allow(source, target, port) == declared.allows(source, target, port)
    config = render.segment(changed, "tsl-h41").manifests["h41-prod-tsl/ConfigMap/gateway"]["data"]["nginx.conf"]
    assert "listen 9101" not in config


def _with_store(country: Country, **changes: Any) -> Country:
    cloud = country.clouds["cgc-hn1"]
    store = cloud.spec.object_store.model_copy(update=changes)
    changed = cloud.model_copy(update={"spec": cloud.spec.model_copy(update={"object_store": store})})
    return dataclasses.replace(country, clouds={cloud.name: changed})


def test_only_zones_that_hold_keys_reach_the_store_and_nothing_else_outside(vn: Country, day: datetime.date) -> None:
    holders = ("g09-20-prod-srv", "g09-prod-srv", "h41-101-prod-srv", "h41-prod-srv")
    assert {(w.source, w.address, w.port) for w in render.reachability(vn, day).hosts} == {
        (holder, "10.250.0.2", 8333) for holder in holders
    }
    assert Policies(vn).hosts() == {(holder, "10.250.0.2/32", 8333) for holder in holders}


def test_every_address_of_a_store_behind_a_name_is_opened_at_its_port(vn: Country, day: datetime.date) -> None:
    reach = WorkloadAccess(endpoint="https://s3.example.gov.vn", addresses=("192.0.2.7", "2001:db8::7"))
    changed = _with_store(vn, workloads=reach)
    of_h41 = {(cidr, port) for source, cidr, port in Policies(changed).hosts() if source == "h41-prod-srv"}
    assert of_h41 == {("192.0.2.7/32", 443), ("2001:db8::7/128", 443)}
    assert {(w.address, w.port) for w in render.reachability(changed, day).hosts} == {
        ("192.0.2.7", 443),
        ("2001:db8::7", 443),
    }


def test_without_a_bucket_or_a_declared_way_there_is_no_way_out(vn: Country, day: datetime.date) -> None:
    assert Policies(_with_store(vn, workloads=None)).hosts() == set()
    h41 = vn.tenants["h41"]
    bare = h41.model_copy(update={"spec": h41.spec.model_copy(update={"storage": Storage()})})
    changed = dataclasses.replace(vn, tenants={**vn.tenants, "h41": bare})
    assert not any(source.startswith("h41-prod") for source, _, _ in Policies(changed).hosts())
    assert not any(way.source.startswith("h41-prod") for way in render.reachability(changed, day).hosts)
