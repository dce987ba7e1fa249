"""Progress of builds for people: one live bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from govcloud_base.errors import Language, Text, language
from govcloud_local.toolchain.progress import Phase, Progress, Report

__all__ = ["shown"]

_QUIET = 30.0
"""Seconds between lines in a log while one tool builds."""

_WORDS = {
    Phase.INSTALLING: Text(en="installing from PyPI", vi="đang cài từ PyPI"),
    Phase.WAITING: Text(en="waiting for another run that builds it", vi="chờ một lần chạy khác đang dựng"),
    Phase.BUILDING: Text(en="building", vi="đang dựng"),
    Phase.BUILT: Text(en="built", vi="đã dựng"),
    Phase.FAILED: Text(en="failed", vi="thất bại"),
}


@contextlib.contextmanager
def shown(console: Console | None = None) -> Iterator[Report]:
    """Give a report for `resolve` that shows progress on the error stream until the block ends."""
    target = console or Console(stderr=True)
    speech = language()
    if not target.is_terminal:
        yield _lines(target, speech)
        return
    columns = (BarColumn(24), TaskProgressColumn(), TextColumn("{task.description}", markup=False))
    with Bar(*columns, console=target, transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def report(progress: Progress) -> None:
            if progress.phase in (Phase.BUILT, Phase.FAILED):
                bar.print(f"{progress.tool}: {_WORDS[progress.phase].in_language(speech)}", highlight=False)
            room = max(target.width - 40, 20)
            bar.update(task, completed=progress.fraction, description=_sentence(progress, speech)[:room])

        yield report


def _lines(target: Console, speech: Language) -> Report:
    last: dict[str, tuple[Phase, float]] = {}

    def report(progress: Progress) -> None:
        phase, since = last.get(progress.tool, (None, 0.0))
        now = time.monotonic()
        if progress.phase is phase and now - since < _QUIET:
            return
        last[progress.tool] = (progress.phase, now)
        target.print(
            f"[{progress.fraction:4.0%}] {_sentence(progress, speech)}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )

    return report


def _sentence(progress: Progress, speech: Language) -> str:
    head = f"{progress.tool}: {_WORDS[progress.phase].in_language(speech)}"
    if progress.seconds_left >= 1:
        head += f", {_duration(progress.seconds_left, speech)}"
    return f"{head} · {progress.detail}" if progress.detail else head


def _duration(seconds: float, speech: Language) -> str:
    minutes, rest = divmod(round(seconds), 60)
    span = f"{minutes} min" if minutes >= 2 else f"{minutes * 60 + rest} s"
    if speech is Language.VI:
        return f"còn khoảng {span.replace('min', 'phút').replace(' s', ' giây')}"
    return f"about {span} left"
