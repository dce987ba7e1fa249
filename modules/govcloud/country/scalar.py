"""Plain YAML scalars, read without surprises.

YAML 1.1 turns `no` into false, `010` into 8, `22:22` into 1342 and `1_000` into 1000. Here a plain scalar is a
number, a truth value, a date or null only where no reader can take it for something else; what YAML 1.1 would
convert and a person might not is refused, with the advice to quote it.
"""

from __future__ import annotations

import calendar
import datetime
import re
from decimal import Decimal
from functools import lru_cache

from govcloud_base.errors import Text

__all__ = ["AmbiguousError", "advice", "day", "plain"]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,18})\.[0-9]{1,18}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_ANY_DATE = re.compile(
    r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", re.ASCII
)
_LONGEST = 19
"""Digits of a number that any reader holds."""
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


def advice(text: str) -> tuple[Text, Text]:
    """Return what is wrong with a scalar that :func:`plain` refuses, and how to write what may be meant by it."""
    if (found := day(text)) is not None:
        return found
    quoted = f'"{text}"'
    if (meant := _meant(text)) is not None:
        fix = Text(f"write {meant}, or {quoted} if it is text", f"viết {meant}, hoặc {quoted} nếu là văn bản")
    else:
        fix = Text(f"write {quoted}, in quotes", f"viết {quoted}, có dấu nháy")
    message = Text(
        "different YAML readers take this for different things",
        "mỗi chương trình YAML hiểu giá trị này một cách khác nhau",
    )
    return message, fix


def day(text: str) -> tuple[Text, Text] | None:
    """Return what is wrong with something that was meant as a day, and the day in our form; None for anything else.

    Also the order that is usual in Việt Nam is known: 28/02/2026.
    """
    numbers = _ANY_DATE.fullmatch(text)
    if numbers is None:
        return None
    year, month, of_month = (int(numbers[n] or numbers[m]) for n, m in ((1, 6), (2, 5), (3, 4)))
    if not 1 <= month <= 12:
        return (
            Text(f"there is no month {month}", f"không có tháng {month}"),
            Text("write the month as 01 to 12", "viết tháng từ 01 đến 12"),
        )
    last = calendar.monthrange(year, month)[1] if year else 0
    if not 1 <= of_month <= last:
        return (
            Text(f"there is no day {of_month} in {month}/{year}", f"tháng {month}/{year} không có ngày {of_month}"),
            Text(f"the last one is {year:04}-{month:02}-{last}", f"ngày cuối là {year:04}-{month:02}-{last}"),
        )
    meant = f"{year:04}-{month:02}-{of_month:02}"
    return (
        Text("a day is written year-month-day, without quotes", "ngày viết theo năm-tháng-ngày, không có dấu nháy"),
        Text(f"write {meant}, without quotes", f"viết {meant}, không đặt trong dấu nháy"),
    )


def _meant(text: str) -> str | None:
    """Return the truth value, or the number, for which a spelling may stand."""
    word = text.lower()
    if word in ("y", "yes", "on", "true"):
        return "true"
    if word in ("n", "no", "off", "false"):
        return "false"
    plainer = text.replace("_", "").removeprefix("+")
    if re.fullmatch(r"-?0[0-9]+", plainer):  # 010 is ten for people
        return str(int(plainer))
    try:
        if re.match(r"-?0[xb]", plainer):
            return str(int(plainer, 0))
        number = Decimal(plainer)
    except (ArithmeticError, ValueError):
        return None
    written = f"{number.normalize():f}" if number.is_finite() and abs(number.adjusted()) < _LONGEST else text
    return written if _INTEGER.fullmatch(written) or _DECIMAL.fullmatch(written) else None
