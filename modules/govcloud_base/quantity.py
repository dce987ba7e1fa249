"""Kubernetes quantities (`500m`, `1Gi`): the exact number that one writes, and how the API server writes it back.

The same grammar and arithmetic as Go's `resource.Quantity` (k8s.io/apimachinery/pkg/api/resource). Written back, with
its limits and peculiarities: what is canonical already is kept letter by letter, small numbers are rounded up to a
billionth, binary amounts end at 2^63 - 1, and beyond the largest suffix there is none.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final, NamedTuple

__all__ = ["SUFFIXES", "THOUSANDTH", "canonical", "exact"]

_PATTERN: Final = re.compile(r"([+-]?)(0*)([0-9]*)(?:\.([0-9]*))?([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?")
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
SUFFIXES: Final = frozenset({*_DECIMAL, *_BINARY})
"""Units that Kubernetes knows; the empty one is of single pieces."""
_DECIMAL_SUFFIX: Final = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_SUFFIX: Final = {0: "", **{exponent: suffix for suffix, exponent in _BINARY.items()}}

_DIGITS: Final = 18
"""Go counts in machine integers up to so many digits, and keeps such a text where it is canonical."""
_BINARY_DIGITS: Final = 15
_BILLIONTH: Final = -9  # as a power of ten
THOUSANDTH: Final = -3
"""How fine amounts of resources are: API servers round them up when they fill in defaults."""
_LARGEST: Final = (1 << 63) - 1
# Nobody means more, and Python turns only so long a text into a number. The exponent is a machine integer in Go.
_LONGEST: Final = 4000
_EXPONENTS: Final = (1 << 31) - 1
_POWERS: Final = 127
"""Powers of ten, either way, beyond which nothing is counted: to write out `1e999999999` would take all memory."""


class _Written(NamedTuple):
    """A quantity taken apart: the number is `whole.fraction` times 10 to the `exponent`, times 2 to the `shift`."""

    negative: bool
    whole: str
    """Digits before the point, without leading zeros."""
    fraction: str
    exponent: int
    shift: int
    """Nonzero for binary suffixes alone."""
    by_exponent: bool
    """The scale is written as `e3`, not by a letter."""
    digits: bool
    """There is a digit at all: a lone suffix is read as nothing of it."""


def _read(text: str) -> _Written | None:
    match = _PATTERN.fullmatch(text) if 0 < len(text) <= _LONGEST else None
    if match is None:
        return None
    sign, zeros, whole, fraction, suffix = match[1], match[2], match[3], match[4] or "", match[5] or ""
    by_exponent = suffix not in _DECIMAL and suffix not in _BINARY
    exponent = int(suffix[1:]) if by_exponent else _DECIMAL.get(suffix, 0)
    return _Written(
        sign == "-", whole, fraction, exponent, _BINARY.get(suffix, 0), by_exponent, bool(zeros or whole or fraction)
    )


def exact(value: str | float) -> Fraction:
    """Return the number that a quantity writes, also where no server could hold it: `500m` is 1/2, `1Ki` 1024.

    Raises ValueError where `value` is no quantity, or one of more powers of ten than anything that is counted.
    """
    written = _read(str(value))
    if written is None or not written.digits:
        raise ValueError("not an amount")
    if abs(written.exponent) > _POWERS:
        raise ValueError(
            "larger than any store can hold" if written.exponent > 0 else "smaller than anything that is counted"
        )
    digits = int((written.whole or "0") + written.fraction)
    scale = Fraction(10) ** (written.exponent - len(written.fraction)) * (1 << written.shift)
    return (-digits if written.negative else digits) * scale


def canonical(value: Any, *, finest: int = _BILLIONTH) -> Any:
    """Return a quantity in canonical form: no fraction and the largest suffix, in the format in which it was given.

    It is rounded up to the power of ten `finest`.

    Anything that is no quantity comes back unchanged: the API server will name the mistake.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    if isinstance(value, int) and value.bit_length() > _LONGEST:
        return value
    text = str(value).strip()
    written = _read(text)
    if written is None:
        return value
    if written.shift:
        return _binary(text, written, finest)
    if abs(written.exponent) > _EXPONENTS - _LONGEST or (written.exponent < _BILLIONTH and not written.digits):
        return value
    return _decimal(text, written, finest)


def _decimal(text: str, written: _Written, finest: int) -> str:
    digits = (written.whole or "0") + written.fraction
    exponent = written.exponent - len(written.fraction)
    short = len(digits) <= _DIGITS and exponent >= finest
    if short and exponent % 3 == 0 and not digits.endswith("000") and digits[0] != "0":
        return text
    number = -int(digits) if written.negative else int(digits)
    return _spelled(number, exponent, finest, by_exponent=written.by_exponent)


def _binary(text: str, written: _Written, finest: int) -> str:
    whole, fraction, shift = written.whole or "0", written.fraction, written.shift
    if not fraction and len(whole) <= _BINARY_DIGITS - shift * 3 // 10 - 1 and int(whole) & 7:
        return text
    # As a whole number of tens to the power of minus the fraction's length.
    mantissa, exponent = int(whole + fraction) << shift, -len(fraction)
    mantissa, exponent = _rounded_up(mantissa, exponent, finest)
    if mantissa > _LARGEST * 10**-exponent:
        mantissa, exponent = _LARGEST, 0
    scale = 10**-exponent
    if mantissa < 1024 * scale or mantissa % scale:
        return _spelled(-mantissa if written.negative else mantissa, exponent, finest, by_exponent=False)
    mantissa, power = mantissa // scale, 0
    while mantissa % 1024 == 0:
        mantissa, power = mantissa // 1024, power + 10
    return f"{'-' if written.negative else ''}{mantissa}{_BINARY_SUFFIX.get(power, '')}"


def _rounded_up(mantissa: int, exponent: int, finest: int) -> tuple[int, int]:
    """Return a number in the power of ten `finest` at the finest; what is finer is rounded away from zero."""
    if exponent >= finest:
        return mantissa, exponent
    finer = finest - exponent
    if finer > _LONGEST:
        return (mantissa > 0) - (mantissa < 0), finest  # all of its digits are finer
    whole = -(-abs(mantissa) // 10**finer)
    return (-whole if mantissa < 0 else whole), finest


def _spelled(mantissa: int, exponent: int, finest: int, *, by_exponent: bool) -> str:
    mantissa, exponent = _rounded_up(mantissa, exponent, finest)
    if not mantissa:
        return "0"
    while mantissa % 10 == 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    mantissa, exponent = mantissa * 10 ** (exponent % 3), exponent - exponent % 3
    if by_exponent:
        return f"{mantissa}e{exponent}" if exponent else str(mantissa)
    return f"{mantissa}{_DECIMAL_SUFFIX.get(exponent, '')}"
