"""An S3 server that lies: it keeps plain objects, and says yes to everything else without doing it.

It knows no signatures, no rights and no versions. It may remember the settings that it was given and tell them again,
as the worst of real servers do, and it can be told to cut every connection.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["LyingStore", "running"]

_YES = b"<Ok/>"
_LISTED = ("list-type", "versions", "uploads")


class LyingStore(ThreadingHTTPServer):
    """The server, and what it holds."""

    daemon_threads = True

    def __init__(self, *, remembers: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.remembers = remembers
        self.cuts = False
        self.buckets: dict[str, dict[str, bytes]] = {}
        self.settings: dict[tuple[str, str], bytes] = {}

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that were cut."""


@contextlib.contextmanager
def running(*, remembers: bool) -> Iterator[LyingStore]:
    """Run one for as long as the context lasts."""
    with LyingStore(remembers=remembers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: LyingStore
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one piece: in two, the second waits for the first to be acknowledged

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.server.cuts:
            self.close_connection = True
            return
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        status, said = self._said(bucket, key, query, body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_OPTIONS = _answer  # noqa: N815

    def _said(self, bucket: str, key: str, query: dict[str, str], body: bytes) -> tuple[int, bytes]:
        held = self.server.buckets
        setting = next((name for name in query if not name.startswith(("X-Amz", "x-id")) and name not in _LISTED), "")
        if self.command == "POST" and "delete" in query:
            for gone in re.findall(rb"<Key>(.*?)</Key>", body):
                held.get(bucket, {}).pop(gone.decode(), None)
        elif setting:
            return 200, self._setting((f"{bucket}/{key}", setting), body)
        elif not key:
            return self._bucket(bucket, bool(query))
        elif bucket in held and self.command == "PUT":
            held[bucket][key] = held[bucket].get(key, b"1") if "x-amz-copy-source" in self.headers else body
        elif bucket in held and self.command == "DELETE":
            held[bucket].pop(key, None)
        elif self.command in ("GET", "HEAD"):
            return (200, held[bucket][key]) if key in held.get(bucket, {}) else (404, b"")
        return 200, _YES

    def _bucket(self, name: str, listed: bool) -> tuple[int, bytes]:
        held = self.server.buckets
        if self.command == "PUT":
            held.setdefault(name, {})
        elif name and name not in held:
            return 404, b""
        elif self.command == "DELETE":
            del held[name]
        elif listed:
            tag = "Contents" if "list-type" in self.path else "Version" if "versions" in self.path else ""
            rows = [f"<{tag}><Key>{key}</Key><Size>{len(b)}</Size></{tag}>" for key, b in held[name].items() if tag]
            return 200, f"<Listing><IsTruncated>false</IsTruncated>{''.join(rows)}</Listing>".encode()
        return 200, _YES

    def _setting(self, key: tuple[str, str], body: bytes) -> bytes:
        if not self.server.remembers:
            return _YES
        if self.command == "PUT":
            self.server.settings[key] = body
        elif self.command == "DELETE":
            self.server.settings.pop(key, None)
        return self.server.settings.get(key, _YES)

    def handle_expect_100(self) -> bool:
        """Let the client go on at once: it waits for that before it sends a body."""
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
