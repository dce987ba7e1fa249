"""What runs inside an examination's pods does on this machine what it does there."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from govcloud.audit.probes.connect import connect
from govcloud.audit.probes.listen import listen, serve
from govcloud.examination.programs.eager import run
from govcloud.examination.programs.resolve import answers, question


@pytest.fixture
def port() -> Iterator[int]:
    """A listener as probe pods run it, on all addresses of the machine."""
    servers = listen([0])
    ((_, server),) = servers.items()
    threading.Thread(target=serve, args=("open 1a2b", servers), daemon=True).start()
    yield int(server.getsockname()[1])
    # closed by the process's end: the thread polls it


@pytest.fixture
def nobody() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


def test_eager_tries_count_who_answered(port: int, nobody: int) -> None:
    found = run([("127.0.0.1", port), ("127.0.0.1", nobody)], 0.6, 0.0, "")
    answered, tried = found[f"127.0.0.1:{port}"]
    assert 0 < answered <= tried
    answered, tried = found[f"127.0.0.1:{nobody}"]
    assert answered == 0 and tried > 2


def test_eager_tries_end_soon_after_the_control_answered(port: int, nobody: int) -> None:
    found = run([("127.0.0.1", port), ("127.0.0.1", nobody)], 60.0, 0.2, f"127.0.0.1:{port}")
    assert found[f"127.0.0.1:{port}"][0] > 0


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has one protocol")
def test_a_probe_listens_and_connects_by_both_protocols(port: int) -> None:
    try:
        socket.create_connection(("::1", port), 1.0).close()
    except OSError:
        pytest.skip("this machine has no IPv6 address")
    found = connect([("127.0.0.1", port), ("::1", port)], 5.0)
    assert found == {f"127.0.0.1:{port}": f"open 1a2b {port}", f"::1:{port}": f"open 1a2b {port}"}


def test_an_answer_of_a_name_server_is_read() -> None:
    asked = question("kubernetes.default.svc.north.example", 1)
    assert asked[12:23] == b"\nkubernetes"
    header = struct.pack(">6H", 1, 0x8180, 1, 2, 0, 0)
    pointer = b"\xc0\x0c"
    alias = pointer + struct.pack(">2HIH", 5, 1, 5, 2) + pointer
    address = pointer + struct.pack(">2HIH", 1, 1, 5, 4) + socket.inet_aton("172.27.0.1")
    assert answers(header + asked[12:] + alias + address) == (0, ["172.27.0.1"])
    assert answers(struct.pack(">6H", 1, 0x8183, 1, 0, 0, 0) + asked[12:]) == (3, [])
    six = pointer + struct.pack(">2HIH", 28, 1, 5, 16) + socket.inet_pton(socket.AF_INET6, "fd29:a3::1")
    assert answers(struct.pack(">6H", 1, 0x8180, 1, 1, 0, 0) + asked[12:] + six) == (0, ["fd29:a3::1"])
