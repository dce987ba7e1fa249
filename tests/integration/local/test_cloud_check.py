"""A cloud is examined on real pods: what is there is found, and what was taken away is found lacking, by name."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from breakable_cloud import BreakableCloud
from port_bases import NODE_POLICY as BASE

from govcloud.folders import project_root
from govcloud_local.daemons.process import Process
from govcloud_local.node.network import JUDGED

pytestmark = pytest.mark.node

CLOUD = "cgc-hn1"
NETWORK = ("network-ingress", "network-egress", "network-start")
NOT_HERE = {
    "nodes-dedicated": "lacking",
    "storage-dedicated": "lacking",
    "balancers-dedicated": "lacking",
    "default-storage-class": "lacking",
    "volume-expansion": "lacking",
}
"""What the embedded cloud has not, and none of the reference country's tenants there needs: it serves several agencies,
and has no storage class."""
BROKEN = "broken-by-a-test"
FIRST_SECONDS_PASS = f"""
add set inet govcloud seen {{ type ipv4_addr; flags dynamic; size 4096; }}
add set inet govcloud fresh {{ type ipv4_addr; flags dynamic,timeout; timeout 3s; size 4096; }}
insert rule inet govcloud forward ct state new ip saddr @fresh meta mark set meta mark or {JUDGED:#x} accept
insert rule inet govcloud forward iifname "veth*" ct state new ip saddr != @seen add @seen {{ ip saddr }} \
add @fresh {{ ip saddr }}
"""
"""A network that judges a pod only three seconds after its first packet."""


@pytest.fixture
def running(breakable: BreakableCloud) -> BreakableCloud:
    """Bring a full cloud up: anew where an earlier test broke its network."""
    mark = breakable.state / BROKEN
    if mark.exists():
        breakable.govcloud("local", "down")
        mark.unlink()
    breakable.up(BASE, "full")
    return breakable


def examined(cloud: BreakableCloud, *options: str, code: int) -> dict[str, dict[str, Any]]:
    """Examine the cloud, see that nothing is left there, and return what was found by capability."""
    result = cloud.govcloud("cloud", "check", CLOUD, "--format", "json", *options, check=False)
    assert result.returncode == code, result.stdout + result.stderr
    kinds = "namespaces,validatingadmissionpolicies,validatingadmissionpolicybindings"
    assert "examination" not in cloud.kubectl("get", kinds, "--output=name")
    return {"": json.loads(result.stdout), **{c["name"]: c for c in json.loads(result.stdout)["capabilities"]}}


def states(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: row["state"] for name, row in found.items() if name}


def inside(cloud: BreakableCloud, *command: str, text: str | None = None) -> None:
    """Run a command in the node's network."""
    node = Process.load(cloud.state / "run" / "node-init.json")
    assert node is not None
    subprocess.run(["nsenter", f"--target={node.pid}", "--net", "--", *command], input=text, text=True, check=True)


@pytest.fixture
def breaking(running: BreakableCloud) -> BreakableCloud:
    """Give the cloud to a test that breaks its network."""
    (running.state / BROKEN).touch()
    return running


def test_all_that_the_reference_country_needs_is_found(running: BreakableCloud) -> None:
    found = examined(running, code=0)
    assert {name: state for name, state in states(found).items() if state != "found"} == NOT_HERE
    assert (found[""]["complete"], found[""]["refused"], found[""]["left"]) == (True, [], [])
    seen = {f["aspect"]["en"]: f["state"] for f in found["network-start"]["findings"]}
    assert seen == {"out, pods, IPv4": "found", "out, services, IPv4": "found", "in, services, IPv4": "found"}
    assert {f["aspect"]["en"]: f["state"] for f in found["network-ingress"]["findings"]} == {
        "pods, IPv4": "found",
        "services, IPv4": "found",
        "IPv6": "absent",
    }


def test_a_first_second_that_passes_and_a_wrong_name_service_are_found(
    breaking: BreakableCloud, tmp_path: Path
) -> None:
    country = tmp_path / "vn"
    shutil.copytree(project_root() / "stacks" / "vn", country)
    file = country / "clouds" / f"{CLOUD}.yaml"
    wrong = "dnsAddress: 10.96.0.10\n    dnsDomain: nghean.local"
    declared = file.read_text(encoding="utf-8")
    assert "dnsAddress: 10.252.0.10" in declared
    file.write_text(declared.replace("dnsAddress: 10.252.0.10", wrong), encoding="utf-8")
    inside(breaking, "nft", "-f", "-", text=FIRST_SECONDS_PASS)
    found = examined(breaking, "--country", str(country), code=1)
    assert {name: found[name]["state"] for name in NETWORK} == {
        "network-ingress": "found",
        "network-egress": "found",
        "network-start": "lacking",
    }
    through = {f["aspect"]["en"] for f in found["network-start"]["findings"] if f["state"] == "lacking"}
    assert through == {"out, pods, IPv4", "out, services, IPv4"}
    assert found["network-start"]["tenants"] == ["g09", "h41"]
    fixes = {name: found[name]["findings"][0]["fix"]["en"] for name in ("dns-address", "dns-domain")}
    assert fixes == {
        "dns-address": "write cluster.dnsAddress: 10.252.0.10",
        "dns-domain": "write cluster.dnsDomain: cluster.local",
    }
    # What level 3 needs stops nobody below it; here the wrong name service stops them all.
    assert found[""]["refused"] == ["g09", "g09-20", "h41", "h41-101"]


def test_policies_that_nobody_enforces_refuse_every_tenant_by_name(breaking: BreakableCloud) -> None:
    agent = Process.load(breaking.state / "run" / "kube-network-policies.json")
    assert agent is not None
    agent.signal(signal.SIGKILL)
    # Elsewhere a network without its agent lets everything pass; here the node itself would hold all back.
    inside(breaking, "nft", "delete", "table", "inet", "govcloud")
    found = examined(breaking, code=1)
    assert {found[name]["state"] for name in NETWORK} == {"lacking"}
    refused = breaking.govcloud("up", "tenant.h41-101", check=False)
    assert refused.returncode == 1
    assert re.search(r"GC-CLOUD-010: tenant h41-101 is refused on cloud cgc-hn1, .* level 2 .*NET-02", refused.stderr)
    assert "Network policies on the way in" in refused.stderr and "h41-101 is not" not in refused.stderr
    # Its stacks alone: what belongs to no tenant is provisioned all the same.
    others = breaking.govcloud("up", "--cloud", CLOUD, check=False)
    assert "✓ [1/1] cluster.cgc-hn1" in others.stdout, others.stdout
    assert {f"tenant {name} is refused" in others.stderr for name in ("g09", "g09-20", "h41", "h41-101")} == {True}
    assert others.returncode == 1
