"""Characters that make a reviewer see something else than the machine reads: invisible ones and look-alikes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["described", "folded", "foreign", "invisible", "shown", "uncomposed", "unprintable"]

_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# A lone carriage return and NEL end a line for YAML and for few editors: the rest of the line would hide.
_INVISIBLE = re.compile(f"[{_UNSEEN}\u0085]|\r(?!\n)")
# What an escape such as "\e" puts into a value: terminals and pages would act on it.
_UNPRINTABLE = re.compile(f"[{_UNSEEN}\x00-\x08\x0b-\x1f\x7f-\x9f]")

# Letters of other scripts that look like ASCII ones; Unicode's compatibility forms (ａ, 𝐚, ⅰ) need no table.
_LOOK_ALIKES = {
    other: letter
    for letter, others in {
        "a": "аαɑ", "c": "сϲ", "d": "ԁ", "e": "еҽ", "g": "ɡց", "h": "һհ", "i": "іιıɩ", "j": "ј", "k": "кκ",
        "l": "ӏ", "n": "ոη", "o": "оοօ", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ", "u": "υս", "v": "ѵν",
        "w": "ԝω", "x": "хχ", "y": "уγ",
        "A": "АΑ", "B": "ВΒ", "C": "СϹ", "E": "ЕΕ", "G": "Ԍ", "H": "НΗ", "I": "ІΙӀ", "J": "Ј", "K": "КΚ",
        "M": "МΜ", "N": "Ν", "O": "ОΟ", "P": "РΡ", "Q": "Ԛ", "S": "Ѕ", "T": "ТΤ", "V": "Ѵ", "W": "Ԝ", "X": "ХΧ",
        "Y": "ҮΥ", "Z": "Ζ",
        "-": "‐‑‒–—―−",
    }.items()
    for other in others
}  # fmt: skip


def invisible(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield line and column, from 1, of every invisible character of a file's text, with the character."""
    if text.isascii() and "\r" not in text:
        return
    for match in _INVISIBLE.finditer(text):
        start = match.start()
        yield text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start), match[0]


def unprintable(value: str) -> str | None:
    """Return the first character of a value that cannot be shown as itself; line ends and tabs can."""
    match = _UNPRINTABLE.search(value)
    return match[0] if match else None


def foreign(name: str) -> tuple[str, str] | None:
    """Return the first character of a name that is not ASCII, and the name with its look-alikes put right.

    The second is empty where the name holds characters that resemble no ASCII one.
    """
    found = next((c for c in name if not c.isascii()), None)
    if found is None:
        return None
    righted = "".join(_LOOK_ALIKES.get(c) or unicodedata.normalize("NFKC", c) for c in name)
    return found, righted if righted.isascii() else ""


def folded(name: str) -> str:
    """Return what two spellings of one name have in common: compatibility forms, case, spaces and look-alikes aside."""
    letters = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join("".join(_LOOK_ALIKES.get(c, c) for c in letters).split())


def uncomposed(text: str) -> tuple[int, int, str] | None:
    """Return line and column, from 1, of the first word of a file's text that is not in composed form (NFC), and it.

    None where the text is: two texts that look the same are the same then, for searches and comparisons.
    """
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return None
    for number, line in enumerate(text.splitlines(), 1):
        for word in re.finditer(r"[^\s\"'{}\[\],:]+", line):
            if not unicodedata.is_normalized("NFC", word[0]):
                return number, word.start() + 1, word[0]
    return None


def described(character: str) -> str:
    """Return a character's number and Unicode name: `U+0430 CYRILLIC SMALL LETTER A`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def shown(value: object) -> str:
    """Return a value as a terminal may show it: not too long, and what cannot be seen escaped."""
    text = value if isinstance(value, str) else str(value)
    text = text if len(text) <= 80 else text[:77] + "..."
    return text if text.isprintable() else ascii(text)
