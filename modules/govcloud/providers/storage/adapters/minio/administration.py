"""Orders to a MinIO's administration, by MinIO's own library, and what comes back in the reader's words.

Secrets go in bodies that are sealed with the administrator's own, whatever the connection; what is on the address of a
request, and so in a server's log, are names and public halves of keys.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from govcloud.providers.storage import problems
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.refusal import quotation, refusal
from govcloud_base.errors import CloudError, Text

if TYPE_CHECKING:
    from minio import MinioAdmin
    from urllib3 import PoolManager

__all__ = ["ABSENT", "Administration", "Refusal"]

ABSENT: Final = frozenset(
    {
        "XMinioAdminNoSuchGroup",
        "XMinioAdminNoSuchPolicy",
        "XMinioAdminNoSuchUser",
        "XMinioAdminServiceAccountNotFound",
        "XMinioIAMActionNotAllowed",  # it is no user but a user's service account, or a temporary key
        "XMinioInvalidIAMCredentials",  # no such service account, in older words
    }
)
"""Codes with which a server says that it has no such thing."""
_SAID: Final = re.compile(r"Status: (?P<status>\d+), Body: (?P<body>.*)", re.DOTALL)
_CONNECT_SECONDS: Final = 5
_READ_SECONDS: Final = 60
_CONNECTIONS: Final = 8


class Refusal(CloudError):
    """The server did not do what it was told: GC-STORE-031."""

    def __init__(self, order: str, code: str, said: str) -> None:
        self.code = code
        detail = f"{code}: {said}" if said else code
        super().__init__(problems.administration_refused(order, quotation(detail)))


class Administration:
    """One server, and the key that administers it. Every order may be given again, and is where a connection broke."""

    def __init__(self, url: str, region: str, key: AccessKey, authorities: str | None) -> None:
        """`authorities` is a file (PEM) of whom to trust for the server's certificate, None for those of the system."""
        self.key = key
        self._url = url
        self._region = region
        self._authorities = authorities
        self._lock = threading.Lock()
        self._opened: tuple[MinioAdmin, PoolManager] | None = None

    @property
    def orders(self) -> MinioAdmin:
        """The library's client; what it raises is to be :meth:`told`."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened[0]

    @contextmanager
    def told(self, order: str) -> Iterator[None]:
        """Turn whatever an order raises into a CloudError that names it.

        Raises:
            Refusal: GC-STORE-031, the server did not do it.
            CloudError: GC-STORE-003 unreachable or untrusted; GC-STORE-031, its answer makes no sense.
        """
        from minio.error import MinioAdminException
        from urllib3.exceptions import HTTPError

        try:
            yield
        except MinioAdminException as error:
            raise Refusal(order, *_reason(str(error))) from None
        except (HTTPError, OSError) as error:
            raise CloudError(problems.endpoint_unreachable(self._url, refusal(error))) from error
        except ValueError:
            # Not a word of what was answered: it may hold keys.
            unreadable = Text("its answer cannot be read", "không đọc được câu trả lời")
            raise CloudError(problems.administration_refused(order, unreadable)) from None

    def close(self) -> None:
        """Release the connections; the next order opens some again."""
        with self._lock:
            if self._opened is not None:
                self._opened[1].clear()
                self._opened = None

    def _open(self) -> tuple[MinioAdmin, PoolManager]:
        from botocore.httpsession import get_cert_path
        from minio import MinioAdmin
        from minio.credentials.providers import StaticProvider
        from urllib3 import PoolManager, Retry, Timeout

        parts = urlsplit(self._url)
        pool = PoolManager(
            maxsize=_CONNECTIONS,
            ca_certs=self._authorities or get_cert_path(True),  # whom the S3 client trusts
            timeout=Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
            # An order that goes elsewhere is not followed: it is signed for this server.
            retries=Retry(total=3, redirect=False, status_forcelist=(502, 503, 504), backoff_factor=0.2),
        )
        client = MinioAdmin(
            endpoint=parts.netloc,
            credentials=StaticProvider(self.key.access, self.key.secret, self.key.token),
            region=self._region,
            secure=parts.scheme == "https",
            http_client=pool,
        )
        return client, pool


def _reason(message: str) -> tuple[str, str]:
    """Return code and words of a refusal; its HTTP status as code where it has none of its own."""
    found = _SAID.search(message)
    if found is None:
        return "", message[:200]
    try:
        body: Any = json.loads(found["body"])
    except ValueError:
        body = None
    if not isinstance(body, dict) or not body.get("Code"):
        return found["status"], ""
    return str(body["Code"]), str(body.get("Message", ""))
