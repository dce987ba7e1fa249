"""One object store: its clients, its dialect and what it was seen to be able to do, made once and shared."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

from govcloud.providers.storage import problems
from govcloud.providers.storage.adapters import Adapter, adapter_named
from govcloud.providers.storage.capabilities import Capabilities, known_or_probed
from govcloud.providers.storage.endpoint import AccessKey, Endpoint, client, error_code, reported
from govcloud.providers.storage.everybody import Everybody
from govcloud.refusal import refusal
from govcloud_base.errors import CloudError, Text

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from urllib3 import PoolManager

__all__ = ["Store"]

_BUSY: Final = (429, 500, 502, 503, 504)
"""Answers that are neither yes nor no."""
_TRIES, _PAUSE_SECONDS, _ANSWER_SECONDS = 2, 0.1, 10
_CONNECTIONS: Final = 8
"""Of a reader without a key that are kept open; more may be opened at once."""


class Store:
    """What the functions of :mod:`.bucket` and :mod:`.identity` work on.

    Nothing is opened before it is used, so a store that is down, or not there yet, does not hinder a preview.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        environment: Mapping[str, str],
        *,
        s3: S3Client | None = None,
        adapter: Adapter | None = None,
        capabilities: Capabilities | None = None,
        anonymous: Callable[[str], int] | None = None,
        clock: Callable[[], datetime.datetime] | None = None,
    ) -> None:
        """The keyword arguments replace what would otherwise be made from `endpoint` and `environment`."""
        self.endpoint = endpoint
        self._environment = environment
        self._lock = threading.Lock()
        self._bucket_locks: dict[str, threading.Lock] = {}
        self._s3 = s3
        self._adapter = adapter
        self._capabilities = capabilities
        self._anonymous = anonymous
        self._clock = clock
        self._without_key: PoolManager | None = None
        self.everybody = Everybody(lambda: self.adapter)

    @property
    def s3(self) -> S3Client:
        """The client with the provisioner's key."""
        with self._lock:
            if self._s3 is None:
                self._s3 = client(self.endpoint)
            return self._s3

    @property
    def adapter(self) -> Adapter:
        """The server's dialect."""
        with self._lock:
            if self._adapter is None:
                self._adapter = adapter_named(self.endpoint, self._environment)
            return self._adapter

    @property
    def _strangers(self) -> PoolManager:
        """Connections of a reader without a key, which are kept: each new one costs more than what is asked over it."""
        import urllib3

        with self._lock:
            if self._without_key is None:
                again = urllib3.Retry(
                    total=_TRIES,
                    status_forcelist=_BUSY,
                    backoff_factor=_PAUSE_SECONDS,
                    backoff_jitter=_PAUSE_SECONDS,
                    raise_on_status=False,
                )
                self._without_key = urllib3.PoolManager(
                    maxsize=_CONNECTIONS, ca_certs=self.endpoint.ca_bundle, retries=again, timeout=_ANSWER_SECONDS
                )
            return self._without_key

    @property
    def capabilities(self) -> Capabilities:
        """What the store was seen to do; probed by effect the first time, remembered in the store itself."""
        s3 = self.s3
        with self._lock:
            if self._capabilities is None:
                with self.reported(Text("the probe of its capabilities", "việc dò khả năng của nó")):
                    self._capabilities = known_or_probed(s3)
            return self._capabilities

    def lock_of(self, bucket: str) -> threading.Lock:
        """Return the lock of what several resources write to in one bucket."""
        with self._lock:
            return self._bucket_locks.setdefault(bucket, threading.Lock())

    def now(self) -> datetime.datetime:
        """Return the time, in UTC."""
        return self._clock() if self._clock else datetime.datetime.now(datetime.UTC)

    def client(self, key: AccessKey) -> S3Client:
        """Return a client with somebody else's key, to try what that key can do."""
        return client(self.endpoint, key)

    def reported(self, action: Text) -> AbstractContextManager[None]:
        """See :func:`govcloud.providers.storage.endpoint.reported`."""
        return reported(action, self.endpoint)

    def anonymous_status(self, path: str) -> int:
        """Return the HTTP status that a reader without a key gets for `path` (`bucket/key?query`).

        Raises:
            CloudError: GC-STORE-003, nothing answers; GC-STORE-004, the store is busy, fails or leads
                elsewhere, so that nobody knows.
        """
        if self._anonymous is not None:
            return self._anonymous(path)
        from urllib3.exceptions import HTTPError

        try:
            # A store that leads elsewhere has told nothing: what is there may be open to all.
            status = self._strangers.request("GET", f"{self.endpoint.url}/{path}", redirect=False).status
        except HTTPError as error:
            raise CloudError(problems.endpoint_unreachable(self.endpoint.url, refusal(error))) from error
        if status in _BUSY or 300 <= status < 400:
            action = Text("a question without a key", "một yêu cầu không có khóa")
            raise CloudError(problems.store_refused(action, str(status), path))
        return status

    def exists(self, bucket: str) -> bool:
        """Say whether the bucket exists; only a clear 404 means that it does not."""
        from botocore.exceptions import ClientError

        with self.reported(Text(f"HeadBucket {bucket}", f"việc tìm kho {bucket}")):
            try:
                self.s3.head_bucket(Bucket=bucket)
            except ClientError as error:
                if error_code(error) in ("404", "NoSuchBucket"):
                    return False
                raise
        return True

    def close(self) -> None:
        """Release processes and connections; the store can be used again afterwards."""
        with self._lock:
            if self._adapter is not None:
                self._adapter.close()
            if self._s3 is not None:
                self._s3.close()
                self._s3 = None
            if self._without_key is not None:
                self._without_key.clear()
                self._without_key = None
