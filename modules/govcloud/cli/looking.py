"""What was looked at so far, while a command looks: on a terminal beside a clock that runs, else a line for each."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console

from govcloud.cli.examined import STATES
from govcloud.examination.finding import State
from govcloud_base.errors import Text

__all__ = ["Looking"]


class Looking:
    """Tells of `total` things, of each when it was looked at."""

    def __init__(self, console: Console, title: Text, total: int) -> None:
        self._console, self._total = console, total
        self._status = console.status(title.said)
        self._seen = 0

    def __enter__(self) -> Looking:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._status.stop()

    def __call__(self, subject: Text, state: State) -> None:
        """Tell what was found of one thing."""
        self._seen += 1
        word, style = STATES[state]
        line = f"[{self._seen}/{self._total}] {subject.said}: "
        self._console.print(line, end="", style="dim", markup=False, highlight=False)
        self._console.print(word.said, style=style, highlight=False)
