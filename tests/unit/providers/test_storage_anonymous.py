"""What a reader without a key gets: yes, no, or nobody knows."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

from govcloud.providers.storage.endpoint import AccessKey, Endpoint
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError


class Server(http.server.ThreadingHTTPServer):
    answers: list[int]
    """Statuses of the next answers; the last one stays."""


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        answers = self.server.answers
        self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
        self.send_header("Content-Length", "0")
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def asked(server: Server) -> Store:
    return Store(Endpoint(f"http://127.0.0.1:{server.server_port}", "r", "seaweedfs", AccessKey("A", "S")), {})


@pytest.mark.parametrize(
    ("answers", "expected"), [([403], 403), ([200], 200), ([404], 404), ([503, 403], 403), ([500, 429, 200], 200)]
)
def test_a_store_that_is_busy_for_a_moment_is_asked_again(
    server: Server, asked: Store, answers: list[int], expected: int
) -> None:
    server.answers = list(answers)

    assert asked.anonymous_status("b?list-type=2") == expected


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_store_that_leads_elsewhere_is_not_followed_and_has_told_nothing(
    server: Server, asked: Store, status: int
) -> None:
    server.answers = [status, 403]

    with pytest.raises(CloudError) as refused:
        asked.anonymous_status("b?list-type=2")

    assert [problem.code for problem in refused.value.problems] == ["GC-STORE-004"]
    assert server.answers == [403], "it was asked once"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_store_that_stays_busy_is_not_taken_for_an_open_one(server: Server, asked: Store, status: int) -> None:
    server.answers = [status]

    with pytest.raises(CloudError) as refused:
        asked.anonymous_status("b?list-type=2")

    assert [problem.code for problem in refused.value.problems] == ["GC-STORE-004"]
