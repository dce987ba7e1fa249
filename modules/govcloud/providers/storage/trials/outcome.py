"""What came of a trial: works, does not, or could not be tried, with what was sent and what came back."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from govcloud_base.errors import Text

__all__ = ["WORKS", "Exchange", "Outcome", "Said", "Verdict", "does_not", "untried"]


class Verdict(enum.StrEnum):
    """What is known of a capability after its trial."""

    WORKS = "works"
    """Seen to have its effect."""
    DOES_NOT = "does-not"
    """Refused, without effect, or harmful to the bucket or what is in it."""
    UNTRIED = "untried"
    """Nobody could look: the store did not answer, or what the trial needs is not there. Never taken for either."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a trial itself tells: its verdict, and why where it is not that it works."""

    verdict: Verdict
    reason: Text | None = None


WORKS = Said(Verdict.WORKS)


def does_not(en: str, vi: str) -> Said:
    """Say that the capability has not its effect."""
    return Said(Verdict.DOES_NOT, Text(en, vi))


def untried(en: str, vi: str) -> Said:
    """Say that it could not be tried."""
    return Said(Verdict.UNTRIED, Text(en, vi))


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question to the store and its answer; neither holds a key, a signature or a name of a host."""

    sent: str
    """`PutBucketTagging`, before it whose key it was where not the provisioner's: `identity: GetObject canary`."""
    got: str
    """HTTP status and error code, or what became of the connection: `403 AccessDenied`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trial that has ended."""

    verdict: Verdict
    reason: Text | None
    evidence: tuple[Exchange, ...]
    seconds: float
