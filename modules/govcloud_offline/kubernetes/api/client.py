"""Requests to a Kubernetes API server over a bounded pool of keep-alive connections."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import urllib3

from govcloud_offline.kubernetes.api.api_error import ApiError, UnreachableError
from govcloud_offline.kubernetes.api.kubeconfig import Access

__all__ = ["Client"]

# The official client sends at most 50 requests a second; a bound on those under way protects the server as well
# and lets a quick server be quick.
_CONNECTIONS: Final = 12
_RETRIES: Final = 4
_TOO_MANY_REQUESTS: Final = 429
# RFC 7234 section 5.5, as API servers write it: 299 - "unknown field \"spec.x\"".
_WARNING: Final = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')


class Client:
    """One API server. Safe for many threads."""

    def __init__(self, access: Access, timeout: float, agent: str = "pulumi-kubernetes (govcloud offline)") -> None:
        parts = urlsplit(access.server)
        self.server = access.server
        self._prefix = parts.path
        headers = {"Accept": "application/json", "User-Agent": agent, **access.headers}
        limits = urllib3.Timeout(connect=min(timeout, 5.0), read=timeout)
        host, port = parts.hostname or "", parts.port
        if access.tls is None:
            self._pool: urllib3.HTTPConnectionPool = urllib3.HTTPConnectionPool(
                host, port or 80, maxsize=_CONNECTIONS, block=True, timeout=limits, headers=headers
            )
        else:
            self._pool = urllib3.HTTPSConnectionPool(
                host,
                port or 443,
                maxsize=_CONNECTIONS,
                block=True,
                timeout=limits,
                headers=headers,
                ssl_context=access.tls,
                assert_hostname=access.server_name,
                server_hostname=access.server_name,
            )

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        warn: Callable[[str], None] = lambda text: None,
    ) -> Any:
        """Send a request and return the decoded answer; tell `warn` what the server warns of.

        Reads are repeated when the connection breaks; writes only where the server never saw them or asked us to
        come back later. Raises :class:`ApiError` for a refusal, :class:`UnreachableError` for no answer.
        """
        url = self._prefix + path + (f"?{urlencode(query)}" if query else "")
        headers = dict(self._pool.headers)
        content = None
        if body is not None:
            content = json.dumps(body, separators=(",", ":")).encode()
            headers["Content-Type"] = content_type
        retries = urllib3.Retry(
            total=_RETRIES,
            connect=1,
            read=2 if method == "GET" else 0,
            redirect=0,
            status=_RETRIES,
            status_forcelist=[_TOO_MANY_REQUESTS],
            allowed_methods=None,
            backoff_factor=0.2,
            raise_on_status=False,
        )
        try:
            response = self._pool.urlopen(method, url, body=content, headers=headers, retries=retries)
        except urllib3.exceptions.HTTPError as error:
            cause = getattr(error, "reason", None) or error
            raise UnreachableError(f"{method} {self.server}: {cause}") from error
        document = _decoded(response.status, response.data)
        for header in response.headers.getlist("Warning"):
            for text in _WARNING.findall(header):
                warn(text.replace('\\"', '"').replace("\\\\", "\\"))
        return document

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


def _decoded(status: int, data: bytes) -> Any:
    try:
        document = json.loads(data) if data else {}
    except ValueError:
        document = {}
        if status < 400:
            raise UnreachableError("the server answers, but not like a Kubernetes API server") from None
    if status < 400:
        return document
    if document.get("kind") == "Status":
        raise ApiError(
            code=int(document.get("code") or status),
            reason=str(document.get("reason") or ""),
            message=str(document.get("message") or f"the server answered {status}"),
            details=document.get("details") or {},
        )
    text = data[:200].decode(errors="replace").strip()
    raise ApiError(code=status, reason="", message=f"the server answered {status}: {text}")
