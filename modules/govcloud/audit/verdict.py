"""Verdicts of a check and the order in which they outweigh each other."""

from __future__ import annotations

import enum
from collections.abc import Iterable

__all__ = ["Verdict", "worst"]


class Verdict(enum.StrEnum):
    """What a check found. Declared worst first: the order of the members is the precedence."""

    FAIL = "FAIL"
    """A violation was seen, and is named."""
    ERROR = "ERROR"
    """The check could not look, or what it saw proves nothing."""
    MISSING = "MISSING"
    """There is no evidence at all."""
    STALE = "STALE"
    """The evidence is older than the control allows."""
    INCONSISTENT = "INCONSISTENT"
    """The same check answered differently in places that must agree."""
    MANUAL = "MANUAL"
    """A person must attest it."""
    WAIVED = "WAIVED"
    """A violation that an approved, unexpired waiver covers."""
    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    """Everything declared was examined and met the control."""


_PRECEDENCE = {verdict: weight for weight, verdict in enumerate(Verdict)}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that outweighs the others; MISSING where there is none, for nothing passes by
    default."""
    return min(verdicts, key=_PRECEDENCE.__getitem__, default=Verdict.MISSING)
