"""A registry of container images as a site runs one: Debian's docker-registry, over TLS, with a user and a password."""

from __future__ import annotations

import contextlib
import ctypes
import json
import secrets
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from debian_programs import unpacked
from served import running

from govcloud_base.errors import Text
from govcloud_local import private_file
from govcloud_local.access.pki import Authority
from govcloud_local.daemons.component import Component, Home

__all__ = ["Registry", "prepared", "serving"]

_PACKAGE = "docker-registry"
_SALT = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Registry:
    """Where it is, how one gets in, and what runs it."""

    host: str
    """`address:port`, as references to images begin."""
    user: str
    password: str = field(repr=False)
    authority: Path
    """Certificate (PEM) of who signed its own."""
    images: Path
    """The folder of what it holds."""
    argv: tuple[str, ...]
    greeting: int = 200
    """What it answers a user with the right password; 401 where it sends everybody to somebody else for a token."""

    @property
    def authorization(self) -> str:
        """What a client says to get in (RFC 7617)."""
        return _basic(self.user, self.password)

    def login(self, file: Path) -> None:
        """Write the file that `docker login` would."""
        entry = {"auth": self.authorization.removeprefix("Basic ")}
        private_file.write(file, json.dumps({"auths": {self.host: entry}}))

    @property
    def component(self) -> Component:
        """The daemon, on this machine."""
        return Component(name=_PACKAGE, argv=self.argv, ready=self._ready, home=Home.HOST, after=(), endpoint=self.host)

    def status(self, path: str = "", *, password: str | None = None) -> int:
        """Return what `GET /v2/<path>` answers with the right, or with another password; OSError where nothing does."""
        return self._asked("GET", path, None, {}, self.password if password is None else password)

    def put(self, path: str, body: bytes, kind: str) -> int:
        """Return what `PUT /v2/<path>` of such a body answers."""
        return self._asked("PUT", path, body, {"Content-Type": kind}, self.password)

    def _asked(self, method: str, path: str, body: bytes | None, headers: dict[str, str], password: str) -> int:
        headers = {**headers, "Authorization": _basic(self.user, password)}
        request = urllib.request.Request(f"https://{self.host}/v2/{path}", body, headers, method=method)
        context = ssl.create_default_context(cafile=str(self.authority))
        try:
            with urllib.request.urlopen(request, timeout=2, context=context) as answer:  # noqa: S310 - https alone
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def _ready(self) -> Text | None:
        """Return None when it serves whom it should, else what is missing."""
        try:
            status = self.status()
        except OSError as error:
            return Text.quoted(f"{self.host}: {error}")
        return None if status == self.greeting else Text.quoted(f"{self.host} answers {status}")


def prepared(
    folder: Path,
    address: str,
    port: int,
    hosts: Sequence[str] = (),
    tokens: Mapping[str, str] | None = None,
) -> Registry:
    """Write certificate, password and configuration into `folder`; `hosts` are names that it has besides `address`.

    With `tokens` (its settings of that name) it sends who comes to somebody else for a token, and takes no password.
    """
    authority = Authority(folder / "authority", "Registry authority of the site")
    pair = authority.server("registry", [address, *hosts])
    user, password = "pusher", secrets.token_urlsafe(24)
    accounts, configuration = folder / "htpasswd", folder / "config.yml"
    private_file.write(accounts, f"{user}:{_bcrypt(password)}\n")
    images = private_file.folder(folder / "images")
    settings = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(images)}, "delete": {"enabled": True}},
        "http": {
            "addr": f"{address}:{port}",
            "secret": secrets.token_hex(16),
            "tls": {"certificate": str(pair.certificate), "key": str(pair.key)},
        },
        "auth": {"token": dict(tokens)} if tokens else {"htpasswd": {"realm": "site", "path": str(accounts)}},
    }
    private_file.write(configuration, yaml.safe_dump(settings))
    program = unpacked(_PACKAGE) / "usr" / "bin" / "docker-registry"
    argv = (str(program), "serve", str(configuration))
    greeting = 401 if tokens else 200
    return Registry(f"{address}:{port}", user, password, authority.certificate, images, argv, greeting)


@contextlib.contextmanager
def serving(folder: Path, port: int, tokens: Mapping[str, str] | None = None) -> Iterator[Registry]:
    """Run a registry on loopback for as long as the context lasts; `tokens` as in :func:`prepared`."""
    registry = prepared(folder, "127.0.0.1", port, ["localhost"], tokens)
    with running(registry.component, folder):
        yield registry


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _bcrypt(password: str) -> str:
    """Return the only kind of hash that the registry takes, by the C library that every login of Debian uses."""
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    salt = "".join(secrets.choice(_SALT) for _ in range(21))
    made: bytes = crypt(password.encode(), f"$2b$05${salt}O".encode())
    assert made.startswith(b"$2b$"), made
    return made.decode()
