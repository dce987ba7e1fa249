"""Waiting for an object to become what it is for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from govcloud_base.discovery import Served
from govcloud_offline.kubernetes.api.cluster import CancelledError, Cluster
from govcloud_offline.kubernetes.engine import Log, Severity
from govcloud_offline.kubernetes.inputs.manifest import Manifest

__all__ = ["Judge", "NotReadyError", "Verdict", "pauses", "wait_ready"]

_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 1.0
_EXPLAINED_EVERY: Final = 2.0
"""What starts within two seconds needs no explanation, and the cluster is not asked more often."""
_HINTS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an awaiter thinks of an object."""

    ready: bool
    message: str = ""
    """What is being waited for, for the user."""
    problems: tuple[str, ...] = ()
    """What the object itself says is wrong, told if the wait fails."""
    hopeless: bool = False
    """It will not become ready."""
    ready_after: float | None = None
    """Ready all the same once nothing has changed for so many seconds; a single look finds nothing wrong."""
    explain: Callable[[], tuple[str, ...]] = tuple
    """Asks the cluster what is wrong around the object: shown while waiting, told if the wait fails."""

    def reasons(self) -> tuple[str, ...]:
        """Return all that is known to be wrong."""
        return tuple(dict.fromkeys((*self.problems, *self.explain())))


Judge = Callable[[Cluster, Manifest], Verdict]


class NotReadyError(Exception):
    """The object exists but did not become ready."""

    def __init__(self, message: str, live: Manifest, reasons: tuple[str, ...] = ()) -> None:
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


def wait_ready(cluster: Cluster, resource: Served, live: Manifest, judge: Judge, timeout: float, log: Log) -> Manifest:
    """Return the object once `judge` finds it ready. Raises :class:`NotReadyError` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    following = pauses()
    name, path = live.name, live.path(resource)
    unsettled = explained = time.monotonic()
    hints: tuple[str, ...] = ()
    while True:
        verdict = judge(cluster, live)
        now = time.monotonic()
        if not verdict.ready and now >= explained + _EXPLAINED_EVERY:
            hints, explained = verdict.explain(), now
        if verdict.message:
            log.progress(*_line(verdict, hints))
        if verdict.ready_after is None:
            unsettled = now
        elif now >= min(unsettled + verdict.ready_after, deadline):
            return live
        if verdict.ready:
            return live
        if verdict.hopeless:
            raise NotReadyError(f"{name} will not become ready", live, verdict.reasons())
        if now >= deadline:
            raise NotReadyError(f"{name} was not ready in time", live, verdict.reasons())
        try:
            cluster.pause(following())
        except CancelledError:
            raise NotReadyError(f"interrupted while waiting for {name}", live, verdict.reasons()) from None
        live = cluster.read(path)


def _line(verdict: Verdict, hints: tuple[str, ...]) -> tuple[str, Severity]:
    """Return the line of progress: what is waited for, and what is known to stand in its way."""
    if verdict.ready or not hints:
        return verdict.message, Severity.ERROR if verdict.hopeless else Severity.INFO
    return f"{verdict.message}: {'; '.join(hints[:_HINTS_SHOWN])}", Severity.WARNING
