"""The level tables of the law under which is provisioned: what no resource says itself, and rules must know."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from declared import law

from govcloud.country.fields import typed
from govcloud.country.law_folder import PROJECT_LAW
from govcloud.country.reader import read_file
from govcloud.model.level import LevelTable

__all__ = ["least_by_level"]


def least_by_level(quantity: str, level: int) -> int:
    """Return the least that the strictest regime demands of a quantity at a level; 0 where none does.

    No resource says which regime its tenant follows. Raises GovCloudError where a table cannot be read.
    """
    return max((table.spec.amount(quantity, level) or 0 for table in _tables(law())), default=0)


@functools.cache
def _tables(folder: Path) -> Sequence[LevelTable]:
    files = sorted((folder / "levels").glob("*.yaml")) or sorted((PROJECT_LAW / "levels").glob("*.yaml"))
    return [typed(LevelTable, read_file(file, file.name)) for file in files]
