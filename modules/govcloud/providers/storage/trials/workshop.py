"""All that one whole probe makes in a store: buckets, and identities beside the provisioner; and how it goes again."""

from __future__ import annotations

import contextlib
import datetime
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from govcloud.providers.storage import scratch
from govcloud.providers.storage.endpoint import AccessKey

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

    from govcloud.providers.storage.store import Store

__all__ = ["RETENTION", "Stranger", "Workshop"]

RETENTION: Final = datetime.timedelta(seconds=6)
"""How long versions are locked: long enough to be tried, and soon over."""
_PAUSE: Final = 0.2
Document = Mapping[str, object]


@dataclass
class Stranger:
    """A scratch identity."""

    name: str
    principal: str
    """ARN that a bucket policy names."""
    key: AccessKey = field(repr=False)
    s3: S3Client = field(repr=False)
    allow: Callable[[Document], None] = field(repr=False)
    """Makes a document its only policy."""


class Workshop:
    """Makes scratch buckets and identities in one store, and removes them. Safe in several threads.

    `patience` is how many seconds an effect may take to show; `stopped` ends all waiting.
    """

    def __init__(self, store: Store, patience: float, stopped: threading.Event) -> None:
        self.store, self.patience, self.stopped = store, patience, stopped
        self._lock = threading.Lock()
        self._buckets: list[str] = []
        self._identities: list[str] = []

    def sweep(self) -> list[str]:
        """Remove what killed runs left; return the names of what went."""
        now = datetime.datetime.now(datetime.UTC)
        s3 = self.store.s3
        identities = scratch.sweep_identities(s3, self.store.adapter.delete_identity, now)
        return [*identities, *scratch.sweep(s3, now)]

    def bucket(self, *, locked: bool = False) -> str:
        """Make a scratch bucket and return its name; it goes at the end."""
        name = scratch.make(self.store.s3, locked=locked)
        with self._lock:
            self._buckets.append(name)
        return name

    @contextmanager
    def identity(self, document: Document) -> Iterator[Stranger]:
        """Make an identity that may do what `document` says, and remove it."""
        s3, adapter, name = self.store.s3, self.store.adapter, scratch.title()
        scratch.announce(s3, name)
        with self._lock:
            self._identities.append(name)
        try:
            key = adapter.create_identity(name)
            adapter.set_policy(name, document)
            own = self.store.client(key)
            try:
                yield Stranger(name, adapter.principal(name), key, own, lambda new: adapter.set_policy(name, new))
            finally:
                own.close()
        finally:
            adapter.delete_identity(name)
            scratch.forget(s3, name)
            with self._lock:
                self._identities.remove(name)

    def until(self, shown: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait until something shows; tell whether it did before patience ended."""
        end = time.monotonic() + (self.patience if seconds is None else seconds)
        while not shown():
            if time.monotonic() > end or self.stopped.wait(_PAUSE):
                return shown()
        return True

    def close(self) -> list[str]:
        """Remove what was made, waiting for what a trial has locked; return the names of what could not be removed."""
        from botocore.exceptions import BotoCoreError, ClientError

        end = time.monotonic() + RETENTION.total_seconds() + self.patience
        left = list(self._buckets)
        while left:
            remaining = []
            for name in left:
                gone = False
                with contextlib.suppress(ClientError, BotoCoreError):
                    gone = scratch.remove(self.store.s3, name)
                if not gone:
                    remaining.append(name)
            left = remaining
            if time.monotonic() > end:
                break
            time.sleep(_PAUSE if left else 0)
        return [*left, *self._identities]
