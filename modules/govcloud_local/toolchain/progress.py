"""How far a run of builds is, and how long it will still take: estimated from measured weights."""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["Estimate", "Phase", "Progress", "Report"]


class Phase(enum.StrEnum):
    """What happens to a tool."""

    INSTALLING = "installing"
    """The Go compiler is fetched from PyPI."""
    WAITING = "waiting"
    """Another run builds it; this one takes its result."""
    BUILDING = "building"
    BUILT = "built"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """One report about one tool within a run."""

    tool: str
    phase: Phase
    detail: str
    """What the build printed last: a module being downloaded, a package being compiled. May be empty."""
    fraction: float
    """Of the whole run, 0 to 1; never goes back."""
    seconds_left: float
    """Of the whole run; an estimate."""


Report = Callable[[Progress], None]
"""Called from the thread that called `resolve`, at every change of phase and about once a second."""


class Estimate:
    """Turns weights (seconds on the reference machine) and a clock into a fraction and a time left.

    The reference machine's seconds are scaled by what this machine took for the tools that it has finished;
    until the first is done, the scale is 1.
    """

    def __init__(self, weights: Mapping[str, float], clock: Callable[[], float] = time.monotonic) -> None:
        self._weights = dict(weights)
        self._clock = clock
        self._started: dict[str, float] = {}
        self._took: dict[str, float] = {}
        self._fraction = 0.0
        self._lock = threading.Lock()

    def start(self, tool: str) -> None:
        """Note that work on a tool begins."""
        with self._lock:
            self._started[tool] = self._clock()

    def finish(self, tool: str) -> None:
        """Note that work on a tool has ended, well or badly."""
        with self._lock:
            self._took[tool] = self._clock() - self._started.get(tool, self._clock())

    def now(self) -> tuple[float, float]:
        """Return the fraction done and the seconds left."""
        with self._lock:
            known = sum(self._weights[tool] for tool in self._took)
            scale = max(sum(self._took.values()), 0.001) / known if known else 1.0
            done, left = known, 0.0
            for tool, weight in self._weights.items():
                if tool in self._took:
                    continue
                passed = self._clock() - self._started[tool] if tool in self._started else 0.0
                # One that takes longer than expected: a quarter of what it took already is still to come.
                rest = max(weight * scale - passed, passed / 4)
                done += weight * passed / (passed + rest)
                left += rest
            total = sum(self._weights.values())
            self._fraction = max(self._fraction, done / total if total else 1.0)
            return self._fraction, left
