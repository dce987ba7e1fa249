"""Whether a SeaweedFS has an open door: yes, no, or nobody knows."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

from govcloud.providers.storage.adapters.seaweedfs import SeaweedFS
from govcloud.providers.storage.endpoint import AccessKey, Endpoint
from govcloud_base.errors import CloudError


class Server(http.server.ThreadingHTTPServer):
    answers: dict[str, list[int]]
    """Statuses of the answers to a method; the last one stays."""


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answers = self.server.answers.get(self.command, [403])
        self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_DELETE = answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def adapter(port: int, inner: int = 0) -> SeaweedFS:
    endpoint = Endpoint(f"http://127.0.0.1:{port}", "r", "seaweedfs", AccessKey("A", "S"))
    address = f"127.0.0.1:{inner}.{inner + 1}"
    settings = {"GOVCLOUD_SEAWEEDFS_MASTER": address, "GOVCLOUD_SEAWEEDFS_FILER": address}
    return SeaweedFS.from_endpoint(endpoint, settings)


def codes(made: SeaweedFS) -> list[str]:
    try:
        made.check()
    except CloudError as error:
        return [problem.code for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, []),
        ({"GET": [401]}, []),
        ({"GET": [200]}, ["GC-STORE-045"]),
        ({"GET": [404]}, ["GC-STORE-045"]),
        ({"DELETE": [204]}, ["GC-STORE-045"]),
        ({"POST": [404]}, ["GC-STORE-046"]),
        ({"GET": [503, 403], "POST": [500, 403]}, []),
        ({"GET": [503]}, ["GC-STORE-004"]),
        ({"POST": [500]}, ["GC-STORE-004"]),
    ],
)
def test_each_question_has_its_answer(server: Server, answers: dict[str, list[int]], expected: list[str]) -> None:
    server.answers = {method: list(statuses) for method, statuses in answers.items()}

    assert codes(adapter(server.server_port)) == expected


def test_a_port_that_answers_is_open_and_one_that_does_not_is_shut(server: Server) -> None:
    server.answers = {}
    with Server(("127.0.0.1", 0), Handler) as inner:
        inner.answers = {"GET": [200]}
        thread = threading.Thread(target=inner.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        assert codes(adapter(server.server_port, inner.server_port)) == ["GC-STORE-047"] * 2
        inner.answers = {"GET": [404]}
        assert codes(adapter(server.server_port, inner.server_port)) == []
        inner.shutdown()
        thread.join()
    assert codes(adapter(server.server_port, inner.server_port)) == []


def test_a_store_that_is_down_is_told_as_such(server: Server) -> None:
    server.server_close()

    assert codes(adapter(server.server_port)) == ["GC-STORE-003"]


def test_one_that_was_found_shut_is_not_asked_again(server: Server) -> None:
    server.answers = {}
    made = adapter(server.server_port)
    assert codes(made) == []
    server.answers = {"GET": [200]}

    assert codes(made) == []
    assert codes(adapter(server.server_port)) == ["GC-STORE-045"]
