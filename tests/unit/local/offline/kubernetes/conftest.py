"""An API server in memory, the recordings of the official plugin, and our servicer called as the engine calls it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from asked_plugin import Provider, Recorded
from kubernetes_double import ApiDouble, Call, kubeconfig

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.configuration import Settings

RECORDINGS = Path(__file__).parents[4] / "fixtures" / "kubernetes-plugin"


@pytest.fixture
def api() -> Iterator[ApiDouble]:
    """A server of this test on a loopback port."""
    double = ApiDouble()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            call = Call(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query)),
                json.loads(content) if content else None,
                self.headers.get("Content-Type", ""),
            )
            code, document = double.answer(call)
            data = json.dumps(document).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for text in double.warnings if self.command == "POST" else ():
                escaped = text.replace("\\", "\\\\").replace('"', '\\"')
                self.send_header("Warning", f'299 - "{escaped}"')
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: Any) -> None:
            """Be silent."""

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 (named by http.server)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield double
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def cluster(api: ApiDouble) -> Iterator[Cluster]:
    """The server in memory, connected to."""
    connected = Cluster(Settings(kubeconfig=kubeconfig(api.url)))
    assert connected.unreachable == ""
    yield connected
    connected.close()


@pytest.fixture
def provider(api: ApiDouble) -> Iterator[Provider]:
    """Our servicer, configured for the server in memory."""
    made = Provider()
    made.configure(kubeconfig(api.url))
    assert made.servicer.cluster.unreachable == ""
    yield made
    made.servicer.cluster.close()


@pytest.fixture
def unconnected() -> Provider:
    """Our servicer with a kubeconfig that does not exist."""
    made = Provider()
    made.configure("ABSENT_KUBECONFIG")
    return made


@pytest.fixture(scope="session")
def recordings() -> Callable[[str], list[Recorded]]:
    """Return the calls of one recording, in order."""

    def read(name: str) -> list[Recorded]:
        calls = []
        for number, line in enumerate((RECORDINGS / name).read_text().splitlines(), 1):
            call = json.loads(line)
            calls.append(
                Recorded(
                    f"{name}:{number}",
                    call["method"].rsplit("/", 1)[-1],
                    call["request"],
                    call.get("response") or {},
                    "\n".join(call.get("errors", ())),
                )
            )
        return calls

    return read
