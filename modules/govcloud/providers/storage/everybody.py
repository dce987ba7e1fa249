"""Identities for who reads many in a row: one after the other, or all in one listing once that has become the cheaper.

A store may know thousands and a stack three. So a listing is taken when reading one by one has taken as long as the
last listing took: the two together never take more than twice what the better of them would have.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from govcloud.providers.storage.adapters import Adapter, LiveIdentity

__all__ = ["Everybody"]

_FRESH_SECONDS: Final = 2.0
"""For so long a listing answers, and for so long what was spent counts: what a read tells is no older than this."""
_FIRST_SECONDS: Final = 0.1
"""What a listing is thought to take before one was taken."""


class Everybody:
    """What one process read of one store's identities a moment ago; every method may be called in several threads."""

    def __init__(self, adapter: Callable[[], Adapter], clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._adapter = adapter
        self._clock = clock
        self._lock = threading.Lock()
        self._listed: Mapping[str, LiveIdentity] | None = None
        self._since = float("-inf")
        self._spent = 0.0
        self._listing_seconds = _FIRST_SECONDS

    def identity(self, name: str) -> LiveIdentity | None:
        """Return the identity as it is, or was at most two seconds ago and after every change by this process."""
        adapter = self._adapter()
        if not adapter.lists_in_bulk:
            return adapter.identity(name)
        with self._lock:
            begun = self._clock()
            if begun - self._since > _FRESH_SECONDS:
                self._listed, self._since, self._spent = None, begun, 0.0
            if self._listed is None and self._spent >= self._listing_seconds:
                self._listed = {live.name: live for live in adapter.identities()}
                self._since, self._listing_seconds = begun, self._clock() - begun
            if self._listed is not None:
                return self._listed.get(name)
            # Under the lock, as what administers such a server takes one order at a time anyway.
            found = adapter.identity(name)
            self._spent += self._clock() - begun
            return found

    def forget(self) -> None:
        """Look again from now on: this process has changed an identity. Waits for a listing that is under way."""
        with self._lock:
            self._listed = None
