"""How the copying of many objects looks while it goes: a bar with rate and time left, or nothing where nobody looks."""

from __future__ import annotations

import threading
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from govcloud_base.errors import Text

__all__ = ["Transferring"]


class Transferring:
    """A bar of bytes and one of objects; safe in threads."""

    def __init__(self, console: Console, what: str) -> None:
        """Draw on `console`, where it is a terminal."""
        self.watched = console.is_terminal
        self._lock = threading.Lock()
        off = not self.watched
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            TextColumn("{task.fields[objects]}"),
            console=console,
            transient=True,
            disable=off,
        )
        self._task = self._progress.add_task(what, total=None, objects="")
        self._done, self._number = 0, 0

    def __enter__(self) -> Transferring:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def expect(self, number: int, size: int) -> None:
        """Say how many objects and bytes it will be."""
        self._number = number
        self._progress.update(self._task, total=size)

    def __call__(self, number: int, size: int) -> None:
        """Say that so many objects are done, with so many bytes."""
        if not self.watched:
            return
        with self._lock:
            self._done += number
        of = f" / {self._number}" if self._number else ""
        said = Text(f"{self._done}{of} objects", f"{self._done}{of} đối tượng")
        self._progress.update(self._task, advance=size, objects=said.said)
