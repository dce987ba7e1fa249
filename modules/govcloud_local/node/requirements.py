"""What a machine must have to carry a node: root, a few programs, a few kernel features, all looked for by trying."""

from __future__ import annotations

import os

from govcloud_base.errors import EnvironmentProblem, Problem, Text
from govcloud_local.node import network, packages

__all__ = ["check"]

_TRIALS = {
    "network namespaces": ["true"],
    "nftables": ["nft", "add", "table", "inet", "trial"],
    "connection marks": ["nft", "add table inet t; add chain inet t c; add rule inet t c ct mark set 1"],
    "route look-up in nftables": [
        "nft",
        "add table inet t; add chain inet t c { type filter hook prerouting priority 0; }; "
        "add rule inet t c fib saddr . iif oif missing drop",
    ],
    "virtual Ethernet": ["ip", "link", "add", "trial0", "type", "veth", "peer", "name", "trial1"],
}

_WORDS = {
    "connection marks": "dấu của kết nối",
    "route look-up in nftables": "tra đường đi trong nftables",
    "virtual Ethernet": "Ethernet ảo",
    "packet queues": "hàng đợi gói tin",
}
"""What the features are called in Vietnamese; the rest have names."""


def check() -> None:
    """Raise EnvironmentProblem naming everything that is missing; return in about 100 ms."""
    if os.geteuid() != 0:
        raise EnvironmentProblem(
            Problem(
                code="GC-NODE-001",
                message=Text("a node needs root", "nút cần quyền root"),
                fix=Text(
                    "run it as root, or: `govcloud local up --profile control-plane`",
                    "hãy chạy với quyền root, hoặc: `govcloud local up --profile control-plane`",
                ),
            )
        )
    absent = sorted(package.name for package in packages.missing())
    if absent:
        raise EnvironmentProblem(
            Problem(
                code="GC-NODE-002",
                message=Text("Debian packages are missing", "thiếu gói Debian"),
                fix=Text(f"`apt-get install {' '.join(absent)}`", f"`apt-get install {' '.join(absent)}`"),
                value=", ".join(absent),
            )
        )
    said = {feature: network.in_new_namespace(argv) for feature, argv in _TRIALS.items()}
    if not network.has_queue_expression():  # then iptables must feed the policy agent
        said["packet queues"] = network.in_new_namespace(["iptables-restore"], network.iptables_queue())
    problems = [_refused(feature, words) for feature, words in said.items() if words is not None]
    if problems:
        raise EnvironmentProblem(problems)


def _refused(feature: str, said: str) -> Problem:
    called = _WORDS.get(feature, feature)

    return Problem(
        code="GC-NODE-003",
        message=Text(f"this kernel refuses {feature}", f"nhân hệ điều hành từ chối {called}"),
        fix=Text(
            "use a kernel that has it (a container needs CAP_SYS_ADMIN and CAP_NET_ADMIN), "
            "or: `govcloud local up --profile control-plane`",
            "hãy dùng nhân có tính năng này (container cần CAP_SYS_ADMIN và CAP_NET_ADMIN), "
            "hoặc: `govcloud local up --profile control-plane`",
        ),
        value=said,
    )
