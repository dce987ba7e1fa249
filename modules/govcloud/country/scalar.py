"""Plain YAML scalars, read without surprises.

YAML 1.1 turns `no` into false, `010` into 8, `22:22` into 1342 and `1_000` into 1000. Here a plain scalar is a
number, a truth value, a date or null only where no reader can take it for something else; what YAML 1.1 would
convert and a person might not is refused, with the advice to quote it.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import lru_cache

__all__ = ["AmbiguousError", "plain"]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,18})\.[0-9]{1,18}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_CONVERTED = re.compile(
    r"""
    y|yes|n|no|on|off|true|false|null     # truth values and null in other spellings
    | [-+]?0[0-7_]+ | [-+]?0o[0-7_]+      # octal
    | [-+]?0x[0-9a-f_]+ | [-+]?0b[01_]+   # hexadecimal, binary
    | [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?   # base 60
    | [-+]?[0-9][0-9_]*(\.[0-9_]*)?(e[-+]?[0-9]+)?   # numbers in other spellings
    | [-+]?\.[0-9_]+(e[-+]?[0-9]+)?
    | [-+]?\.inf | \.nan | <<  | =
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t ].*)?        # dates in other spellings, times
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
# Most scalars are words: a glance at the first character spares them the expression above.
_SUSPICIOUS = frozenset("0123456789+-.~<=yYnNoOtTfF")


class AmbiguousError(ValueError):
    """A plain scalar that different readers take for different things."""


@lru_cache(maxsize=1 << 16)  # a country says the same few thousand words over and over
def plain(text: str) -> str | int | Decimal | bool | datetime.date | None:
    """Return what an unquoted scalar means.

    Raises AmbiguousError where YAML 1.1 would convert a spelling that a person may mean as text.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _SUSPICIOUS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if _DATE.fullmatch(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise AmbiguousError(text) from None
    if _CONVERTED.fullmatch(text):
        raise AmbiguousError(text)
    return text
