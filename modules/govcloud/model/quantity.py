"""Amounts of computing resources as exact numbers.

Kubernetes and object stores write the same amount in many ways (`1`, `1000m`, `1e0`; `1Gi`, `1024Mi`, `1GiB`). Here an
amount is parsed once: processors into whole thousandths, everything else into whole bytes or pieces, so that sums over
a tree of tenants never round. Written back, an amount has the one form that the Kubernetes API server also chooses, so
that a declaration and a live object compare equal.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from govcloud_base import quantity

__all__ = ["Bytes", "Count", "MilliCpu", "Pieces", "format_bytes", "format_cpu", "parse"]

_AMOUNT = re.compile(r"(?P<number>-?[0-9]+(?:\.[0-9]+)?)(?:[eE][+-]?[0-9]+|(?P<unit>[A-Za-z]{0,3}))", re.ASCII)
"""Narrower than the grammar of Kubernetes: `+5`, `.5` and `5.` are slips where somebody declares."""
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_LARGEST = 2**63 - 1  # what the API server can hold; larger amounts are a slip or an attack


@lru_cache(maxsize=1 << 12, typed=True)  # a country asks for the same few hundred amounts; True is not 1
def parse(text: str | int | Decimal) -> Fraction:
    """Return the exact amount that `text` writes in Kubernetes or S3 units (`250m`, `1.5`, `4Gi`, `20GB`, `1e3`).

    Raises ValueError where it is not an amount, is negative, or is larger than any store can hold.
    """
    if isinstance(text, bool):
        raise ValueError("a truth value is not an amount")
    amount = Fraction(text) if isinstance(text, int) else quantity.exact(_in_units_of_kubernetes(str(text)))
    if amount < 0:
        raise ValueError("an amount is not negative")
    if amount > _LARGEST:
        raise ValueError("larger than any store can hold")
    return amount


def _in_units_of_kubernetes(text: str) -> str:
    """Return the amount without what object stores add to a unit: B for bytes, and a capital K.

    Raises ValueError where it is not written as a declaration writes amounts.
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError("not an amount")
    if match["unit"] is None:
        return text
    bare = match["unit"].removesuffix("B")
    unit = "k" if bare == "K" else bare
    if unit not in quantity.SUFFIXES or (unit in ("n", "u", "m") and bare != match["unit"]):
        raise ValueError("unknown unit")
    return match["number"] + unit


def _milli_cpu(value: object) -> int:
    amount = _amount(value, "2, 1.5, 250m")
    if amount * 1000 > _LARGEST:
        raise PydanticCustomError(
            "GC-QUANTITY-001", "{reason}", {"allowed": "2, 1.5, 250m", "reason": "more than any cluster has"}
        )
    if (amount * 1000).denominator != 1:
        raise PydanticCustomError(
            "GC-QUANTITY-002", "processors are counted in thousandths", {"allowed": "a multiple of 1m"}
        )
    return int(amount * 1000)


def _bytes(value: object) -> int:
    amount = _amount(value, "512Mi, 4Gi, 20GB")
    if amount.denominator != 1:
        raise PydanticCustomError("GC-QUANTITY-003", "bytes are whole", {"allowed": "a whole number of bytes"})
    return int(amount)


def _amount(value: object, allowed: str) -> Fraction:
    if isinstance(value, (str, int, Decimal)):
        try:
            return parse(value)
        except ValueError as error:
            raise PydanticCustomError(
                "GC-QUANTITY-001", "{reason}", {"allowed": allowed, "reason": str(error)}
            ) from None
    raise PydanticCustomError("GC-QUANTITY-001", "not an amount", {"allowed": allowed})


_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "number"}]}

MilliCpu = Annotated[int, BeforeValidator(_milli_cpu), WithJsonSchema(_SCHEMA)]
"""Processors in thousandths: `1.5` and `1500m` are both 1500."""

Bytes = Annotated[int, BeforeValidator(_bytes), WithJsonSchema(_SCHEMA)]
"""Bytes: `1Gi`, `1024Mi` and `1GiB` are all 1073741824; `1G` is 1000000000."""

Count = Annotated[int, Field(ge=0, le=10_000_000)]
"""Pieces that one can oversee: pods, buckets, namespaces, graphics processors."""

Pieces = Annotated[int, Field(ge=0, le=2**53)]
"""Pieces by the billion: objects of a store, addresses. As exact in JSON as here."""


def format_cpu(milli: int) -> str:
    """Return thousandths of a processor as Kubernetes writes them: 1500 → `1500m`, 2000 → `2`."""
    return str(milli // 1000) if milli % 1000 == 0 else f"{milli}m"


def format_bytes(amount: int) -> str:
    """Return bytes in the largest binary unit that leaves a whole number: 1073741824 → `1Gi`, 1000 → `1000`."""
    power = 0
    while amount and amount % 1024 == 0 and power < len(_BINARY) - 1:
        amount //= 1024
        power += 1
    return f"{amount}{_BINARY[power]}"
