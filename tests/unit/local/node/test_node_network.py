"""The node's packet rules, addresses and pod wiring, as text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from govcloud_local.node import network
from govcloud_local.settings import Profile, Settings

SETTINGS = Settings(state=Path("/state"), profile=Profile.FULL, base=30000)
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
    assert network.SYSCTLS["net/ipv6/conf/all/disable_ipv6"] == "1"


def test_pods_are_routed_never_bridged_or_translated() -> None:
    (plugin,) = json.loads(network.cni_configuration(SETTINGS))["plugins"]
    assert plugin["type"] == "ptp"
    assert plugin["ipMasq"] is False
    assert plugin["ipam"]["ranges"] == [[{"subnet": "10.251.0.0/16"}]]
