"""Looking whether something serves: one HTTPS request, also inside the cloud's network namespace."""

from __future__ import annotations

import ctypes
import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from govcloud.refusal import quotation, refusal
from govcloud_base.errors import Text
from govcloud_local.access.pki import Pair
from govcloud_local.daemons.component import NODE_INIT, Home
from govcloud_local.daemons.process import Process
from govcloud_local.settings import Settings

__all__ = ["beats", "connect", "http_get", "http_request", "no_answer"]

_PATIENCE = 2.0


def beats(beat: Path, pause: float) -> Text | None:
    """Return None when a daemon that touches `beat` every `pause` seconds has lately done so, else what is missing."""
    try:
        age = time.time() - beat.stat().st_mtime
    except FileNotFoundError:
        return Text("no round has ended yet", "chưa có lượt nào kết thúc")
    if age < 8 * pause:
        return None
    return Text(
        f"the last round that succeeded was {age:.0f} s ago", f"lượt thành công gần nhất cách đây {age:.0f} giây"
    )


def http_get(
    settings: Settings, url: str, *, ca: Path | None, pair: Pair | None = None, within: Home = Home.HOST
) -> Text | None:
    """Return None when a GET of `url` answers 2xx, else one line saying what it answered.

    With `ca` None the server's certificate is not checked: only for a health port with a self-made certificate on
    the cloud's own loopback, where the answer is a word and nothing is sent.
    """
    try:
        status, body = http_request(settings, "GET", url, ca=ca, pair=pair, within=within)
    except (OSError, http.client.HTTPException) as error:
        return no_answer(url, error)
    if 200 <= status < 300:
        return None
    said = body.decode(errors="replace").strip().splitlines()
    found = Text(f"{url} answers {status}", f"{url} trả lời {status}")
    return Text.joined((found, quotation(said[0][:200])), ": ") if said else found


def no_answer(where: str, error: BaseException) -> Text:
    """Return that nobody answered, with the reason of the system."""
    reason = refusal(error)
    return Text(f"no answer from {where}: {reason.en}", f"{where} không trả lời: {reason.vi}")


def http_request(
    settings: Settings,
    method: str,
    url: str,
    *,
    ca: Path | None,
    pair: Pair | None = None,
    within: Home = Home.HOST,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> tuple[int, bytes]:
    """Send one request over a connection of its own; return (status, body).

    Raises OSError or http.client.HTTPException when there is no answer within two seconds.
    """
    parts = urlsplit(url)
    if parts.hostname is None or parts.port is None:
        raise ValueError(f"{url} names no host and port")
    raw = connect(settings, parts.hostname, parts.port, within)
    try:
        if parts.scheme == "https":
            context = _context(
                str(ca) if ca else None, *(map(str, (pair.certificate, pair.key)) if pair else (None, None))
            )
            raw = context.wrap_socket(raw, server_hostname=parts.hostname)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=_PATIENCE)
        connection.sock = raw
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target or "/", body=body or None, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        raw.close()


def connect(settings: Settings, host: str, port: int, within: Home = Home.HOST) -> socket.socket:
    """Return a TCP connection made from the machine's or the cloud's network namespace.

    Raises OSError when it cannot be made, also when that namespace is gone.
    """
    if within is Home.HOST or not settings.full:
        return socket.create_connection((host, port), timeout=_PATIENCE)
    node = Process.load(settings.run / f"{NODE_INIT}.json")
    if node is None or not node.alive():
        raise ConnectionError("the cloud's network namespace is gone")
    result: list[socket.socket | OSError] = []

    def inside() -> None:
        # a thread has a network namespace of its own; the socket keeps the one that it was made in
        try:
            _enter(f"/proc/{node.pid}/ns/net")
            result.append(socket.create_connection((host, port), timeout=_PATIENCE))
        except OSError as error:
            result.append(error)

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    if isinstance(result[0], OSError):
        raise result[0]
    return result[0]


def _enter(path: str) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(handle, 0x40000000) != 0:  # CLONE_NEWNET
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(handle)


@lru_cache(maxsize=32)
def _context(ca: str | None, certificate: str | None, key: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca)
    if ca is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate, key)
    return context
