"""What a terminal can show: problems coloured by severity, and any character whatever the locale can write."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
import unicodedata
from collections.abc import Iterable
from typing import TextIO

from govcloud.report.folding import Cause, folded
from govcloud_base.errors import Language, Place, Problem, Severity, Text

__all__ = ["close", "coloured", "rendered", "take_every_character"]

_BARRED = str.maketrans({"đ": "d", "Đ": "D", "→": ">", "–": "-", "−": "-", "…": "...", "·": "-", "“": '"', "”": '"'})
"""What no decomposition leads from."""
_MOST = 5
"""Places named in one line."""
_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33"}


def take_every_character() -> None:
    """Let standard streams take every character, whatever the locale.

    Into pipes and files goes UTF-8, which is what JSON, YAML, SVG and Markdown are. A terminal that lacks a letter gets
    the one below its diacritics; a broken byte that was typed or given as an argument is marked as such.
    """
    codecs.register_error("without-diacritics", _without_diacritics)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="without-diacritics")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def _without_diacritics(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for characters that a stream cannot write: their base letters, else an escape."""
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end]
    bare = unicodedata.normalize("NFKD", text.translate(_BARRED))
    ascii_only = "".join(c for c in bare if not unicodedata.combining(c))
    return ascii_only.encode("ascii", "backslashreplace").decode("ascii"), error.end


def coloured(stream: TextIO) -> bool:
    """Tell whether a stream shows colours: a terminal, unless the reader wants none (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def rendered(problems: Iterable[Problem], language: Language, stream: TextIO, *, folding: bool = True) -> str:
    """Return problems as lines for `stream`, by file and line, coloured by severity where it shows colours.

    With `folding`, what follows from another problem is counted with that one, and places where the same is wrong are
    listed.
    """
    ordered = sorted(problems, key=lambda p: p.place or Place(""))
    lines: list[str] = []
    for cause in folded(ordered) if folding else map(Cause, ordered):
        lines.append(_one(cause.problem, language, coloured(stream)))
        lines += [f"  {said.in_language(language)}" for said in _beside(cause)]
    return "\n".join(lines)


def _beside(cause: Cause) -> Iterable[Text]:
    """Yield what is said below a cause."""
    if cause.same:
        where = _places(cause.same)
        yield Text(f"the same at {where.en}", f"tương tự tại {where.vi}")
    if cause.following:
        count, where = len(cause.following), _places(cause.following)
        yield Text(f"{count} more follow from this: {where.en}", f"kéo theo {count} lỗi khác: {where.vi}")


def _places(problems: Iterable[Problem]) -> Text:
    places = list(dict.fromkeys(str(p.place) for p in problems if p.place))
    shown, rest = ", ".join(places[:_MOST]), len(places) - _MOST
    return Text(f"{shown}, {rest} more", f"{shown}, {rest} nơi khác") if rest > 0 else Text(shown, shown)


def _one(problem: Problem, language: Language, in_colour: bool) -> str:
    text, heading = problem.render(language), problem.heading(language)
    return text.replace(heading, f"\x1b[{_COLOURS[problem.severity]}m{heading}\x1b[0m", 1) if in_colour else text


def close() -> None:
    """Give up the standard output: nobody reads it any more, as after `| head`, and that is no error of ours."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
