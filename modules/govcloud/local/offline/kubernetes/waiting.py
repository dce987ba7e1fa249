"""Waiting for an object to become what it is for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from govcloud.local.offline.kubernetes import metadata
from govcloud.local.offline.kubernetes.api_error import ApiError
from govcloud.local.offline.kubernetes.cluster import CancelledError, Cluster
from govcloud.local.offline.kubernetes.discovery import Resource
from govcloud.local.offline.kubernetes.engine import Log, Severity

__all__ = ["DELETION_TIMEOUT", "Judge", "NotReadyError", "Verdict", "pauses", "wait_deleted", "wait_ready"]

DELETION_TIMEOUT: Final = 600.0  # seconds
_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an awaiter thinks of an object."""

    ready: bool
    message: str = ""
    """What is being waited for, for the user."""
    problems: tuple[str, ...] = field(default=())
    """What seems to be wrong, told if the wait fails."""
    hopeless: bool = False
    """It will not become ready."""
    severity: Severity = Severity.INFO
    ready_after: float | None = None
    """Ready all the same once nothing has changed for so many seconds; a single look finds nothing wrong."""


Judge = Callable[[Cluster, dict[str, Any]], Verdict]


class NotReadyError(Exception):
    """The object exists but did not become ready (or did not go away)."""

    def __init__(self, message: str, live: dict[str, Any], reasons: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.live = live
        self.reasons = reasons


def pauses(longest: float = _LONGEST_PAUSE) -> Callable[[], float]:
    """Return a function that gives the next pause in seconds: short ones first, up to `longest`."""
    pause = _FIRST_PAUSE

    def following() -> float:
        nonlocal pause
        current, pause = pause, min(pause * 1.6, longest)
        return current

    return following


def wait_ready(
    cluster: Cluster, resource: Resource, live: dict[str, Any], judge: Judge, timeout: float, log: Log
) -> dict[str, Any]:
    """Return the object once `judge` finds it ready. Raises :class:`NotReadyError` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    following = pauses()
    name = metadata.name_of(live)
    unsettled = time.monotonic()
    while True:
        verdict = judge(cluster, live)
        now = time.monotonic()
        if verdict.message:
            log.progress(verdict.message, verdict.severity)
        if verdict.ready_after is None:
            unsettled = now
        elif now >= min(unsettled + verdict.ready_after, deadline):
            return live
        if verdict.ready:
            return live
        if verdict.hopeless:
            raise NotReadyError(f"Resource '{name}' was created but failed to initialize", live, verdict.problems)
        if now >= deadline:
            raise NotReadyError(f"'{name}' timed out waiting to be Ready", live, verdict.problems)
        try:
            cluster.pause(following())
        except CancelledError:
            raise NotReadyError(f'Resource operation was cancelled for "{name}"', live, verdict.problems) from None
        live = cluster.client.request("GET", resource.path(live))


def wait_deleted(
    cluster: Cluster, resource: Resource, live: dict[str, Any], uid: str, timeout: float, log: Log
) -> None:
    """Return once the object is gone, or another one has its name. Raises :class:`NotReadyError`."""
    deadline = time.monotonic() + timeout
    following = pauses()
    name = metadata.name_of(live)
    while True:
        try:
            live = cluster.client.request("GET", resource.path(live))
        except ApiError as error:
            if error.missing:
                return
            raise
        if uid and live["metadata"].get("uid") != uid:
            return
        log.progress("Resource scheduled for deletion")
        left = tuple(
            f"[{condition.get('type')}] {condition.get('message')}"
            for condition in (live.get("status") or {}).get("conditions") or ()
            if resource.kind.name == "Namespace" and condition.get("status") == "True"
        )
        finalizers = live["metadata"].get("finalizers")
        reasons = (*left, f"finalizers that remain: {', '.join(finalizers)}") if finalizers else left
        if time.monotonic() >= deadline:
            raise NotReadyError(f"'{name}' timed out waiting to be deleted", live, reasons)
        try:
            cluster.pause(following())
        except CancelledError:
            raise NotReadyError(f'Resource operation was cancelled for "{name}"', live, reasons) from None
