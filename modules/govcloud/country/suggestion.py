"""`did you mean`: the known name that is nearest to what was written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

__all__ = ["did_you_mean", "nearest"]

_NEAR = 0.6
"""Least likeness, from 0 to 1, at which a name is worth offering."""
_LONGEST = 80


def nearest(written: str, known: Iterable[str], titles: Mapping[str, str] | None = None) -> str | None:
    """Return the nearest of `known`, looking through case, diacritics, đ and dashes; None where nothing is near.

    With `titles` for people by name, a name is also found by its title or a part of it: `nghe an` finds
    `H41`, whose title is `Ủy ban nhân dân tỉnh Nghệ An`. A common beginning counts more than a common end, as in codes
    and names the important part comes first (the idea of Jaro and Winkler).
    """
    words = _words(written)
    wanted = "".join(words)[:_LONGEST]
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    best, found = _NEAR, None
    for name in sorted(known):
        for candidate in ("".join(_words(name)), *_windows(_words((titles or {}).get(name, "")), len(words))):
            bonus = 0.1 * next((n for n in range(4) if wanted[n : n + 1] != candidate[n : n + 1]), 4)
            matcher.set_seq1(candidate[:_LONGEST])
            # The cheap bounds spare nearly all names the comparison itself.
            for likeness in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio):
                ratio = likeness()
                ratio += bonus * (1 - ratio)
                if ratio <= best or not candidate:
                    break
            else:
                best, found = ratio, name
    return found


def did_you_mean(written: str, known: Iterable[str], titles: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Return the sentence that offers the nearest name, in English and Vietnamese; empty where nothing is near."""
    name = nearest(written, known, titles)
    if name is None:
        return ("", "")
    title = (titles or {}).get(name, "")
    offered = f"{name!r} ({title})" if title else repr(name)
    return (f"did you mean {offered}?", f"có phải ý bạn là {offered}?")


def _windows(words: list[str], length: int) -> Iterable[str]:
    """Return the whole title and every run of `length` words in it."""
    yield "".join(words)
    for start in range(len(words) - length + 1):
        yield "".join(words[start : start + length])


def _words(name: str) -> list[str]:
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "d"))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return letters.lower().replace("-", " ").replace("_", " ").split()
