"""The cycle collector, in processes that live for seconds.

By default Python looks for cycles after every 700 new containers. While modules are imported and service descriptions
parsed, nearly all that is made stays: looking through it time and again takes an eighth of a plugin's start and a third
of the time to make an S3 client, and finds nothing.
"""

from __future__ import annotations

import gc

__all__ = ["seldom"]

_NEW_CONTAINERS = 50_000
"""Some 10 MB: what a process may hold back before the next look."""


def seldom() -> None:
    """Look for cycles seldom from now on, in the whole process; to be called first thing in a program."""
    gc.set_threshold(_NEW_CONTAINERS, 20, 100)
