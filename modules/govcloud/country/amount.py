"""The amount that was probably meant by something that is none: for the advice beside a problem."""

from __future__ import annotations

import re
from collections.abc import Iterator

from govcloud.model import quantity

__all__ = ["meant"]

_UNITS = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "m", "k", "M", "G", "T", "P", "E", "KB", "MB", "GB", "TB")
_PARTS = re.compile(r"-?(?P<number>[0-9]+(?:[.,][0-9]+)?)\s*(?P<unit>[A-Za-z]*)", re.ASCII)


def meant(written: str) -> str | None:
    """Return an amount that is near to what was written: `1,5` is 1.5, `650mm` 650m, `4 gi` 4Gi; None where none is."""
    parts = _PARTS.fullmatch(written.strip())
    if parts is None:
        return None
    number = parts["number"].replace(",", ".")
    for unit in _near(parts["unit"]):
        amount = f"{number}{unit}"
        if amount != written and _holds(amount):
            return amount
    return None


def _near(unit: str) -> Iterator[str]:
    if not unit:
        yield ""
    yield from (known for known in _UNITS if known.casefold() == unit.casefold())
    yield from (
        known for known in _UNITS if len(unit) > len(known) and known.casefold() == unit[: len(known)].casefold()
    )


def _holds(amount: str) -> bool:
    try:
        return quantity.parse(amount) > 0
    except ValueError:
        return False
