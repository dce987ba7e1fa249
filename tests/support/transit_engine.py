"""The transit engine of OpenBao and Vault, as far as Pulumi asks it: it seals and opens, and never gives its key."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import served_http
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["TransitEngine", "serving"]

_VERSION = "vault:v1:"


@dataclass
class TransitEngine:
    """Where it is, and which word lets in."""

    address: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    asked: list[str] = field(default_factory=list)
    """What was done for somebody who was let in: `encrypt/govcloud`."""
    _key: AESGCM = field(default_factory=lambda: AESGCM(AESGCM.generate_key(256)), repr=False)

    def answer(self, path: str, token: str, body: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Return status and body for a call below `/v1/transit/`."""
        if token != self.token:
            return 403, {"errors": ["permission denied"]}
        operation, _, name = path.removeprefix("/v1/transit/").partition("/")
        self.asked.append(f"{operation}/{name}")
        if operation == "encrypt":
            nonce = os.urandom(12)
            sealed = nonce + self._key.encrypt(nonce, base64.b64decode(body["plaintext"]), name.encode())
            return 200, {"data": {"ciphertext": _VERSION + base64.b64encode(sealed).decode()}}
        sealed = base64.b64decode(body["ciphertext"].removeprefix(_VERSION))
        try:
            opened = self._key.decrypt(sealed[:12], sealed[12:], name.encode())
        except InvalidTag:
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(opened).decode()}}


@contextmanager
def serving() -> Iterator[TransitEngine]:
    """Serve on a free port of the loopback."""
    engine = TransitEngine()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = engine.answer(self.path, self.headers.get("X-Vault-Token") or "", json.loads(content))
            said = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_PUT  # noqa: N815 - the name of http.server

        def log_message(self, format: str, *args: object) -> None:
            return

    with served_http.serving(Handler) as port:
        engine.address = f"http://127.0.0.1:{port}"
        yield engine
