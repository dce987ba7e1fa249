"""An OCI registry: what it holds, and how what it lacks gets there (OCI distribution specification 1.1).

Blobs go up in parts. After a broken connection the registry is asked how much has arrived, and the rest follows.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3
from urllib3.util import Timeout

from govcloud.images import archive
from govcloud.images.credentials import Login
from govcloud.refusal import quotation, refusal
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["Progress", "Registry"]

Progress = Callable[[int, int], None]
"""Told how many bytes of how many have been sent."""

_PART = 4 << 20
"""Bytes sent at once: what a broken connection may cost."""
_ATTEMPTS = 6
"""Connections that one blob may break before it is given up."""
_PAUSE = 0.5
"""Seconds before the second attempt; each further one waits twice as long."""
_CHALLENGE = re.compile(r"(?:^|,)\s*(basic|bearer)\s+", re.IGNORECASE)
_PARAMETER = re.compile(r'([a-z_]+)=(?:"([^"]*)"|([^\s,"]+))', re.IGNORECASE)
_TOKEN = re.compile(r"[\x21-\x7e]+")
_LARGEST = 4 << 20
"""Bytes of an answer: what registries must take of a manifest, by the specification."""
_UPLOADING, _CREATED = 202, 201
_ACCEPTED = ", ".join(
    (
        archive.MANIFEST,
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    )
)
"""What a digest may name: an image, or one for each kind of machine, of which a node takes its own."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class _Broken(Exception):
    """A connection that broke, to the host that is the argument."""


class Registry:
    """One registry as one user sees it."""

    def __init__(
        self, host: str, authority: str | None = None, login: Login | None = None, address: str | None = None
    ) -> None:
        """Speak to `host[:port]` over TLS; `authority` is the file (PEM) of who signed its certificate.

        `address` (`host[:port]`) is where it is reached, where its name leads elsewhere. Raises CloudError
        where the file cannot be used.
        """
        self._host = host
        self._base = f"https://{address or host}"
        self._login = login
        self._tokens: dict[str, str] = {}
        """What to say to get in, by repository; under no name what does for all."""
        self._scopes: dict[str, dict[str, set[str]]] = {}
        """For what tokens were asked, by repository: kind and name of a thing, and what may be done with it."""
        self._answered = False
        try:
            trusting = ssl.create_default_context(cafile=authority)
        except OSError as error:
            raise CloudError(
                Problem(
                    "GC-IMAGE-012",
                    Text(
                        f"the registry's authority cannot be read: {authority}",
                        f"không đọc được chứng thư của nơi ký cho kho ảnh: {authority}",
                    ),
                    Text("name a file of certificates (PEM)", "chỉ ra một tệp chứng thư (PEM)"),
                    value=None if isinstance(error, ssl.SSLError) else refusal(error),
                )
            ) from None
        opened = partial(urllib3.PoolManager, ssl_context=trusting, timeout=Timeout(connect=10, read=60), retries=False)
        # Wherever it is reached, its certificate is that of its name.
        name = host.partition(":")[0]
        self._own, self._others = opened(server_hostname=name, assert_hostname=name), opened()

    def holds(self, name: str, digest: str) -> bool:
        """Return whether the image is there: its manifest, by digest. Raises CloudError where that cannot be known."""
        path = f"/v2/{name}/manifests/{digest}"
        answer = self._patiently(lambda: self._ask("GET", path, name, None, {"Accept": _ACCEPTED}))
        if answer.status == 404:
            return False
        self._require(answer, 200)
        # A page that something before the registry gives for every address is not the image.
        return f"sha256:{hashlib.sha256(answer.data).hexdigest()}" == digest

    def push(self, name: str, file: Path, progress: Progress = lambda sent, total: None) -> int:
        """Send the image in an archive, called `name`; return how many bytes of blobs were not there before.

        Raises CloudError where the registry cannot be reached, or takes it not.
        """
        missing = [part for part in archive.blobs(file) if not self._there(name, f"blobs/{part.digest}")]
        total, before = sum(part.size for part in missing), 0
        for part in missing:
            with archive.blob(file, part) as stream:
                self._upload(name, part, stream, partial(_after, progress, before, total))
            before += part.size
        digest = archive.digest(file)
        if missing or not self.holds(name, digest):
            body = archive.manifest(file)
            path, kind = f"/v2/{name}/manifests/{digest}", {"Content-Type": archive.MANIFEST}
            answer = self._patiently(lambda: self._ask("PUT", path, name, body, kind))
            self._require(answer, _CREATED)
        return total

    def _there(self, name: str, what: str, headers: Mapping[str, str] | None = None) -> bool:
        answer = self._patiently(lambda: self._ask("HEAD", f"/v2/{name}/{what}", name, None, headers or {}))
        if answer.status == 307:  # it lies elsewhere, and it is there
            return True
        if answer.status != 404:
            self._require(answer, 200)
        return bool(answer.status == 200)

    def _upload(self, name: str, part: archive.Blob, stream: IO[bytes], sent: Callable[[int], None]) -> None:
        place, offset, broken = "", 0, 0
        while offset < part.size or not place:
            try:
                if broken and place:
                    place, offset = self._resumed(name, place)
                if not place:
                    place, offset = self._begun(name), 0
                stream.seek(offset)
                content = stream.read(_PART)
                headers = {
                    "Content-Type": "application/octet-stream",
                    "Content-Range": f"{offset}-{offset + len(content) - 1}",
                }
                answer = self._send("PATCH", place, name, content, headers)
                if answer.status == 416:  # it has more, or less, than we believe
                    raise _Broken
                self._require(answer, _UPLOADING)
                place, offset = self._located(place, answer), offset + len(content)
                broken = 0
                sent(offset)
            except _Broken as error:
                broken += 1
                if broken == _ATTEMPTS:
                    raise CloudError(self._unreachable(error)) from None
                time.sleep(_PAUSE * 2 ** (broken - 1))
        closing = f"{place}{'&' if '?' in place else '?'}{urlencode({'digest': part.digest})}"
        answer = self._patiently(lambda: self._send("PUT", closing, name, b"", {"Content-Length": "0"}))
        if answer.status == 404 and self._there(name, f"blobs/{part.digest}"):
            return  # it was taken, and only the answer was lost
        self._require(answer, _CREATED)

    def _begun(self, name: str) -> str:
        answer = self._ask("POST", f"/v2/{name}/blobs/uploads/", name, b"", {"Content-Length": "0"})
        self._require(answer, _UPLOADING)
        return self._located(self._base, answer)

    def _resumed(self, name: str, place: str) -> tuple[str, int]:
        """Return where an upload goes on, and how many bytes have arrived; a new one where it knows it no more."""
        answer = self._send("GET", place, name, None, {})
        arrived = re.fullmatch(r"0-([0-9]+)", answer.headers.get("Range", ""))
        # "0-0" says of some registries one byte, of others none: begun anew, nothing is in doubt
        if answer.status != 204 or arrived is None or arrived[1] == "0":
            return "", 0
        return self._located(place, answer), int(arrived[1]) + 1

    def _located(self, before: str, answer: _Answer) -> str:
        given = str(answer.headers.get("Location", ""))
        place = urljoin(before, given) if _secure(given) or "://" not in given else given
        if not _secure(place):
            raise CloudError(self._refused(f"Location: {place.partition('?')[0]}"))
        return place

    def _patiently(self, ask: Callable[[], _Answer]) -> _Answer:
        """Return the answer, asking again where a connection broke."""
        for attempt in range(_ATTEMPTS):
            try:
                return ask()
            except _Broken as error:
                # Who never answered will not; who broke off in the middle may.
                if attempt == _ATTEMPTS - 1 or not self._answered:
                    raise CloudError(self._unreachable(error)) from None
                time.sleep(_PAUSE * 2**attempt)
        raise AssertionError

    def _ask(self, method: str, path: str, name: str, body: bytes | None, headers: Mapping[str, str]) -> _Answer:
        return self._send(method, self._base + path, name, body, headers)

    def _send(self, method: str, url: str, name: str, body: bytes | None, headers: Mapping[str, str]) -> _Answer:
        """Send with the authorisation that the registry asks for; raises _Broken where no answer came."""
        own = self._is_own(url)
        answer = self._once(method, url, body, {**headers, **(self._authorisation(name) if own else {})})
        if answer.status == 401 and own and self._admitted(name, answer.headers.get("WWW-Authenticate", "")):
            answer = self._once(method, url, body, {**headers, **self._authorisation(name)})
        return answer

    def _once(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> _Answer:
        own = self._is_own(url)
        pool = self._own if own else self._others
        try:
            answer = pool.request(method, url, body=body, headers=dict(headers), redirect=False, preload_content=False)
            data = answer.read(_LARGEST + 1, decode_content=False)
            # What is left unread is nobody's next answer.
            (answer.close if len(data) > _LARGEST else answer.release_conn)()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _Broken(self._host if own else urlsplit(url).netloc) from error
        self._answered = True
        if len(data) > _LARGEST:
            raise CloudError(self._refused(f"> {_LARGEST} bytes"))
        return _Answer(answer.status, answer.headers, data)

    def _is_own(self, url: str) -> bool:
        return _origin(url) == _origin(self._base)

    def _authorisation(self, name: str) -> dict[str, str]:
        known = self._tokens.get(name) or self._tokens.get("")
        return {"Authorization": known} if known else {}

    def _admitted(self, name: str, challenge: str) -> bool:
        """Get what the registry asks for; return whether that is something new to try."""
        _, *parts = _CHALLENGE.split(challenge)
        for scheme, rest in zip(parts[::2], parts[1::2], strict=True):
            asked = {key.lower(): quoted or bare for key, quoted, bare in _PARAMETER.findall(rest)}
            if scheme.lower() == "bearer":
                return self._given(name, asked)
            if self._login is not None and "" not in self._tokens:
                self._tokens[""] = self._basic()
                return True
        return False

    def _given(self, name: str, asked: Mapping[str, str]) -> bool:
        """Get a token from whom the registry names; return whether it is another than before."""
        realm = asked.get("realm", "")
        if not _secure(realm):
            raise CloudError(self._refused(f"WWW-Authenticate: Bearer realm={realm}"))
        scopes = self._widened(name, asked.get("scope", ""))
        query = urlencode(
            [*((key, asked[key]) for key in ("service",) if key in asked), *(("scope", s) for s in scopes)]
        )
        headers = {"Authorization": self._basic()} if self._login else {}
        url = f"{realm}{'&' if urlsplit(realm).query else '?'}{query}"
        answer = self._once("GET", url, None, headers)
        if answer.status in (401, 403):
            return False
        try:
            given = json.loads(answer.data) if answer.status == 200 else {}
        except ValueError:
            given = {}
        token = (given.get("token") or given.get("access_token")) if isinstance(given, dict) else None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise CloudError(self._refused(f"{realm}: {answer.status}"))
        known, self._tokens[name] = self._tokens.get(name), f"Bearer {token}"
        return known != self._tokens[name]

    def _widened(self, name: str, asked: str) -> list[str]:
        """Return for what to ask a token: all that was ever asked for, else a look ends the right to go on sending."""
        scopes = self._scopes.setdefault(name, {})
        for scope in asked.split():
            what, _, actions = scope.rpartition(":")
            scopes.setdefault(what, set()).update(actions.split(","))
        return [f"{what}:{','.join(sorted(actions))}" for what, actions in scopes.items()]

    def _basic(self) -> str:
        assert self._login is not None
        return "Basic " + base64.b64encode(f"{self._login.user}:{self._login.password}".encode()).decode()

    def _require(self, answer: _Answer, wanted: int) -> None:
        if answer.status == wanted:
            return
        if answer.status in (401, 403):
            raise CloudError(self._closed())
        raise CloudError(self._refused(f"{answer.status} {_complaint(answer.data)}".strip()))

    def _closed(self) -> Problem:
        known = self._login is not None
        return Problem(
            "GC-IMAGE-013",
            Text(
                f"the registry {self._host} does not let us in",
                f"kho ảnh {self._host} không cho truy cập",
            ),
            Text(
                f"correct user and password: docker login {self._host}"
                if known
                else f"no file knows a user of it: docker login {self._host}, or declare images.credentialsFrom",
                f"sửa tên và mật khẩu: `docker login {self._host}`"
                if known
                else f"chưa có tệp nào ghi tên người dùng: `docker login {self._host}`, "
                "hoặc khai báo `images.credentialsFrom`",
            ),
            value=self._login.user if self._login else None,
        )

    def _unreachable(self, error: _Broken) -> Problem:
        where = str(next(iter(error.args), self._host))
        own = Text(
            f"the registry {self._host} cannot be reached",
            f"không kết nối được tới kho ảnh {self._host}",
        )
        another = Text(
            f"{where}, to which the registry {self._host} sends us, cannot be reached",
            f"không kết nối được tới {where} (kho ảnh {self._host} chuyển tới đó)",
        )
        return Problem(
            "GC-IMAGE-014",
            own if where == self._host else another,
            Text(
                "check its address, the network, and the authority that signed its certificate (images.authorityFrom)",
                "kiểm tra địa chỉ, mạng và nơi ký chứng thư của nó (`images.authorityFrom`)",
            ),
            value=refusal(error.__cause__ or error),
        )

    def _refused(self, said: str) -> Problem:
        return Problem(
            "GC-IMAGE-015",
            Text(f"the registry {self._host} refused", f"kho ảnh {self._host} từ chối"),
            Text(
                "read its answer; it must take OCI images (distribution API 2)",
                "xem câu trả lời của nó; nó phải nhận ảnh OCI (`distribution` API 2)",
            ),
            value=quotation(said),
        )


def _secure(url: str) -> bool:
    """Return whether an address, which somebody else wrote, is one over TLS."""
    try:
        parts = urlsplit(url)
        return bool(parts.scheme == "https" and parts.hostname and parts.port != 0)
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, int]:
    """Return host and port of an address: who is sent what lets us in."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.port or 443


def _after(progress: Progress, before: int, total: int, sent: int) -> None:
    """Tell of a blob that follows others."""
    progress(before + sent, total)


def _complaint(data: bytes) -> str:
    """Return the first error that the registry names."""
    try:
        first = json.loads(data)["errors"][0]
        return f"{first['code']}: {first.get('message', '')}"
    except (ValueError, KeyError, IndexError, TypeError):
        return ""
