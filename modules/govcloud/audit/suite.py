"""The compliance suite: every check that a module of `checks` has, by id."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from govcloud.audit import checks
from govcloud.audit.check import Check, unique

__all__ = ["SUITE"]


def _found() -> Iterator[Check]:
    for module in pkgutil.iter_modules(checks.__path__, f"{checks.__name__}."):
        held = vars(importlib.import_module(module.name)).values()
        yield from (value for value in held if isinstance(value, Check))


SUITE: tuple[Check, ...] = unique(sorted(_found(), key=lambda check: (check.node, check.id)))
"""Those that need pods follow one another: one set of pods serves them all."""
