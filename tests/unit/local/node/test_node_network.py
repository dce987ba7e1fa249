"""The node's packet rules, addresses and pod wiring, as text."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from govcloud_local.node import dns, kubelet, network, policy_agent, proxy
from govcloud_local.services import control_plane
from govcloud_local.settings import Profile, SecondFamily, Settings
from govcloud_local.toolchain import Origin, Tool

SETTINGS = Settings(state=Path("/state"), profile=Profile.FULL, base=30000)
SECOND = SecondFamily(node_address="fd01::1", pod_cidr="fd02::/56", service_cidr="fd03::/112")
BOTH = dataclasses.replace(SETTINGS, second=SECOND)
_DAEMONS = (*control_plane.tools(SETTINGS), "kubelet", "kube-network-policies")
both_kernels = pytest.mark.parametrize("expression", [True, False], ids=["with queue", "without queue"])


def _chains(text: str) -> dict[str, str]:
    return dict(re.findall(r"chain (\w+) \{(.*?)\n    \}", text, re.DOTALL))


@both_kernels
def test_what_no_agent_accepted_is_dropped_at_the_end(expression: bool) -> None:
    chains = _chains(network.rules(SETTINGS, queue_expression=expression))
    for name, hook in (("forward_verdict", "forward"), ("input_verdict", "input")):
        assert f"hook {hook} priority 10; policy drop;" in chains[name]
        accepted = [line.strip() for line in chains[name].splitlines() if line.strip().endswith("accept")]
        judged = [line for line in accepted if f"{network.JUDGED:#x}" in line]
        others = [line for line in accepted if line not in judged]
        node_itself = ['iifname "lo" accept', "ct direction reply ct state established,related accept"]
        assert others == (node_itself if hook == "input" else [])
        assert len(judged) == 2


@both_kernels
def test_packets_reach_the_queue_by_one_way_only_and_never_around_it(expression: bool) -> None:
    text = network.rules(SETTINGS, queue_expression=expression)
    assert ("queue num 100" in text) == expression
    assert (f"mark set meta mark or {network.MARK:#x}" in text) != expression
    assert "bypass" not in text + network.iptables_queue()
    assert network.iptables_queue().count("-j NFQUEUE --queue-num 100") == 2


def test_marks_of_the_queue_and_of_the_verdict_share_no_bit_with_each_other_or_the_service_proxy() -> None:
    assert network.MARK & network.JUDGED == 0
    assert (network.MARK | network.JUDGED) & 0xC000 == 0


@both_kernels
def test_of_the_node_pods_reach_the_api_server_and_the_object_store_alone(expression: bool) -> None:
    chain = _chains(network.rules(SETTINGS, queue_expression=expression))["input"]
    assert "policy drop;" in chain
    opened = re.findall(r"daddr (\S+) tcp dport (\d+) (\w+)", chain)
    assert [(address, port) for address, port, _ in opened] == [("10.250.0.1", "30002"), ("10.250.0.2", "8333")]
    assert {verdict for _, _, verdict in opened} == {"queue" if expression else "meta"}  # judged, never just accepted
    assert chain.count("dport") == 2


def test_the_node_has_no_way_out() -> None:
    batch = network.addresses(SETTINGS)
    assert "default" not in batch
    assert "via" not in batch
    assert "10.250.0.1/32" in batch
    assert network.sysctls(SETTINGS)["net/ipv6/conf/all/disable_ipv6"] == "1"


def test_pods_are_routed_never_bridged_or_translated() -> None:
    (plugin,) = json.loads(network.cni_configuration(SETTINGS))["plugins"]
    assert plugin["type"] == "ptp"
    assert plugin["ipMasq"] is False
    assert plugin["ipam"]["ranges"] == [[{"subnet": "10.251.0.0/16"}]]


@both_kernels
def test_a_second_family_is_judged_by_the_same_rules(expression: bool) -> None:
    alone, both = (network.rules(each, queue_expression=expression) for each in (SETTINGS, BOTH))
    assert "nfproto" not in both and alone.count("nfproto") == 2
    neighbours = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept"
    assert both.count(neighbours) == 2 and "icmpv6" not in alone
    kept = [line for line in alone.splitlines() if "nfproto" not in line]
    assert [line for line in both.splitlines() if neighbours not in line] == kept
    assert not any("disable_ipv6" in name for name in network.sysctls(BOTH))


def test_pods_and_services_of_a_second_family_have_addresses_and_no_way_out() -> None:
    batch = network.addresses(BOTH)
    assert batch.startswith(network.addresses(SETTINGS))
    for line in (
        "address add fd01::1/128 dev lo nodad",
        "route add unreachable fd02::/56",
        "fd03::/112 dev lo src fd01::1",
    ):
        assert line in batch
    assert "default" not in batch and "via" not in batch
    ipam = json.loads(network.cni_configuration(BOTH))["plugins"][0]["ipam"]
    assert ipam["ranges"] == [[{"subnet": "10.251.0.0/16"}], [{"subnet": "fd02::/56"}]]
    assert ipam["routes"] == [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]


def test_each_daemon_is_told_of_both_families(tmp_path: Path) -> None:
    settings = dataclasses.replace(BOTH, state=tmp_path)
    tools = {name: Tool(name, Path(f"/bin/{name}"), "1", Origin.PATH) for name in _DAEMONS}
    said = [
        *(word for component in control_plane.components(settings, tools) for word in component.argv),
        *policy_agent.component(settings, tools).argv,
        *kubelet.component(settings, tools, images="", before_start=lambda: None).argv,
    ]
    ranges = {"--service-cluster-ip-range=10.252.0.0/16,fd03::/112", "--cluster-cidr=10.251.0.0/16,fd02::/56"}
    assert ranges | {"--pods=10.251.0.0/16,fd02::/56", "--node-ip=10.250.0.1,fd01::1"} <= set(said)
    assert proxy.configuration(settings)["clusterCIDR"] == "10.251.0.0/16,fd02::/56"
    assert dns.corefile(settings).startswith("cluster.local:53 in-addr.arpa:53 ip6.arpa:53 {")
