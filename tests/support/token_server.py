"""Who gives tokens for a registry, as large sites have one: over TLS, to users with a password, good for a while."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import served_http
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from govcloud_local.access.pki import Authority

__all__ = ["SERVICE", "TokenServer", "serving"]

ISSUER, SERVICE = "tokens of the site", "registry of the site"
_LEEWAY = 60
"""Seconds for which the registry takes a token that has run out (distribution: registry/auth/token)."""


@dataclass
class TokenServer:
    """Where it is, and what it gave."""

    realm: str
    authority: Path
    """Certificate (PEM) of who signed its own, and by that every token."""
    authorization: str = field(default="", repr=False)
    """What a user says to get one; nobody does before it is set."""
    life: float = 300.0
    """Seconds for which a token is good."""
    broken: int | None = None
    """What it answers in place of any token."""
    scopes: list[str] = field(default_factory=list)
    """For what it gave tokens, in order."""

    @property
    def settings(self) -> dict[str, str]:
        """What a registry must know to send its users here."""
        bundle = str(self.authority)
        return {"realm": self.realm, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": bundle}


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[TokenServer]:
    """Give tokens on loopback for as long as the context lasts."""
    authority = Authority(folder, "Token authority of the site")
    pair = authority.server("tokens", ["localhost"])
    key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    leaf = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
    chain = [base64.b64encode(leaf.public_bytes(serialization.Encoding.DER)).decode()]

    signing = key

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            known = self.headers.get("Authorization") == made.authorization
            status = made.broken or (200 if known and asked["service"] == [SERVICE] else 401)
            body: dict[str, object] = {}
            if status == 200:
                made.scopes.extend(asked.get("scope", [""]))
                body = {"token": _signed(signing, chain, _claims(asked.get("scope", []), made.life))}
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    with served_http.serving(Handler, context) as port:
        made = TokenServer(f"https://localhost:{port}/token", authority.certificate)
        yield made


def _claims(scopes: list[str], life: float) -> dict[str, Any]:
    access = []
    for scope in scopes:
        kind, name, actions = scope.split(":")
        access.append({"type": kind, "name": name, "actions": actions.split(",")})
    now = int(time.time())
    ends = now + life - _LEEWAY
    return {
        "iss": ISSUER,
        "aud": SERVICE,
        "sub": "pusher",
        "nbf": now - 300,
        "iat": now,
        "exp": int(ends),
        "access": access,
    }


def _signed(key: ec.EllipticCurvePrivateKey, chain: list[str], claims: dict[str, Any]) -> str:
    """Return a JSON Web Token (RFC 7515, ES256) that brings its certificate along."""
    head = {"typ": "JWT", "alg": "ES256", "x5c": chain}
    text = ".".join(_encoded(json.dumps(part).encode()) for part in (head, claims))
    r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{_encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
