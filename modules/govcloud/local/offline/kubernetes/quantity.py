"""Kubernetes quantities (`500m`, `1Gi`) in their canonical form, as the API server writes them back."""

from __future__ import annotations

import re
from decimal import ROUND_UP, Decimal
from typing import Any, Final

__all__ = ["canonical_quantity"]

_PATTERN: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?")
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_NANO: Final = Decimal("1e-9")


def canonical_quantity(value: Any) -> Any:
    """Return a quantity in canonical form: no fraction and the largest suffix (resource.Quantity's three rules).

    Anything that is no quantity comes back unchanged: the API server will name the mistake.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    match = _PATTERN.fullmatch(str(value))
    if match is None:
        return value
    number, suffix = Decimal(match[1]), match[2] or ""
    if suffix in _BINARY:
        number *= 1 << _BINARY[suffix]
        number = number.quantize(_NANO, ROUND_UP)
        if abs(number) >= 1024 and number == int(number):
            return _binary(int(number))
        return _with_suffix(number)
    if suffix in _DECIMAL:
        return _with_suffix((number.scaleb(_DECIMAL[suffix])).quantize(_NANO, ROUND_UP))
    return _with_exponent(number.scaleb(int(suffix[1:])).quantize(_NANO, ROUND_UP))


def _binary(number: int) -> str:
    shift = 0
    while shift < 60 and number % 1024 == 0 and number:
        number //= 1024
        shift += 10
    names = {exponent: name for name, exponent in _BINARY.items()}
    return f"{number}{names.get(shift, '')}"


def _largest_thousand(number: Decimal) -> tuple[int, int]:
    """Return whole mantissa and exponent (a multiple of three from -9 to 18) of `number`."""
    mantissa, exponent = int(number.scaleb(9)), -9
    while mantissa and mantissa % 1000 == 0 and exponent < 18:
        mantissa //= 1000
        exponent += 3
    return (mantissa, exponent) if mantissa else (0, 0)


def _with_suffix(number: Decimal) -> str:
    mantissa, exponent = _largest_thousand(number)
    names = {power: name for name, power in _DECIMAL.items()}
    return f"{mantissa}{names[exponent]}"


def _with_exponent(number: Decimal) -> str:
    mantissa, exponent = _largest_thousand(number)
    return f"{mantissa}e{exponent}" if exponent else str(mantissa)
