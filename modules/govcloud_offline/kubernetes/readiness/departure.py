"""Waiting for an object to be gone."""

from __future__ import annotations

import time
from typing import Final

from govcloud_base.discovery import Served
from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.cluster import CancelledError, Cluster
from govcloud_offline.kubernetes.engine import Log
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.readiness.holding import finalizers, holders
from govcloud_offline.kubernetes.readiness.waiting import pauses

__all__ = ["DELETION_TIMEOUT", "NotGoneError", "wait_deleted"]

DELETION_TIMEOUT: Final = 600.0  # seconds


class NotGoneError(Exception):
    """The object is still there."""

    def __init__(self, message: str, live: Manifest, reasons: tuple[str, ...]) -> None:
        # The engine shows no more of a failed deletion than its message: what holds the object belongs into it.
        super().__init__("".join((message, *(f"\n  - {reason}" for reason in reasons))))
        self.live = live


def wait_deleted(cluster: Cluster, resource: Served, live: Manifest, timeout: float, log: Log) -> None:
    """Return once the object is gone, or another one has its name.

    Raises :class:`NotGoneError` after `timeout` seconds or when interrupted, with what holds the object.
    """
    deadline = time.monotonic() + timeout
    following = pauses()
    uid, path, place = live.uid, live.path(resource), f"{resource.kind} {live.identifier}"
    while True:
        try:
            live = cluster.read(path)
        except ApiError as error:
            if error.missing:
                return
            raise
        if uid and live.uid != uid:
            return
        held = ", ".join(finalizers(live))
        log.progress(f"Waiting until the {place} is gone" + (f" (finalizers: {held})" if held else ""))
        if time.monotonic() >= deadline:
            message = f"{place} is still there {timeout:g} s after its deletion"
            raise NotGoneError(message, live, holders(cluster, live))
        try:
            cluster.pause(following())
        except CancelledError:
            message = f"interrupted before the {place} was gone"
            raise NotGoneError(message, live, holders(cluster, live)) from None
