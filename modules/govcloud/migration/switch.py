"""The handing over of a bucket that nobody writes into: the last increment, and the proof that nothing is missing."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

from govcloud.migration.comparison import Compared, Differing, compare
from govcloud.migration.copying import Copied, copy, renewed
from govcloud.migration.histories import histories
from govcloud.migration.way import Way

__all__ = ["Handed", "hand_over"]

_ROUNDS = 3
"""Times that something may still arrive: what was accepted before the writing was stopped, and was long under way."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of it."""

    copied: Copied
    """What the last increment was."""
    compared: Compared
    """What was read on both sides at the end, with what still differs."""
    mended: tuple[Differing, ...]
    """What differed at first, and was copied anew."""
    still: bool
    """Whether nothing arrived at the source any more while all was compared."""

    @property
    def whole(self) -> bool:
        """Whether the target has all that the source has, and nothing else."""
        return self.still and not self.compared.differing and not self.copied.failed


def hand_over(
    way: Way,
    *,
    stop: threading.Event | None = None,
    told: Callable[[int, int], None] = lambda number, size: None,
    failed: Callable[[str, BaseException | None], None] = lambda key, error: None,
) -> Handed:
    """Copy what is left and compare all, until the source was the same before a comparison and behind it.

    What differs is copied anew once. Raises as :func:`copy` and :func:`compare`.
    """
    copied = copy(way, stop=stop, failed=failed)
    mended: tuple[Differing, ...] = ()
    for number in range(_ROUNDS):
        if number:
            copied.failed = copy(way, stop=stop, failed=failed).failed
        before = _seen(way)
        compared = compare(way, stop=stop, told=told)
        if compared.differing and not mended:
            mended = tuple(compared.differing)
            for one in mended:
                renewed(way, one.history, one.lying)
        elif _seen(way) == before:
            return Handed(copied, compared, mended, still=True)
    return Handed(copied, compared, mended, still=False)


def _seen(way: Way) -> int:
    """Return a number that is another once anything at the source is; in whatever order it is listed."""
    total = 0
    for history in histories(way.source.s3, way.bucket, versioned=way.versioned):
        total += int.from_bytes(hashlib.sha256(repr(history).encode("utf-8", "surrogatepass")).digest(), "big")
    return total
