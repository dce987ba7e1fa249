"""A line to an object store on which requests and answers come to grief as they do in the world: one fault at a time.

It speaks HTTP to whoever asks and TLS to the store, and leaves signatures as they are.
"""

from __future__ import annotations

import contextlib
import enum
import http.client
import http.server
import re
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["Fault", "Line", "kinds", "line"]

_ERROR = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
_ACTION = re.compile(rb"^Action=(\w+)")
"""What an administration is asked for, which it is told in the body."""
_HOP = ("connection", "transfer-encoding", "content-length", "keep-alive", "server", "date")


class Fault(enum.Enum):
    """What happens to one request."""

    THROTTLED = "503 SlowDown, and nothing was done"
    FAILED_AFTER = "500 InternalError, and it was done"
    LATE = "it was done, and the answer comes when nobody waits any more"
    CUT_BEFORE = "the connection ends, and nothing was done"
    CUT_AFTER = "the connection ends, and it was done"
    HALF = "the connection ends within the answer, and it was done"
    TORN = "the answer is half of itself and says so nowhere, and it was done"
    READ_ONLY = "403 AccessDenied for whatever would change something, from then on"


@dataclass
class Line:
    """The line, and what has gone over it."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    """Method and address of each request since the fault was set."""
    _fault: Fault | None = None
    _first: int = 0
    _times: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, fault: Fault | None = None, first: int = 0, times: int = 1) -> None:
        """Let the request number `first` from now on, and so many after it, have this fault."""
        with self._lock:
            self._fault, self._first, self._times = fault, first, times
            self.asked.clear()

    def meets(self, method: str, path: str) -> Fault | None:
        """Note a request, and return what happens to it."""
        with self._lock:
            number = len(self.asked)
            self.asked.append(f"{method} {path}")
            if self._fault is Fault.READ_ONLY:
                return self._fault if number >= self._first and method != "GET" and method != "HEAD" else None
            return self._fault if self._first <= number < self._first + self._times else None


def kinds(asked: list[str]) -> list[int]:
    """Return the number of the first request of each kind: method, and which part of a bucket or an object it is of."""
    seen = [(method, urlsplit(path).query.partition("=")[0], path.count("/")) for method, path in map(str.split, asked)]
    return [number for number, kind in enumerate(seen) if kind not in seen[:number]]


@contextlib.contextmanager
def line(store: str, ca: Path, late_seconds: float) -> Iterator[Line]:
    """Lead to the store at this https address; an answer that is late comes after so many seconds."""
    made = Line()
    target = urlsplit(store)
    trust = ssl.create_default_context(cafile=str(ca))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            action = _ACTION.search(body)
            fault = made.meets(self.command, f"{self.path}?{action[1].decode()}" if action else self.path)
            if fault in (Fault.THROTTLED, Fault.READ_ONLY):
                code, status = ("SlowDown", 503) if fault is Fault.THROTTLED else ("AccessDenied", 403)
                self._answer(status, {"Content-Type": "application/xml"}, _ERROR.format(code=code).encode())
                return
            if fault is Fault.CUT_BEFORE:
                self._cut()
                return
            status, headers, answer = self._forward(body)
            match fault:
                case Fault.FAILED_AFTER:
                    xml = _ERROR.format(code="InternalError").encode()
                    self._answer(500, {"Content-Type": "application/xml"}, xml)
                case Fault.CUT_AFTER:
                    self._cut()
                case Fault.LATE:
                    time.sleep(late_seconds)
                    with contextlib.suppress(OSError):
                        self._answer(status, headers, answer)
                    self.close_connection = True
                case Fault.HALF:
                    self._answer(status, headers, answer[: len(answer) // 2], says=max(len(answer), 2))
                    self._cut()
                case Fault.TORN:
                    self._answer(status, headers, answer[: len(answer) // 2])
                case _:
                    self._answer(status, headers, answer)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815 - the server's names

        def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            connection = self._connection
            # Host as it was asked for: it is part of the signature.
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("connection", "expect"):
                    connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
            return answer.status, headers, answer.read()

        def setup(self) -> None:
            super().setup()
            assert target.hostname is not None
            self._connection = http.client.HTTPSConnection(target.hostname, target.port, context=trust, timeout=60)

        def finish(self) -> None:
            self._connection.close()
            super().finish()

        def _answer(self, status: int, headers: dict[str, str], body: bytes, says: int | None = None) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body) if says is None else says))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def _cut(self) -> None:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.wfile.flush()
                self.connection.shutdown(2)

        def log_message(self, format: str, *args: object) -> None: ...

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: whoever asked may be gone."""

    with Server(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
