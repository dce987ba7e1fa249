"""The logs of the daemons: where each is, its last words, and the daemon that keeps all of them short."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from govcloud_local.daemons import log_keeper, probe
from govcloud_local.daemons.component import Component, Home
from govcloud_local.settings import Settings

__all__ = ["LIMIT", "file", "keeper", "last_words", "length"]

LIMIT = 10 << 20
"""Bytes; a longer log is put aside, and one generation is kept."""
_KEEPER = "log-keeper"
_ROUND_SECONDS = 10.0


def file(settings: Settings, name: str) -> Path:
    """Return where the component `name` writes what it says."""
    return settings.logs / f"{name}.log"


def keeper(settings: Settings, components: Sequence[Component], pause: float = _ROUND_SECONDS) -> Component:
    """Return the daemon that bounds the logs of `components` and its own, looking every `pause` seconds.

    The API server's audit log is none of them: the server itself rotates it, and keeps more of it.
    """
    beat = settings.data / f"{_KEEPER}.beat"
    names = (*(component.name for component in components), _KEEPER)
    return Component(
        name=_KEEPER,
        argv=(
            sys.executable,
            "-I",
            "-S",
            log_keeper.__file__,
            str(beat),
            str(LIMIT),
            str(pause),
            *(str(file(settings, name)) for name in names),
        ),
        ready=partial(probe.beats, beat, pause),
        before_start=partial(beat.unlink, missing_ok=True),  # what an earlier keeper did says nothing of this one
        home=Home.HOST,
        after=(),
    )


def length(log: Path) -> int:
    """Return the length of a log in bytes, 0 when there is none."""
    return log.stat().st_size if log.exists() else 0


def last_words(log: Path, offset: int, count: int = 5) -> str:
    """Return the last `count` lines that came after `offset`, shortened, or nothing when there are none."""
    try:
        with log.open("rb") as stream:
            end = os.fstat(stream.fileno()).st_size
            start = offset if offset <= end else 0  # it was put aside meanwhile
            stream.seek(max(start, end - 16384))
            lines = stream.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n    ".join([line[:300] for line in lines if line.strip()][-count:])
