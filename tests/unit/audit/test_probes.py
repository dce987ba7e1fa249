"""The programs that run inside probe pods, on this machine's loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from govcloud.audit.probes.ask import ask, ask_all
from govcloud.audit.probes.connect import connect
from govcloud.audit.probes.listen import listen, serve


@pytest.fixture
def port() -> Iterator[int]:
    servers = listen([0], "127.0.0.1")
    server = next(iter(servers.values()))
    threading.Thread(target=serve, args=("h41-prod-srv", servers), daemon=True).start()
    yield server.getsockname()[1]


def test_who_answers_says_who_he_is(port: int) -> None:
    target = ("127.0.0.1", port)
    assert connect([target, target], 5.0) == {f"127.0.0.1:{port}": f"h41-prod-srv {port}"}


def test_nobody_and_somebody_silent_are_told_from_an_answer(port: int) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    closed = socket.create_server(("127.0.0.1", 0))
    nobody = closed.getsockname()[1]
    closed.close()
    mute = silent.getsockname()[1]
    try:
        found = connect([("127.0.0.1", nobody), ("127.0.0.1", mute), ("127.0.0.1", port)], 0.5)
    finally:
        silent.close()
    assert found[f"127.0.0.1:{nobody}"] in (None, "")
    assert found[f"127.0.0.1:{mute}"] is None
    assert found[f"127.0.0.1:{port}"] == f"h41-prod-srv {port}"


class Identity(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"H41\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_asking_a_name_and_a_server() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Identity) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert ask("127.0.0.1", server.server_address[1], "/identity", 5.0) == "H41"
        server.shutdown()
    assert ask("localhost", 0, "", 5.0) == "127.0.0.1"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert ask("127.0.0.1", port, "/identity", 0.3) is None
        assert ask_all([("127.0.0.1", port, "/"), ("localhost", 0, "")], 1.0) == [None, "127.0.0.1"]
