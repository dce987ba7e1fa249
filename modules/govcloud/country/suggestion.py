"""`did you mean`: the known name that is nearest to what was written."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

__all__ = ["did_you_mean", "nearest"]


def nearest(written: str, known: Iterable[str]) -> str | None:
    """Return the nearest of `known`, looking through case, diacritics and dashes; None where nothing is near."""
    plain_names = {_bare(name): name for name in sorted(known)}
    matches = difflib.get_close_matches(_bare(written)[:80], plain_names, n=1, cutoff=0.6)
    return plain_names[matches[0]] if matches else None


def did_you_mean(written: str, known: Iterable[str]) -> tuple[str, str]:
    """Return the sentence that offers the nearest name, in English and Vietnamese; empty where nothing is near."""
    name = nearest(written, known)
    return (f"did you mean {name!r}?", f"có phải ý bạn là {name!r}?") if name else ("", "")


def _bare(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "d"))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return letters.lower().replace("-", "").replace("_", "").replace(" ", "")
