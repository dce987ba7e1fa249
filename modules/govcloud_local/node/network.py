"""The node's network: addresses and routes, packet rules that close before they open, and the pods' wiring.

There is no interface to the outside at all. Between pods, and from pods to the node, a new connection passes only with
the policy agent's yes, a mark that the agent puts on the first packet. It gets packets through netfilter queue `QUEUE`;
kernels without nftables' `queue` expression are fed by iptables' NFQUEUE target. A packet that no agent read, or that
bypassed the queue for whatever reason, has no such mark, and the last chain drops it.
"""

from __future__ import annotations

import json
import subprocess

from govcloud_local.settings import SecondFamily, Settings

__all__ = [
    "JUDGED",
    "MARK",
    "QUEUE",
    "addresses",
    "cni_configuration",
    "has_queue_expression",
    "in_new_namespace",
    "iptables_queue",
    "rules",
    "sysctls",
]

QUEUE = 100
"""Number of the netfilter queue that the policy agent listens on."""
MARK = 0x0020_0000
"""Packet mark: for the queue (kube-proxy uses 0x4000)."""
JUDGED = 0x0040_0000
"""Packet and connection mark: the agent said yes."""
POD_INTERFACES = "veth*"

_SYSCTLS = {
    "net/ipv4/ip_forward": "1",
    # a connection that the agent ended is not taken up again in the middle, where it would look like a new one
    "net/netfilter/nf_conntrack_tcp_loose": "0",
    "net/ipv4/conf/all/send_redirects": "0",
    "net/ipv4/conf/default/send_redirects": "0",
    "net/ipv4/conf/all/accept_redirects": "0",
}
_IPV4_ALONE = {
    # a second protocol would be a second way around the rules
    "net/ipv6/conf/all/disable_ipv6": "1",
    "net/ipv6/conf/default/disable_ipv6": "1",
}
_BOTH = {
    "net/ipv6/conf/all/forwarding": "1",
    "net/ipv6/conf/all/accept_redirects": "0",
    "net/ipv6/conf/default/accept_redirects": "0",
    # every link has two ends, both made here: nobody else can have an address of theirs
    "net/ipv6/conf/default/accept_dad": "0",
}


def sysctls(settings: Settings) -> dict[str, str]:
    """Return the switches of the node's own network."""
    return {**_SYSCTLS, **(_BOTH if settings.second else _IPV4_ALONE)}


def addresses(settings: Settings) -> str:
    """Return the node's addresses and routes as a batch for `ip -batch -`.

    The node's address and the object store's are on the loopback interface: the node has no neighbour, and no default
    route either. Service addresses get a route only so that the node's own connections to them reach the rules that
    translate them.
    """
    return "".join(
        f"{line}\n"
        for line in (
            "link set lo up",
            f"address add {settings.node_address}/32 dev lo",
            f"address add {settings.store_address}/32 dev lo",
            f"route add {settings.service_cidr} dev lo src {settings.node_address}",
            f"route add unreachable {settings.pod_cidr}",
            *(_second(settings.second) if settings.second else ()),
        )
    )


def _second(family: SecondFamily) -> tuple[str, ...]:
    return (
        # until the kernel has looked for a duplicate, which it does when it has time, no route has this source
        f"address add {family.node_address}/128 dev lo nodad",
        f"route add {family.service_cidr} dev lo src {family.node_address}",
        f"route add unreachable {family.pod_cidr}",
    )


def rules(settings: Settings, *, queue_expression: bool) -> str:
    """Return the packet rules (nftables). Without the kernel's `queue` expression `iptables_queue` must follow."""
    judge = f"queue num {QUEUE}" if queue_expression else f"meta mark set meta mark or {MARK:#x} accept"
    known = f"ct mark and {JUDGED:#x} == {JUDGED:#x}"
    passed = f"meta mark and {JUDGED:#x} == {JUDGED:#x} ct mark set ct mark or {JUDGED:#x} accept"
    # Pods and node find each other's links by ICMPv6, of which no policy speaks.
    neighbours = "\n        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept" if settings.second else ""
    no_pods = "" if settings.second else f'\n        iifname "{POD_INTERFACES}" meta nfproto ipv6 drop'
    nobody = "" if settings.second else "\n        meta nfproto != ipv4 drop"
    return f"""\
table inet govcloud {{
    # A pod speaks from its own address only: the way back must lead through the interface that the packet came from.
    chain antispoof {{
        type filter hook prerouting priority raw; policy accept;{no_pods}
        iifname "{POD_INTERFACES}" fib saddr . iif oif missing drop
    }}

    # Pod to pod, after Service addresses were translated.
    chain forward {{
        type filter hook forward priority -1; policy accept;{nobody}
        ct state invalid drop
        {known} ct state established,related accept
        {judge}
    }}
    chain forward_verdict {{
        type filter hook forward priority 10; policy drop;
        {known} accept
        {passed}
    }}

    # Pod to node: answers to the node's own connections, the API server and the object store where policy allows it;
    # no kubelet, no other daemon.
    chain input {{
        type filter hook input priority -1; policy drop;
        iifname "lo" accept{neighbours}
        ct direction reply ct state established,related accept
        {known} ct state established accept
        ip daddr {settings.node_address} tcp dport {settings.ports.api} {judge}
        ip daddr {settings.store_address} tcp dport {settings.store_port} {judge}
    }}
    chain input_verdict {{
        type filter hook input priority 10; policy drop;
        iifname "lo" accept{neighbours}
        ct direction reply ct state established,related accept
        {known} accept
        {passed}
    }}
}}
"""


def iptables_queue() -> str:
    """Return what hands marked packets to the agent on kernels without nftables' `queue` expression.

    For `iptables-restore`.
    """
    rule = f"-m mark --mark {MARK:#x}/{MARK:#x} -j NFQUEUE --queue-num {QUEUE}"
    return f"*filter\n-A INPUT {rule}\n-A FORWARD {rule}\nCOMMIT\n"


def has_queue_expression() -> bool:
    """Tell, by trying in a throw-away network namespace, whether this kernel has nftables' `queue` expression."""
    trial = f"""\
table inet trial {{
    chain forward {{
        type filter hook forward priority 0;
        queue num {QUEUE}
    }}
}}
"""
    return in_new_namespace(["nft", "-f", "-"], trial) is None


def in_new_namespace(argv: list[str], text: str = "") -> str | None:
    """Run a command in a network namespace that ends with it; return None or the last line of its complaint."""
    result = subprocess.run(["unshare", "--net", "--", *argv], input=text, capture_output=True, text=True, check=False)
    return None if result.returncode == 0 else (result.stderr.strip().splitlines() or ["refused"])[-1]


def cni_configuration(settings: Settings) -> str:
    """Return the CNI configuration (JSON): every pod gets a point-to-point link, so that all its packets are routed.

    On a bridge, neighbours would talk past the forward hook.
    """
    plugin = {
        "type": "ptp",
        "ipMasq": False,
        "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": subnet}] for subnet in settings.pod_cidrs],
            "routes": [{"dst": "0.0.0.0/0"}, *([{"dst": "::/0"}] if settings.second else [])],
            # in memory: addresses lent by a node that is gone are free again
            "dataDir": "/run/cni",
        },
    }
    return json.dumps({"cniVersion": "1.0.0", "name": "govcloud", "plugins": [plugin]}, indent=2)
