"""How the agent's state is read from the kernel's tables, and what it may read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from govcloud_local.node import policy_agent

_QUEUES = "  100     26     0 2   128     0     0       45  1\n"
_SOCKETS = """\
Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 27001 /var/run/nri/nri.sock
0000000000000000: 00000003 00000000 00000000 0001 03 27102{}
0000000000000000: 00000003 00000000 00000000 0001 03 27103
"""


@pytest.mark.parametrize(("table", "queue", "expected"), [(_QUEUES, 100, True), (_QUEUES, 10, False), ("", 100, False)])
def test_who_listens_on_a_queue(table: str, queue: int, expected: bool) -> None:
    assert policy_agent.listens(table, queue) is expected


def test_a_listening_runtime_without_a_plugin_is_no_connection() -> None:
    assert policy_agent.runtime_connections(_SOCKETS.format("")) == 0
    assert policy_agent.runtime_connections(_SOCKETS.format(" /var/run/nri/nri.sock")) == 1


def test_what_the_agent_lacks_is_told_with_queues_built_in_or_as_a_module(tmp_path: Path) -> None:
    def lacking() -> str | None:
        said = policy_agent.missing(tmp_path)
        return said.en if said else None

    (tmp_path / "unix").write_text(_SOCKETS.format(""))
    assert lacking() == "does not judge packets yet"  # the module comes with the first listener
    (tmp_path / "netfilter").mkdir()
    queues = tmp_path / "netfilter" / "nfnetlink_queue"
    queues.write_text("")
    assert lacking() == "does not judge packets yet"
    queues.write_text(_QUEUES)
    assert lacking() == "is not connected to the container runtime"
    (tmp_path / "unix").write_text(_SOCKETS.format(" /var/run/nri/nri.sock"))
    assert lacking() is None
    (tmp_path / "unix").unlink()
    assert lacking() == "the node is gone"


def test_the_agent_may_read_what_it_judges_by_and_nothing_else() -> None:
    role: dict[str, Any] = policy_agent.manifests()[0]
    allowed = {(r, v) for rule in role["rules"] for r in rule["resources"] for v in rule["verbs"]}
    assert allowed == {(r, v) for r in ("pods", "namespaces", "networkpolicies") for v in ("list", "watch")}
