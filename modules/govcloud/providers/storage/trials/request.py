"""Requests that no client makes: unsigned, signed for what a client does not know, over plain HTTP."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from govcloud.providers.storage.endpoint import AccessKey, Endpoint
from govcloud.providers.storage.trials.recording import Record

if TYPE_CHECKING:
    import urllib3

__all__ = ["Answer", "Requests"]

_CODE: Final = re.compile(rb"<Code>([A-Za-z0-9]{1,80})</Code>")
_SECONDS: Final = 10.0
_MOST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    code: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def good(self) -> bool:
        """Whether the store did, or gave, what it was asked for."""
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the store refused, for want of a right."""
        return self.status in (401, 403)

    @property
    def busy(self) -> bool:
        """Whether the store, or what stands before it, said neither yes nor no."""
        return self.status == 429 or self.status >= 500


class Requests:
    """Sends requests to one store and writes them down."""

    def __init__(self, endpoint: Endpoint, record: Record) -> None:
        self._endpoint, self._record = endpoint, record

    def signed(self, method: str, path: str, query: str = "", body: bytes = b"") -> Answer:
        """Send a request with the provisioner's signature: `path` is `bucket/key`, `query` a sub-resource."""
        assert self._endpoint.key is not None
        return self._send("", method, path, query, body, self._signature(self._endpoint.key, method, path, query, body))

    def anonymous(
        self, method: str, path: str, query: str = "", body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request without any signature."""
        return self._send("anonymous", method, path, query, body, headers or {})

    def url(self, who: str, method: str, url: str, shown: str) -> Answer:
        """Send a request to a URL that carries its own signature; `shown` stands for it in the record."""
        return self._asked(who, method, url, b"", {}, shown)

    def _send(self, who: str, method: str, path: str, query: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        asked = f"?{query}" if query else ""
        key = path.partition("/")[2]
        url = f"{self._endpoint.url}/{path}{asked}"
        return self._asked(who, method, url, body, headers, f"{method} {key}{asked}".strip())

    def _asked(self, who: str, method: str, url: str, body: bytes, headers: Mapping[str, str], shown: str) -> Answer:
        import urllib3

        sent = f"{who}: {shown}" if who else shown
        pool = self._pool()
        try:
            got = pool.request(
                method, url, body=body or None, headers=dict(headers), redirect=False, preload_content=False
            )
            try:
                content = got.read(_MOST_BYTES)
            finally:
                got.release_conn()
        except urllib3.exceptions.HTTPError as error:
            self._record.note(sent, type(error).__name__)
            raise
        finally:
            pool.clear()
        found = _CODE.search(content)
        code = found.group(1).decode() if found else ""
        self._record.note(sent, f"{got.status} {code}".strip())
        return Answer(got.status, code, content, got.headers)

    def _pool(self) -> urllib3.PoolManager:
        import urllib3

        return urllib3.PoolManager(ca_certs=self._endpoint.ca_bundle, retries=False, timeout=_SECONDS)

    def _signature(self, key: AccessKey, method: str, path: str, query: str, body: bytes) -> dict[str, str]:
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        asked = f"?{query}" if query else ""
        request = AWSRequest(method, f"{self._endpoint.url}/{path}{asked}", data=body)
        request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(body).hexdigest()
        credentials = Credentials(key.access, key.secret, key.token)
        S3SigV4Auth(credentials, "s3", self._endpoint.region).add_auth(request)
        return dict(request.headers.items())
