"""A little API server: it knows who asks, whom he impersonates and who may, and keeps what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import served_http

__all__ = ["LittleApiServer", "kubeconfig", "running"]

PLATFORM = ("engineer", ["gov:platform:engineer", "system:masters", "system:authenticated"])


@dataclass
class LittleApiServer:
    """Who stands behind each token, and what went through."""

    address: str = ""
    people: dict[str, tuple[str, list[str]]] = field(default_factory=lambda: {"platform": PLATFORM})
    impersonators: set[str] = field(default_factory=lambda: {"platform"})
    """Tokens whose holders may act as anybody."""
    deaf: bool = False
    """Whether a proxy before it takes the headers of impersonation away."""
    grants: set[tuple[str, str]] = field(default_factory=set)
    """Resources and names that anybody may impersonate, as an access review answers."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Name of the caller, method and path of each request that was let through."""

    def answer(self, method: str, path: str, headers: Any, body: Any) -> tuple[int, dict[str, Any]]:
        """Return status and body."""
        token = (headers.get("Authorization") or "").removeprefix("Bearer ")
        if token not in self.people:
            return 401, {"kind": "Status", "message": "Unauthorized"}
        name, groups = self.people[token]
        wanted = headers.get_all("Impersonate-User") or []
        if wanted and not self.deaf:
            if token not in self.impersonators:
                return 403, {"kind": "Status", "message": f'User "{name}" cannot impersonate resource "users"'}
            assert len(wanted) == 1
            name, groups = wanted[0], [*(headers.get_all("Impersonate-Group") or []), "system:authenticated"]
        self.asked.append((name, method, path.partition("?")[0]))
        if path.endswith("/selfsubjectreviews"):
            return 201, {"status": {"userInfo": {"username": name, "groups": groups}}}
        if path.endswith("/selfsubjectaccessreviews"):
            spec = body["spec"]["resourceAttributes"]
            return 201, {"status": {"allowed": (spec["resource"], spec.get("name", "")) in self.grants}}
        if path == "/version":
            return 200, {"gitVersion": "v1.36.0"}
        if path == "/api/v1":
            return 200, {"resources": []}
        return 404, {"kind": "Status", "message": "not found"}


@contextmanager
def running() -> Iterator[LittleApiServer]:
    """Serve on a free port of the loopback."""
    state = LittleApiServer()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = state.answer(self.command, self.path, self.headers, json.loads(content) if content else None)
            said = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PATCH = do_DELETE = _any  # noqa: N815 - the names of http.server

        def log_message(self, format: str, *args: object) -> None:
            return

    with served_http.serving(Handler) as port:
        state.address = f"http://127.0.0.1:{port}"
        yield state


def kubeconfig(server: str, context: str, token: str = "platform", *, current: bool = True) -> str:  # noqa: S107
    """Return a kubeconfig with one context."""
    chosen = f"current-context: {context}\n" if current else ""
    return (
        f"apiVersion: v1\nkind: Config\n{chosen}"
        f"clusters: [{{name: {context}, cluster: {{server: '{server}'}}}}]\n"
        f"users: [{{name: {context}, user: {{token: {token}}}}}]\n"
        f"contexts: [{{name: {context}, context: {{cluster: {context}, user: {context}}}}}]\n"
    )
