"""Being told to stop in the middle of work that must be undone in order."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

__all__ = ["AbortedError", "Interruption"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class AbortedError(Exception):
    """The user or the system asked to stop; the number of the signal is the argument."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Interruption:
    """Within its context, Ctrl-C, SIGTERM and SIGHUP are noted instead of ending the program anywhere.

    What was begun is thus always known, and the work is undone in order, however often one is told to stop. Whoever was
    told so goes on noting after the context, for the program is about to end, and would end in the middle of that. A
    signal that the program was started to ignore (`nohup`) stays ignored. To be entered in the main thread.
    """

    def __init__(self) -> None:
        self.event = threading.Event()
        self._number = 0
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items() if not self.event.is_set() else ():
            signal.signal(number, before)  # type: ignore[arg-type]  # what signal() gave, signal() takes

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._number = number
        self.event.set()

    def check(self) -> None:
        """Raise AbortedError if asked to stop within the context; may be asked after it as well."""
        if self.event.is_set():
            raise AbortedError(self._number)
