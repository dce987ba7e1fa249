"""Waiting for a cloud: bounded, and ended at once where the examination is broken off."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from govcloud.audit.check import BlindError
from govcloud_base.errors import Text

__all__ = ["Patience"]

_PAUSE = 0.3


class Patience:
    """Shared by all that wait for one cloud."""

    def __init__(self, stopped: threading.Event | None = None) -> None:
        """Wait until `stopped` is set, if it is given: from outside, by whoever is told to stop."""
        self._ended = threading.Event()
        self._stopped = stopped or threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether the examination is to stop before it is through."""
        return self._stopped.is_set()

    def end(self) -> None:
        """Let everybody stop waiting."""
        self._ended.set()

    def tries(self, seconds: float, pause: float = _PAUSE) -> Iterator[None]:
        """Yield now, and again after each pause until `seconds` have gone.

        Raises BlindError where the examination was broken off meanwhile.
        """
        deadline = time.monotonic() + seconds
        while True:
            yield
            if time.monotonic() > deadline:
                return
            if self._ended.wait(pause) or self.stopped:
                raise BlindError(Text("the examination was broken off", "việc kiểm tra bị dừng giữa chừng"))
